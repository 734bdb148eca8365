import { words } from '../app/language.js';

const english = {
  starting: 'Starting the engine…',
  failed: 'The engine did not start',
  paintsWith: (how: string) => `Paints with ${how}`,
  gpu: (adapter: string) => `WebGPU (${adapter})`,
  relaxed: 'WebAssembly, relaxed SIMD',
  simd: 'WebAssembly, SIMD',
  threads: (count: number) => (count === 1 ? 'one thread' : `${count} threads`),
  workers: (count: number) => (count === 1 ? 'one worker' : `${count} workers`),
  reasons: 'Why so',
  timings: 'The last painting, in milliseconds',
  stages: { download: 'style', compile: 'start', decode: 'decode', measure: 'measure', paint: 'paint', encode: 'encode' },
  memory: (current: string, peak: string) => `Memory of the engine: ${current} MB now, ${peak} MB at most`,
  code: 'The code for what is on the screen',
};

export const detailsTexts = words<typeof english>({
  en: english,
  zh: {
    starting: '正在启动引擎……',
    failed: '引擎没有启动',
    paintsWith: (how) => `作画方式：${how}`,
    gpu: (adapter) => `WebGPU（${adapter}）`,
    relaxed: 'WebAssembly，relaxed SIMD',
    simd: 'WebAssembly，SIMD',
    threads: (count) => `${count} 个线程`,
    workers: (count) => `${count} 个 worker`,
    reasons: '为什么',
    timings: '上一幅画，毫秒',
    stages: { download: '风格', compile: '启动', decode: '解码', measure: '测量', paint: '作画', encode: '编码' },
    memory: (current, peak) => `引擎内存：现在 ${current} MB，最多 ${peak} MB`,
    code: '屏幕上这幅画的代码',
  },
});
