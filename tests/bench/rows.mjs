// The one table of what is measured: each row's name, what it must reach, and who is compared with whom.

/** Per round: how many times faster ours was. Both in milliseconds. */
const faster = (ours, theirs) => theirs / ours;
const GMAC = 1e9;
const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * `page`: rows of the same page are measured in one process, in turn. `ours`, `theirs`: contenders of speed.mjs. `value`: of a
 * round's two measurements. `reach`: the least (better 'higher') or most ('lower') that will do; without it a row only informs.
 */
const speedRows = (threads) => {
  const page = `${threads}t`;
  const row = (name, reach, ours, theirs, more = {}) => ({
    ...{ name: `${name}/${page}`, how: 'speed', page, ours, theirs, value: faster, unit: 'x', better: 'higher', reach },
    ...more,
  });
  return [
    row('johnson16-512/exact', 4.5, 'candy exact', 'candy ort float'),
    row('johnson16-512/given', 5.5, 'candy given', 'candy ort float'),
    row('johnson16-512-int8', 3.5, 'candy exact', 'candy ort int8'),
    row('johnson16-512-native', 1.3, 'candy exact', 'candy native float'),
    row('johnson16-512-float', 2, 'candy float', 'candy ort float'),
    row('own-512', 6, 'own', 'own ort float'),
    row('own-512/fps', threads === 2 ? 25 : undefined, 'own', undefined, { value: (ours) => 1000 / ours, unit: 'fps' }),
    row('own-512/qdq', undefined, 'own', 'own ort int8'),
    row('roofline', 0.5, 'own', 'peak relaxed', {
      value: (ours, peak, { ownMultiplyAdds }) => ownMultiplyAdds / GMAC / (ours / 1000) / peak,
      theirsUnit: 'GMAC/s',
      unit: 'of peak',
    }),
    row('roofline/plain', undefined, 'own', 'peak plain', {
      value: (ours, peak, { ownMultiplyAdds }) => ownMultiplyAdds / GMAC / (ours / 1000) / peak,
      theirsUnit: 'GMAC/s',
      unit: 'of peak',
    }),
  ];
};

const higher = (name, how, reach, unit) => ({ name, how, better: 'higher', reach, unit });
const lower = (name, how, reach, unit) => ({ name, how, better: 'lower', reach, unit });
const same = (name) => ({ ...lower(name, 'fidelity', 0, 'bytes differ') });

export const ROWS = [
  ...speedRows(1),
  ...speedRows(2),
  {
    ...higher('threads', 'speed', 1.8, 'x'),
    ...{ page: 'threads', ours: 'own 1 MP, 2 threads', theirs: 'own 1 MP, 1 thread', value: faster },
  },
  {
    ...higher('threads/workers', 'speed', 1.7, 'x'),
    ...{ page: 'workers', ours: 'own 1 MP, 2 workers', theirs: 'own 1 MP, 1 thread', value: faster },
  },
  {
    ...lower('scaling', 'speed', 1.15, 'x'),
    ...{ page: 'large', ours: 'own 24 MP', theirs: 'own 1 MP', value: (large, small) => large / 24 / small },
  },
  lower('start', 'start', 0.5, 'of its time'),

  lower('memory/0.25MP', 'memory', 24 * MIB, 'bytes'),
  lower('memory/24MP', 'memory', 64 * MIB, 'bytes'),
  lower('size/code', 'sizes', 300 * KIB, 'bytes'),
  lower('size/style', 'sizes', 400 * KIB, 'bytes'),
  lower('size/styles', 'sizes', 3 * MIB, 'bytes'),

  lower('fidelity/float/own', 'fidelity', 0.5, 'of 255'),
  lower('fidelity/float/candy', 'fidelity', 0.5, 'of 255'),
  lower('fidelity/float/udnie', 'fidelity', 0.5, 'of 255'),
  higher('fidelity/int8/own/median', 'fidelity', 36, 'dB'),
  higher('fidelity/int8/own/worst', 'fidelity', 31, 'dB'),
  higher('fidelity/int8/candy/median', 'fidelity', 29, 'dB'),
  higher('fidelity/int8/candy/worst', 'fidelity', 24, 'dB'),
  higher('fidelity/int8/udnie/median', 'fidelity', 34, 'dB'),
  higher('fidelity/int8/udnie/worst', 'fidelity', 24, 'dB'),
  higher('fidelity/scales', 'fidelity', undefined, 'SSIM'),
  same('fidelity/strips'),
  same('fidelity/threads'),
  same('fidelity/workers'),
  same('fidelity/variants'),
];

/** The pictures of the WebGPU rows, by what the rows call them. */
export const WEBGPU_PICTURES = {
  64: { width: 64, height: 64 },
  512: { width: 512, height: 512 },
  '1MP': { width: 1224, height: 816 },
  '8MP': { width: 3264, height: 2448 },
};

/** They need a GPU. The processor (`software`) is a thousand times slower, and takes the smallest picture only. */
function webgpuRows(software) {
  const sizes = software ? ['64'] : ['512', '1MP', '8MP'];
  const ofSize = (size) => [
    higher(`webgpu/${size}`, 'webgpu', undefined, 'x'),
    lower(`webgpu/${size}/graph`, 'webgpu', undefined, 'of its time'),
    lower(`webgpu/${size}/first`, 'webgpu', undefined, 'ms'),
    // What the package allows its canary.
    lower(`webgpu/${size}/difference`, 'webgpu', 3, 'of 255'),
  ];
  const rows = sizes.flatMap((size) => ofSize(size).map((row) => ({ ...row, size })));
  // Measured in the page of every size that is asked for: by itself, in the first one.
  return [...rows, { ...lower('webgpu/create', 'webgpu', undefined, 'ms'), size: sizes[0] }];
}

/** How the pages of speed rows are opened, and how often each contender runs there. */
export const PAGES = {
  '1t': { threads: 1, title: 'one thread' },
  '2t': { threads: 2, title: 'two threads' },
  threads: { threads: 1, title: 'threads' },
  workers: { threads: 1, title: 'workers without isolation', isolation: false },
  large: { threads: 1, title: '24 megapixels', warmUps: 1, runs: 3 },
};

/**
 * Rows that a caller asked for: all of ROWS without names, else those of them and of the WebGPU rows that are called so or begin so.
 * `software`: such WebGPU rows as the processor can compute.
 */
export function selectRows(names, { software = false } = {}) {
  if (names.length === 0) return ROWS;
  const all = [...ROWS, ...webgpuRows(software)];
  const unknown = names.filter((name) => !all.some((row) => matches(row, name)));
  if (unknown.length > 0) {
    throw new Error(`no row is called '${unknown[0]}'; there are ${all.map(({ name }) => name).join(', ')}`);
  }
  return all.filter((row) => names.some((name) => matches(row, name)));
}

const matches = (row, name) => row.name === name || row.name.startsWith(`${name}/`);
