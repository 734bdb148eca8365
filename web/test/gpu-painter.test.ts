import { beforeEach, expect, it } from 'vitest';
import type { GpuDevice, OnnxRuntime, OrtTensor } from '../src/gpu/onnxruntime.js';
import { loadOnnxRuntime } from '../src/gpu/onnxruntime.js';
import { GpuPainter } from '../src/gpu/painter.js';

/** Of the runtime below. */
let log: string[] = [];
let running = 0;
let lose: (info: { message: string }) => void = () => undefined;
let work: () => Promise<void> = async () => undefined;

class Tensor implements OrtTensor {
  constructor(readonly type: 'float32', readonly data: unknown, readonly dims: readonly number[]) {}
  dispose(): void {
    log.push(`dispose ${this.dims.join('×')}`);
  }
}

/** Paints every value plus the first coefficient. */
function runtime(binding = 1 << 20): OnnxRuntime {
  const lost = new Promise<{ message: string }>((resolve) => (lose = resolve));
  const device: GpuDevice = { limits: { maxStorageBufferBindingSize: binding }, lost };
  return {
    Tensor,
    env: { wasm: {}, webgpu: { device: Promise.resolve(device) } },
    InferenceSession: {
      create: async (model) => {
        log.push(`create ${model.length}`);
        return {
          run: async ({ picture, coefficients }) => {
            expect(running++).toBe(0);
            await work();
            running -= 1;
            const add = coefficients ? (coefficients.data as Float32Array)[0]! : 0;
            return { painting: new Tensor('float32', (picture!.data as Float32Array).map((value) => value + add), picture!.dims) };
          },
          release: async () => void log.push('release'),
        };
      },
    },
  };
}

const graph = (coefficients = 2, bytesPerPixel = 64) => async (generator: number) => ({ onnx: new Uint8Array(generator + 10), coefficients, bytesPerPixel });
const tile = { data: new Float32Array(6).fill(5), height: 1, width: 2 };

beforeEach(() => {
  log = [];
  running = 0;
  work = async () => undefined;
});

it('opens one session for each generator, and paints with it', async () => {
  const painter = new GpuPainter(runtime(), graph());
  const [first, again, other] = await Promise.all([painter.prepare(0), painter.prepare(0), painter.prepare(1)]);
  expect(log).toEqual(['create 10', 'create 11']);
  expect(first).toBe(again);
  expect(first.tilePixels).toBe((1 << 20) / 64);
  expect([...(await other.paintTile(tile, new Float32Array([1, 0])))]).toEqual([6, 6, 6, 6, 6, 6]);
});

it('runs one call at a time', async () => {
  work = () => new Promise((resolve) => setTimeout(resolve, 5));
  const [a, b] = [await new GpuPainter(runtime(), graph()).prepare(0), await new GpuPainter(runtime(), graph()).prepare(0)];
  await Promise.all([a, b, a, b].map(({ paintTile }) => paintTile(tile, new Float32Array(2))));
});

it('limits tiles by what the device binds, and by what is of use', async () => {
  expect((await new GpuPainter(runtime(64 << 20), graph(2, 96)).prepare(0)).tilePixels).toBe(Math.floor((64 << 20) / 96));
  expect((await new GpuPainter(runtime(2 ** 40), graph(2, 96)).prepare(0)).tilePixels).toBe(4 << 20);
});

it('goes on after a call that failed', async () => {
  const { paintTile } = await new GpuPainter(runtime(), graph()).prepare(0);
  work = async () => {
    running -= 1;
    throw new Error('out of buffers');
  };
  await expect(paintTile(tile, new Float32Array(2))).rejects.toThrow('out of buffers');
  work = async () => undefined;
  expect((await paintTile(tile, new Float32Array(2))).length).toBe(6);
});

it('fails calls in flight, and later ones, when the device is lost', async () => {
  const { paintTile } = await new GpuPainter(runtime(), graph()).prepare(0);
  let finish: () => void = () => undefined;
  work = () => new Promise((resolve) => (finish = resolve));
  const call = paintTile(tile, new Float32Array(2));
  lose({ message: 'driver reset' });
  await expect(call).rejects.toMatchObject({ code: 'internal', message: 'the GPU was lost: driver reset' });
  await expect(paintTile(tile, new Float32Array(2))).rejects.toThrow('driver reset');
  finish();
});

it('releases its sessions, and fails what is in flight', async () => {
  const painter = new GpuPainter(runtime(), graph(0));
  const { paintTile } = await painter.prepare(0);
  painter.dispose();
  await expect(paintTile(tile, new Float32Array())).rejects.toMatchObject({ code: 'disposed' });
  await expect.poll(() => log).toContain('release');
});

it('finds ONNX Runtime however a bundler wraps it, and refuses what is something else', async () => {
  const ort = runtime();
  expect(await loadOnnxRuntime(async () => ort)).toBe(ort);
  expect(await loadOnnxRuntime(async () => ({ default: ort }))).toBe(ort);
  expect(ort.env.wasm.numThreads).toBe(1);
  for (const other of [undefined, {}, { InferenceSession: {} }, 'ort']) {
    await expect(loadOnnxRuntime(async () => other)).rejects.toMatchObject({ code: 'unsupported-environment' });
  }
  await expect(loadOnnxRuntime(undefined)).rejects.toMatchObject({ code: 'unsupported-environment', message: expect.stringMatching(/onnxruntime-web/) as unknown });
});
