// ./dev bench --profile: where the time goes, a line for each step of a plan.
import { readFileSync } from 'node:fs';
import { table } from './report.mjs';

const CANDY = {
  url: '/data/third_party/candy.onnx',
  options: { inputRange: [0, 255], channelOrder: 'bgr', precision: 'auto' },
};

/** What is profiled: the paintings of the rows 'own-512' and 'johnson16-512'. */
const SUBJECTS = [
  { title: 'starry-night', style: 'starry-night', statistics: 'thumbnail' },
  { title: 'candy, exact statistics', model: CANDY, statistics: 'exact' },
  { title: 'candy, given statistics', model: CANDY, statistics: 'thumbnail' },
];
const PAINTINGS = 8;

/** In the page: paints a few times with one thread, and asks for the times of the last painting's steps. */
async function profileInPage({ style, model, statistics, paintings, side }) {
  const { Brushwork } = await import('/dist/index.js');
  const engine = await Brushwork.create({ threads: 1, profile: true });
  const options = { statistics, style: style ?? (await engine.styleFromModel(model.url, model.options)) };
  const picture = new ImageData(side, side);
  picture.data.forEach((_, i) => (picture.data[i] = i % 4 === 3 ? 255 : (i * 2654435761) >>> 24));
  let whole = 0;
  let timings = {};
  for (let i = 0; i < paintings; ++i) {
    const began = performance.now();
    ({ timings } = await engine.stylize(picture, options));
    whole = performance.now() - began;
  }
  const steps = await engine[Symbol.for('brushwork.profile')]();
  engine.dispose();
  return { steps, whole, timings };
}

/**
 * Resolves to [{ title, threads, lines }]; `lines` is text, one JSON object a line for each step: { name, kind, folded, input,
 * output, type: 'int8' | 'float', milliseconds, multiplyAdds }, shapes as [height, width, channels] or text. From Chromium, or
 * from a file of such lines (`brushwork stylize --profile` writes them).
 */
async function collectProfiles(context, file) {
  if (file) return [{ title: file, threads: 1, lines: readFileSync(file, 'utf8') }];
  const profiles = [];
  for (const { title, ...subject } of SUBJECTS) {
    const { steps, whole, timings } = await context.browser.withPage({}, (page) =>
      page.evaluate(profileInPage, { ...subject, paintings: PAINTINGS, side: 512 }),
    );
    const stages = ['measure', 'paint'].map((stage) => `${stage} ${timings[stage].toFixed(1)} ms`).join(', ');
    profiles.push({
      title: `${title}, 512², 1 thread: ${whole.toFixed(1)} ms in all (${stages})`,
      threads: 1,
      lines: JSON.parse(steps).map((step) => JSON.stringify(step)).join('\n'),
    });
  }
  return profiles;
}

export function parseSteps(lines) {
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const step = JSON.parse(line);
      for (const name of ['milliseconds', 'multiplyAdds']) {
        if (typeof step[name] !== 'number') throw new Error(`profile, line ${index + 1}: ${name} is ${step[name]}, needed a number`);
      }
      return step;
    });
}

const shapeText = (shape) => (Array.isArray(shape) ? shape.join('×') : String(shape ?? ''));
const percent = (part, whole) => (whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : '');
/** Billions of multiply-adds a second. */
const rateOf = ({ multiplyAdds, milliseconds }) => (milliseconds > 0 ? multiplyAdds / milliseconds / 1e6 : 0);

/** `peaks`: { int8, float } in GMAC/s. Steps without multiply-adds have neither a rate nor a share of the peak. */
export function profileLines(steps, peaks) {
  const total = steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const cellsOf = (step, index) => {
    const rate = rateOf(step);
    return [
      ...[String(index), step.name ?? '', step.folded ? `${step.kind} (${step.folded})` : step.kind, shapeText(step.input), shapeText(step.output), step.type],
      ...[step.milliseconds.toFixed(3), percent(step.milliseconds, total)],
      ...(step.multiplyAdds > 0 ? [rate.toFixed(1), percent(rate, peaks[step.type])] : ['', '']),
    ];
  };
  const header = ['', 'node', 'step', 'input', 'output', 'type', 'ms', 'of all', 'GMAC/s', 'of peak'];
  return [...table(header, steps.map(cellsOf), [0, 6, 7, 8, 9]), '', ...kindLines(steps, total, peaks)];
}

/** The same summed up by kind, the slowest first, and all of it. */
function kindLines(steps, total, peaks) {
  const kinds = new Map();
  for (const { kind, type, milliseconds, multiplyAdds } of steps) {
    const key = `${kind}, ${type}`;
    const sum = kinds.get(key) ?? { kind: key, type, count: 0, milliseconds: 0, multiplyAdds: 0 };
    kinds.set(key, { ...sum, count: sum.count + 1, milliseconds: sum.milliseconds + milliseconds, multiplyAdds: sum.multiplyAdds + multiplyAdds });
  }
  const multiplyAdds = steps.reduce((sum, step) => sum + step.multiplyAdds, 0);
  const all = { kind: 'all', type: 'int8', count: steps.length, milliseconds: total, multiplyAdds };
  const sorted = [...kinds.values()].sort((a, b) => b.milliseconds - a.milliseconds);
  const cells = [...sorted, all].map((sum) => [
    ...[sum.kind, String(sum.count), sum.milliseconds.toFixed(2), percent(sum.milliseconds, total)],
    ...(sum.multiplyAdds > 0 ? [rateOf(sum).toFixed(1), percent(rateOf(sum), peaks[sum.type])] : ['', '']),
  ]);
  return table(['kind', 'steps', 'ms', 'of all', 'GMAC/s', 'of peak'], cells, [1, 2, 3, 4, 5]);
}

/** Peaks of this machine, as Chromium gives them. */
async function measurePeaks(browser, threads) {
  const kernels = { int8: 'relaxed_int8', float: 'relaxed_float' };
  return browser.withPage({}, async (page) => {
    const peaks = {};
    for (const [type, kernel] of Object.entries(kernels)) {
      const made = await page.evaluate(([n, o]) => window.bench.add(n, 'peak', o), [kernel, { kernel, threads }]);
      if (made.unavailable) throw new Error(made.unavailable);
      peaks[type] = await page.evaluate((name) => window.bench.run(name), kernel);
    }
    return peaks;
  });
}

export async function printProfile(context, file) {
  const profiles = await collectProfiles(context, file);
  if (profiles.length === 0) {
    console.log('not available: the engine does not report times of single steps yet; --profile-from FILE reads them from a file');
    return;
  }
  for (const { title, threads, lines } of profiles) {
    const peaks = await measurePeaks(context.browser, threads);
    console.log(`${title}; peak ${peaks.int8.toFixed(1)} GMAC/s in int8, ${peaks.float.toFixed(1)} in float\n`);
    console.log(`${profileLines(parseSteps(lines), peaks).join('\n')}\n`);
  }
}
