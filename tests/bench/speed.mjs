// The speed rows: who the contenders are, and running those of a page in turn.
import { interleave, median, summary } from './compare.mjs';
import { countMultiplyAdds, inFloat, inInt8, ownGenerators, thirdParty, CALIBRATION } from './models.mjs';
import { PAGES } from './rows.mjs';
import { pixelFile, speedPicture } from './pictures.mjs';

const ONE_MEGAPIXEL = { width: 1224, height: 816 };
const MEGAPIXELS_24 = { width: 6000, height: 4000 };
const SQUARE = { width: 512, height: 512 };

/** Each contender: what page.mjs (or native.mjs, kind 'native') makes of it, given the page's number of threads. */
function contenderTable({ own, candy, picture }) {
  const ours = (style, stylize, size, more = {}) => (threads) => ({
    kind: 'ours',
    options: { engine: { threads }, style, stylize, picture: picture(size), ...more },
  });
  const candyStyle = (precision) => candy && { url: candy.url, options: { ...pick(candy), precision } };
  const ort = (model) => async (threads) => {
    const { url, ...input } = await model();
    return { kind: 'ort', options: { url, threads, input: pick(input), picture: picture(SQUARE) } };
  };
  const ownStyle = { id: own.style };
  const [exact, given] = [{ statistics: 'exact' }, { statistics: 'thumbnail' }];
  const notFloat = (stylize) => ({ what: "precision 'float'", style: candyStyle('float'), stylize });
  const notExact = { what: "statistics 'exact'", style: candyStyle('auto'), stylize: exact };
  return {
    'candy exact': candy && ours(candyStyle('auto'), exact, SQUARE, { differsFrom: [notFloat(exact)] }),
    'candy given': candy && ours(candyStyle('auto'), given, SQUARE, { differsFrom: [notFloat(given), notExact], given: true }),
    'candy float': candy && ours(candyStyle('float'), exact, SQUARE),
    'candy ort float': candy && ort(() => candy),
    'candy ort int8': candy && ort(() => candy.int8()),
    'candy native float': candy && ((threads) => ({ kind: 'native', options: { model: candy.file, threads } })),
    own: ours(ownStyle, {}, SQUARE),
    'own ort float': ort(() => own.float()),
    'own ort int8': ort(() => own),
    'peak relaxed': (threads) => ({ kind: 'peak', options: { kernel: 'relaxed_int8', threads } }),
    'peak plain': (threads) => ({ kind: 'peak', options: { kernel: 'plain_int16', threads } }),
    'own 1 MP': ours(ownStyle, {}, ONE_MEGAPIXEL, { engine: {} }),
    'own 24 MP': ours(ownStyle, {}, MEGAPIXELS_24, { engine: {} }),
    'own 1 MP, 1 thread': ours(ownStyle, {}, ONE_MEGAPIXEL, { engine: { threads: 1 } }),
    'own 1 MP, 2 threads': ours(ownStyle, {}, ONE_MEGAPIXEL, { engine: { threads: 2 }, parallelism: 'threads' }),
    'own 1 MP, 2 workers': ours(ownStyle, {}, ONE_MEGAPIXEL, { engine: { threads: 2 }, parallelism: 'workers' }),
  };
}

const pick = ({ inputRange, channelOrder }) => ({ inputRange, channelOrder });

/** Adds those who can run; the others' reasons are kept. */
async function addAll(names, table, { page, native, threads, picture }) {
  const contenders = [];
  const unavailable = {};
  for (const name of names) {
    if (!table[name]) {
      unavailable[name] = 'no third_party/candy.onnx in BRUSHWORK_DATA';
      continue;
    }
    try {
      const { kind, options } = await table[name](threads);
      if (kind === 'native') {
        await native.call('load', { key: name, ...options, picture: await picture() });
        contenders.push({ name, run: () => native.call('run', { key: name }) });
        continue;
      }
      const added = await page.evaluate(([n, k, o]) => window.bench.add(n, k, o), [name, kind, options]);
      if (added.unavailable) unavailable[name] = added.unavailable;
      else contenders.push({ name, run: () => page.evaluate((n) => window.bench.run(n), name) });
    } catch (error) {
      unavailable[name] = String(error.message ?? error).split('\n')[0];
    }
  }
  return { contenders, unavailable };
}

/** Facts that rows' values need beside the times. */
async function gather({ folders, native, browser }) {
  const [own] = ownGenerators(folders);
  const candy = thirdParty(folders, 'candy');
  const picture = (size) => ({ ...speedPicture(folders), ...size });
  const square = () => pixelFile({ folders, browser }, picture(SQUARE));
  own.float = () => inFloat(folders, own);
  if (candy) {
    candy.int8 = async () => {
      const pictures = [];
      for (const photo of CALIBRATION) {
        pictures.push(await pixelFile({ folders, browser }, { url: `/data/photos/eval/${photo}.jpg`, ...SQUARE }));
      }
      return inInt8(folders, native, candy, pictures);
    };
  }
  const ownMultiplyAdds = await countMultiplyAdds(folders, native, await own.float(), await square());
  return { own, candy, picture, square, ownMultiplyAdds };
}

function resultOf(row, measured, unavailable, facts) {
  const [ours, theirs] = [measured[row.ours], measured[row.theirs]];
  const shown = (list, unit = 'ms') => (list ? `${median(list).toFixed(1)} ${unit}` : '');
  const sides = { ours: shown(ours), theirs: shown(theirs, row.theirsUnit) };
  const missing = [row.ours, row.theirs].find((name) => name && unavailable[name]);
  if (missing) return { ...sides, unavailable: `${missing}: ${unavailable[missing]}` };
  return { ...summary(ours.map((value, round) => row.value(value, theirs?.[round], facts))), ...sides };
}

/** Measures speed rows, page after page; resolves to { row's name: result }. */
export async function measureSpeed(context, rows) {
  const facts = await gather(context);
  const table = contenderTable(facts);
  const results = {};
  for (const [name, settings] of Object.entries(PAGES)) {
    const here = rows.filter(({ page }) => page === name);
    if (here.length === 0) continue;
    const names = [...new Set(here.flatMap(({ ours, theirs }) => [ours, theirs]).filter(Boolean))];
    await context.browser.withPage({ isolation: settings.isolation }, async (page) => {
      const { contenders, unavailable } = await addAll(names, table, {
        ...{ page, native: context.native, threads: settings.threads },
        picture: async () => ({ ...(await facts.square()), ...pick(facts.candy) }),
      });
      const measured = await interleave(contenders, {
        warmUps: Math.min(settings.warmUps ?? Infinity, context.warmUps),
        runs: Math.min(settings.runs ?? Infinity, context.runs),
        report: (what) => context.say(`${settings.title}: ${what}`),
      });
      for (const row of here) results[row.name] = resultOf(row, measured, unavailable, facts);
    });
  }
  return results;
}
