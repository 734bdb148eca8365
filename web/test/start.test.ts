import { expect, it } from 'vitest';
import { WorkerFailure } from '../src/engine/failures.js';
import { BrushworkError } from '../src/errors.js';
import { chooseBackend } from '../src/features.js';
import { checkCreateOptions } from '../src/options.js';
import { refusedBy } from '../src/start.js';
import type { CreateOptions } from '../src/types.js';
import { everything } from './support.js';

function refused(error: unknown, options: CreateOptions = {}, isolated = true): unknown {
  const request = checkCreateOptions(options);
  return refusedBy(error, chooseBackend({ ...everything, isolated }, request), request);
}

it('goes on without what may have failed', () => {
  expect(refused(new WorkerFailure('blocked'))).toMatchObject({ worker: expect.stringMatching(/blocked/) as unknown });
  expect(refused(new BrushworkError('unsupported-environment', 'bad opcode'))).toEqual({ relaxedSimd: 'bad opcode' });
  expect(refused(new BrushworkError('internal', 'a thread failed'))).toEqual({ threads: 'a thread failed' });
  expect(refused(new BrushworkError('out-of-memory', 'no shared memory'))).toEqual({ threads: 'no shared memory' });
});

it('does not go without what was asked for, or what has nothing to do with it', () => {
  expect(refused(new WorkerFailure('blocked'), { host: 'worker' })).toBeUndefined();
  expect(refused(new BrushworkError('unsupported-environment', 'bad opcode'), { variant: 'relaxed-simd' })).toBeUndefined();
  expect(refused(new BrushworkError('unsupported-environment', 'bad opcode'), { variant: 'simd' })).toBeUndefined();
  expect(refused(new BrushworkError('internal', 'broken'), {}, false)).toBeUndefined();
  expect(refused(new BrushworkError('network', 'no such file'))).toBeUndefined();
  expect(refused(new BrushworkError('aborted', 'enough'))).toBeUndefined();
  expect(refused(new Error('whatever'))).toBeUndefined();
});
