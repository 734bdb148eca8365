import { describe, expect, it } from 'vitest';
import { PROBES, chooseBackend, detectFeatures, type BackendRequest } from '../src/features.js';
import { everything } from './support.js';

const auto: BackendRequest = { backend: 'auto', variant: 'auto', threads: undefined, host: undefined };

describe('chooseBackend', () => {
  it('takes relaxed SIMD and the cores of an isolated page', () => {
    const { name, host, info } = chooseBackend(everything, auto);
    expect(name).toBe('relaxed-threads');
    expect(host).toBe('worker');
    expect(info).toMatchObject({ kind: 'wasm', variant: 'relaxed-simd', threads: 6, parallelism: 'threads' });
  });

  it('takes at most eight threads unless asked for more', () => {
    expect(chooseBackend({ ...everything, cores: 64 }, auto).info.threads).toBe(8);
    expect(chooseBackend(everything, { ...auto, threads: 12 }).info.threads).toBe(12);
  });

  it('takes a pool of workers without isolation, and says why', () => {
    const { name, host, info } = chooseBackend({ ...everything, isolated: false }, auto);
    expect(name).toBe('relaxed');
    expect(host).toBe('worker');
    expect(info).toMatchObject({ threads: 6, parallelism: 'workers' });
    expect(info.reasons.join('\n')).toMatch(/not cross-origin isolated.*\n6 workers: the machine has 6 cores/);
    expect(chooseBackend({ ...everything, isolated: false, cores: 64 }, auto).info.threads).toBe(8);
    expect(chooseBackend({ ...everything, isolated: false }, { ...auto, threads: 2 }).info).toMatchObject({ threads: 2, parallelism: 'workers' });
    expect(chooseBackend({ ...everything, isolated: false }, { ...auto, threads: 1 }).info).toMatchObject({ threads: 1, parallelism: 'none' });
  });

  it('takes one thread where it runs in the calling thread of a page that is not isolated', () => {
    const { info } = chooseBackend({ ...everything, isolated: false }, { ...auto, host: 'inline', threads: 4 });
    expect(info).toMatchObject({ threads: 1, parallelism: 'none' });
    expect(info.reasons.join('\n')).toMatch(/cross-origin isolated/);
  });

  it('falls back to plain SIMD', () => {
    const { name, info } = chooseBackend({ ...everything, relaxedSimd: false }, auto);
    expect(name).toBe('simd-threads');
    expect(info.reasons.join('\n')).toMatch(/no relaxed SIMD/);
    expect(() => chooseBackend({ ...everything, relaxedSimd: false }, { ...auto, variant: 'relaxed-simd' })).toThrow(/relaxed-simd/);
  });

  it('runs inline on one thread outside of browsers', () => {
    const { name, host } = chooseBackend({ ...everything, server: true, isolated: false }, auto);
    expect(name).toBe('relaxed');
    expect(host).toBe('inline');
  });

  it('goes without what did not start, and says so', () => {
    const relaxed = chooseBackend({ ...everything, refused: { relaxedSimd: 'bad opcode' } }, auto);
    expect(relaxed.name).toBe('simd-threads');
    expect(relaxed.info.reasons).toContain('SIMD: relaxed SIMD did not start: bad opcode');
    const threads = chooseBackend({ ...everything, refused: { threads: 'no shared memory' } }, auto);
    expect(threads).toMatchObject({ name: 'relaxed', host: 'worker', info: { threads: 6, parallelism: 'workers' } });
    expect(threads.info.reasons).toContain('no threads: 6 did not start: no shared memory');
    const worker = chooseBackend({ ...everything, isolated: false, refused: { worker: 'blocked' } }, auto);
    expect(worker).toMatchObject({ name: 'relaxed', host: 'inline', info: { threads: 1, parallelism: 'none' } });
    expect(worker.info.reasons).toContain('in the calling thread: blocked');
    const both = chooseBackend({ ...everything, refused: { threads: 'no shared memory' } }, { ...auto, host: 'inline' });
    expect(both.info).toMatchObject({ threads: 1, parallelism: 'none' });
  });

  it.each([
    [{ ...everything, wasm: false, simd: false }, auto, /WebAssembly is missing/],
    [{ ...everything, simd: false }, auto, /SIMD/],
    [{ ...everything, webgpu: false }, { ...auto, backend: 'webgpu' as const }, /webgpu/],
    [{ ...everything, worker: false }, { ...auto, host: 'worker' as const }, /workers/],
  ])('says what is missing (%#)', (features, request, message) => {
    expect(() => chooseBackend(features, request)).toThrow(expect.objectContaining({ code: 'unsupported-environment' }));
    expect(() => chooseBackend(features, request)).toThrow(message);
  });
});

describe('probes', () => {
  it('are well-formed modules: this engine runs those that every variant needs', () => {
    expect(detectFeatures()).toMatchObject({ wasm: true, simd: true, server: true });
  });

  it('fail where one byte of the instruction is another', () => {
    for (const probe of Object.values(PROBES)) {
      const damaged = [...probe];
      damaged[probe.length - 2] = 0xff;
      expect(WebAssembly.validate(new Uint8Array(damaged))).toBe(false);
    }
  });
});
