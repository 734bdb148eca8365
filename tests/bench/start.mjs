// From create() to the first painting, in a new browser process each time, with the HTTP cache and compiled code of the
// processes before.
import { median, ratios, summary } from './compare.mjs';
import { startProfile } from './browser.mjs';
import { ownGenerators } from './models.mjs';
import { speedPicture } from './pictures.mjs';

export async function measureStart({ folders, runs, warmUps, say }) {
  const [own] = ownGenerators(folders);
  const picture = { ...speedPicture(folders), width: 512, height: 512 };
  const contenders = {
    ours: { call: 'startOurs', options: { style: own.style, picture } },
    theirs: { call: 'startOrt', options: { url: own.url, picture } },
  };
  const measured = { ours: [], theirs: [] };
  // Each has a profile of its own, so that neither has the other's files in its caches.
  const profiles = { ours: await startProfile(folders), theirs: await startProfile(folders) };
  try {
    for (let round = -warmUps; round < runs; ++round) {
      say(`start: ${round < 0 ? 'filling the caches' : `round ${round + 1} of ${runs}`}`);
      for (const [who, { call, options }] of Object.entries(contenders)) {
        const result = await profiles[who].withNewProcess((page) => page.evaluate(([name, o]) => window.bench[name](o), [call, options]));
        if (result.unavailable) return { start: { unavailable: `${who}: ${result.unavailable}` } };
        if (round >= 0) measured[who].push(result);
      }
    }
  } finally {
    await profiles.ours.close();
    await profiles.theirs.close();
  }
  const shown = (values) => `${median(values).toFixed(0)} ms`;
  const note = 'ONNX Runtime Web with its own default number of threads';
  return { start: { ...summary(ratios(measured.ours, measured.theirs)), ours: shown(measured.ours), theirs: shown(measured.theirs), note } };
}
