// The fidelity rows: what the package paints on the evaluation photos, compared with itself and with native ONNX Runtime.
import { join } from 'node:path';
import { median } from './compare.mjs';
import { inFloat, ownGenerators, ownStyles, thirdParty } from './models.mjs';
import { evaluationPhotos, pixelFile, speedPicture } from './pictures.mjs';

/** Larger photos are scaled down to this, which third-party generators paint in a second or so. */
const MAX_PIXELS = 2 ** 20;
const PIECES = 8;
const SQUARE = { width: 512, height: 512 };
const TWO_THREADS = { threads: 2 };

const pick = ({ inputRange, channelOrder }) => ({ inputRange, channelOrder });
const styleOf = (model, precision) => ({ url: model.url, options: { ...pick(model), precision } });
const noData = (what) => ({ unavailable: `no ${what} in BRUSHWORK_DATA` });

/** Calls window.fidelity[name] in a page; errors of the package come back as { unavailable }. */
const ask = (page, name, ...parameters) => page.evaluate(([n, p]) => window.fidelity[n](...p), [name, parameters]);

async function floatAgainstNative({ folders, native, browser, say }, models) {
  let worst = 0;
  for (const model of models) {
    say(`float: ${model.name}`);
    const picture = { ...speedPicture(folders), ...SQUARE };
    const file = await pixelFile({ folders, browser }, picture);
    const reference = await inFloat(folders, model);
    const name = `${model.name}.native.f32`;
    await native.call('paint', { model: reference.file, picture: { ...file, ...pick(model) }, output: join(folders.build, name) });
    const recipe = { engine: TWO_THREADS, style: styleOf(model, 'float'), stylize: { statistics: 'exact' } };
    const result = await browser.withPage({}, (page) =>
      ask(page, 'float', { recipe, picture, url: `/made/${name}`, range: model.inputRange, pieces: PIECES }),
    );
    if (result.unavailable) return result;
    worst = Math.max(worst, result);
  }
  return { value: worst, runs: 1, note: `in steps of ${(255 / PIECES / 255).toFixed(2)}; a 512×512 photo` };
}

/** PSNR of int8 to float over all photos; for several models the worst median and the worst picture. */
async function int8AgainstFloat({ browser, say }, models, photos, { statistics, precision: quantized }) {
  const all = [];
  let worstMedian = Infinity;
  for (const model of models) {
    const recipe = (precision) => ({ engine: TWO_THREADS, style: styleOf(model, precision), stylize: { statistics } });
    const values = await browser.withPage({}, async (page) => {
      const found = [];
      for (const [index, url] of photos.entries()) {
        say(`int8 against float: ${model.name}, photo ${index + 1} of ${photos.length}`);
        const value = await ask(page, 'psnr', recipe(quantized), recipe('float'), { url, maxPixels: MAX_PIXELS });
        if (value.unavailable) return value;
        // No loss at all means that no int8 was computed, whatever was asked for.
        if (!Number.isFinite(value)) return { unavailable: `${model.name}: precision '${quantized}' paints the same bytes as 'float'` };
        found.push({ value, url, model: model.name });
      }
      return found;
    });
    if (values.unavailable) return { median: values, worst: values };
    worstMedian = Math.min(worstMedian, median(values.map(({ value }) => value)));
    all.push(...values);
  }
  const worst = all.reduce((least, candidate) => (candidate.value < least.value ? candidate : least));
  const shared = { runs: all.length };
  return {
    median: { ...shared, value: worstMedian },
    worst: { ...shared, value: worst.value, note: `${worst.model}, ${worst.url.split('/').at(-1)}; statistics '${statistics}'` },
  };
}

/** Bytes that differ between two ways to paint the same, over a few photos. */
async function identical({ browser, say }, what, { isolation, pairs }, photos) {
  say(`identical bytes: ${what}`);
  return browser.withPage({ isolation }, async (page) => {
    let bytes = 0;
    for (const [a, b] of pairs) {
      for (const url of photos) {
        const result = await ask(page, 'differingBytes', a, b, { url, maxPixels: MAX_PIXELS });
        if (result.unavailable) return result;
        bytes += result;
      }
    }
    return { value: bytes, runs: pairs.length * photos.length };
  });
}

const identities = (own) => {
  const paint = (engine, parallelism) => ({ engine, parallelism, style: { id: own.style } });
  return {
    threads: { isolation: true, pairs: [[paint({ threads: 1 }), paint({ threads: 2 }, 'threads')]] },
    workers: { isolation: false, pairs: [[paint({ threads: 1 }), paint({ threads: 2 }, 'workers')]] },
    variants: {
      isolation: true,
      pairs: [1, 2].map((threads) => [paint({ threads, variant: 'simd' }), paint({ threads, variant: 'relaxed-simd' })]),
    },
  };
};

async function scales({ browser }, own, photos) {
  const values = await browser.withPage({}, async (page) => {
    const found = [];
    for (const url of photos) {
      const value = await ask(page, 'scales', { engine: TWO_THREADS, style: { id: own.style } }, { url });
      if (value.unavailable) return value;
      found.push(value);
    }
    return found;
  });
  return values.unavailable ? values : { value: median(values), runs: values.length };
}

export async function measureFidelity(context, rows) {
  const { folders } = context;
  const wanted = (prefix) => rows.some(({ name }) => name === prefix || name.startsWith(`${prefix}/`));
  const photos = evaluationPhotos(folders);
  const own = ownGenerators(folders);
  const results = {};
  const models = { own, candy: [thirdParty(folders, 'candy')], udnie: [thirdParty(folders, 'udnie')] };

  for (const [name, list] of Object.entries(models)) {
    const missing = list.some((model) => !model) ? noData(`third_party/${name}.onnx`) : undefined;
    if (wanted(`fidelity/float/${name}`)) results[`fidelity/float/${name}`] = missing ?? (await floatAgainstNative(context, list));
    if (!wanted(`fidelity/int8/${name}`)) continue;
    const absent = missing ?? (photos.length === 0 ? noData('photos/eval') : undefined);
    // Third-party generators mean exact statistics, and are quantized on load; ours come quantized, and are painted as the
    // package paints them.
    const how = { statistics: name === 'own' ? 'auto' : 'exact', precision: 'auto' };
    const found = absent ? { median: absent, worst: absent } : await int8AgainstFloat(context, name === 'own' ? await ownStyles(folders) : list, photos, how);
    for (const [which, result] of Object.entries(found)) results[`fidelity/int8/${name}/${which}`] = result;
  }

  // Two photos of odd sizes and one that several strips or workers share.
  const few = photos.length > 0 ? [photos[0], photos[1], photos.at(-1)] : [];
  for (const [what, settings] of Object.entries(identities(own[0]))) {
    const name = `fidelity/${what}`;
    if (wanted(name)) results[name] = few.length ? await identical(context, what, settings, few) : noData('photos/eval');
  }
  if (wanted('fidelity/scales')) results['fidelity/scales'] = few.length ? await scales(context, own[0], few) : noData('photos/eval');
  if (wanted('fidelity/strips')) {
    results['fidelity/strips'] = { unavailable: 'the package cannot be told to paint in one piece; the C++ tests compare the two' };
  }
  return results;
}
