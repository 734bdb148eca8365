// What the WebGPU rows are made of, on made-up adapters and numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeAdapter, whyNotMeasured } from '../adapter.mjs';
import { medianDifference } from '../metrics.mjs';
import { jsonOf, mergeJson, reportLines } from '../report.mjs';
import { ROWS, selectRows } from '../rows.mjs';
import { resultsOfSize } from '../webgpu.mjs';

const STARTED = { first: { webgpu: 400, wasm: 90 }, difference: 2, tiles: 3, adapter: 'nvidia hopper', threads: 8 };
const MEASURED = { webgpu: [10, 20, 40], graph: [5, 16, 20], wasm: [40, 100, 80] };

test('processors that compute an adapter are no GPU', () => {
  assert.deepEqual(describeAdapter({ vendor: 'nvidia', architecture: 'hopper', device: '', description: '' }), { name: 'nvidia hopper', isSoftware: false });
  assert.equal(describeAdapter({ vendor: 'google', architecture: 'swiftshader', isFallbackAdapter: true }).isSoftware, true);
  assert.equal(describeAdapter({ vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6)', isFallbackAdapter: false }).isSoftware, true);
  assert.equal(describeAdapter({ vendor: '', isFallbackAdapter: true }).isSoftware, true);
  assert.deepEqual(describeAdapter({ vendor: '' }), { name: 'an unnamed adapter', isSoftware: false });
  assert.equal(describeAdapter(undefined).name, undefined);
});

test('one line says what a browser without a GPU offers', () => {
  assert.equal(whyNotMeasured({ name: 'nvidia hopper', isSoftware: false }, '156'), undefined);
  assert.match(whyNotMeasured({ name: 'google swiftshader', isSoftware: true }, '156'), /^webgpu: .*Chromium 156 offers google swiftshader, which is the processor itself.*$/);
  assert.match(whyNotMeasured({ name: undefined, isSoftware: false }, '156'), /^webgpu: .*Chromium 156 offers no WebGPU adapter.*$/);
});

test('rows that need a GPU are measured when they are named, in pictures that the adapter can paint', () => {
  const names = (...parameters) => selectRows(...parameters).map(({ name }) => name);
  assert.deepEqual(names([]), ROWS.map(({ name }) => name));
  assert.ok(names([]).every((name) => !name.startsWith('webgpu')));
  assert.deepEqual([...new Set(selectRows(['webgpu']).map(({ size }) => size))], ['512', '1MP', '8MP']);
  assert.deepEqual(names(['webgpu/8MP']), ['webgpu/8MP', 'webgpu/8MP/graph', 'webgpu/8MP/first', 'webgpu/8MP/difference']);
  assert.deepEqual([...new Set(selectRows(['webgpu'], { software: true }).map(({ size }) => size))], ['64']);
  assert.deepEqual(names(['start', 'webgpu/create']), ['start', 'webgpu/create']);
  assert.throws(() => selectRows(['webgpu/64']), /no row is called 'webgpu\/64'.*webgpu\/8MP/);
});

test('the GPU is compared with the processor and with its own graph, round by round', () => {
  const results = resultsOfSize('8MP', STARTED, MEASURED);
  assert.deepEqual({ ...results['webgpu/8MP'], note: '' }, { value: 4, spread: 1, runs: 3, ours: '20.0 ms', theirs: '80.0 ms', note: '' });
  assert.match(results['webgpu/8MP'].note, /^3264×2448 in 3 tiles on nvidia hopper, .* with 8 threads$/);
  assert.equal(results['webgpu/8MP/graph'].value, 2);
  assert.equal(results['webgpu/8MP/graph'].theirs, '16.0 ms');
  assert.deepEqual(results['webgpu/8MP/first'], { value: 400, runs: 1, ours: '400.0 ms', theirs: '90.0 ms' });
  assert.equal(results['webgpu/8MP/difference'].value, 2);
});

test('every row of a size has its result, under its name', () => {
  const rows = selectRows(['webgpu/1MP']);
  const results = resultsOfSize('1MP', STARTED, MEASURED);
  assert.deepEqual(Object.keys(results).sort(), rows.map(({ name }) => name).sort());
  assert.equal(jsonOf(rows, results).find(({ name }) => name === 'webgpu/1MP/difference').reached, true);
  assert.match(reportLines(rows, results).join('\n'), /^webgpu\/1MP +20\.0 ms +80\.0 ms +4\.00 x/m);
});

test('half of the values differ by the median or less, alpha not counted', () => {
  const a = Uint8Array.of(10, 10, 10, 0, 10, 10, 10, 0);
  assert.equal(medianDifference(a, a), 0);
  assert.equal(medianDifference(a, Uint8Array.of(10, 10, 13, 255, 14, 5, 110, 255)), 3);
  assert.equal(medianDifference(a, Uint8Array.of(11, 8, 14, 255, 14, 6, 110, 255)), 4);
  assert.equal(medianDifference(Uint8Array.of(0, 0, 0, 9), Uint8Array.of(255, 255, 255, 9)), 255);
  assert.throws(() => medianDifference(a, a.subarray(4)), /pictures of 8 and 4 bytes/);
});

test('a list keeps the rows that were not measured again', () => {
  const list = [{ name: 'a', value: 1 }, { name: 'b', value: 2 }];
  assert.deepEqual(mergeJson(list, [{ name: 'c', value: 4 }, { name: 'a', value: 3 }]), [{ name: 'a', value: 3 }, { name: 'b', value: 2 }, { name: 'c', value: 4 }]);
});
