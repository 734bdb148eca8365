// Engine memory beyond the pixels that go in and come out, of a fresh engine that painted one picture.
import { ownGenerators } from './models.mjs';
import { speedPicture } from './pictures.mjs';
import { show } from './report.mjs';

const SIZES = {
  'memory/0.25MP': { width: 512, height: 512 },
  'memory/24MP': { width: 6000, height: 4000 },
};

export async function measureMemory({ folders, browser, say }, rows) {
  const [own] = ownGenerators(folders);
  const results = {};
  for (const { name } of rows) {
    say(name);
    const options = { style: own.style, picture: { ...speedPicture(folders), ...SIZES[name] }, engine: {} };
    const found = await browser.withPage({}, (page) => page.evaluate((o) => window.bench.memory(o), options));
    if (found.unavailable) {
      results[name] = found;
      continue;
    }
    const { peak, pixels, backend } = found;
    results[name] = {
      ...{ value: peak - pixels, runs: 1, spread: 0 },
      note: `${show(peak, 'bytes')} at most, ${show(pixels, 'bytes')} of them pixels; ${backend.variant}, threads: ${backend.threads}`,
    };
  }
  return results;
}
