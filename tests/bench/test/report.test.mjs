// The arithmetic and the tables of the benchmark, on made-up numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviation, interleave, median, ratios, summary } from '../compare.mjs';
import { differingBytes, largestDifference, psnr, ssim } from '../metrics.mjs';
import { parseSteps, profileLines } from '../profile.mjs';
import { jsonOf, reached, reportLines, show, table } from '../report.mjs';
import { ROWS, selectRows } from '../rows.mjs';

test('medians of pairs do not see what slows both sides of a round', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(deviation([1, 2, 9]), 1);
  assert.deepEqual(ratios([10, 100, 30], [5, 50, 10]), [2, 2, 3]);
  assert.deepEqual(summary([2, 2, 3]), { value: 2, spread: 0, runs: 3 });
});

test('contenders take turns, and warm-ups are not counted', async () => {
  const order = [];
  const contender = (name) => ({ name, run: async () => order.push(name) });
  const measured = await interleave([contender('a'), contender('b')], { warmUps: 1, runs: 2, pause: 0 });
  assert.deepEqual(order, ['a', 'b', 'a', 'b', 'a', 'b']);
  assert.deepEqual(measured, { a: [3, 5], b: [4, 6] });
});

test('values are shown in the unit that reads best', () => {
  assert.equal(show(300 * 1024, 'bytes'), '300.0 KiB');
  assert.equal(show(3 * 1024 ** 2, 'bytes'), '3.0 MiB');
  assert.equal(show(12, 'bytes'), '12 bytes');
  assert.equal(show(4.5, 'x'), '4.50 x');
});

test('a row is reached from the right side, or not decided', () => {
  assert.equal(reached({ better: 'higher', reach: 4.5 }, { value: 4.5 }), true);
  assert.equal(reached({ better: 'lower', reach: 0.5 }, { value: 0.6 }), false);
  assert.equal(reached({ better: 'lower' }, { value: 0.6 }), undefined);
  assert.equal(reached({ better: 'lower', reach: 1 }, { unavailable: 'why' }), undefined);
  assert.equal(reached({ better: 'higher', reach: 1 }, { value: Infinity }), undefined);
});

test('tables line up', () => {
  assert.deepEqual(table(['a', 'b'], [['xx', '1'], ['', '100']], [1]), ['a     b', '--  ---', 'xx    1', '    100']);
});

test('every row is reported, measured or not', () => {
  const results = { 'own-512/1t': { value: 7, spread: 0.1, runs: 5, ours: '30 ms', theirs: '210 ms' }, start: { unavailable: 'no browser' } };
  const text = reportLines(ROWS, results).join('\n');
  for (const { name } of ROWS) assert.match(text, new RegExp(`^${name} `, 'm'));
  assert.match(text, /^start: no browser$/m);
  const list = jsonOf(ROWS, results);
  assert.equal(list.length, ROWS.length);
  const keys = ['name', 'value', 'unit', 'better', 'runs', 'spread'];
  for (const row of list) for (const key of keys) assert.ok(key in row, `${row.name} has no ${key}`);
  assert.equal(list.find(({ name }) => name === 'start').value, null);
});

test('rows are chosen by name or by what they begin with', () => {
  assert.equal(selectRows([]).length, ROWS.length);
  assert.deepEqual(selectRows(['own-512/1t']).map(({ name }) => name), ['own-512/1t']);
  assert.ok(selectRows(['fidelity']).length > 5);
  assert.throws(() => selectRows(['nothing']), /no row is called 'nothing'/);
});

test('pictures are compared without their alpha', () => {
  const a = Uint8Array.of(10, 20, 30, 255, 40, 50, 60, 255);
  const b = Uint8Array.of(10, 20, 30, 0, 40, 50, 60, 255);
  assert.equal(psnr(a, b), Infinity);
  assert.equal(differingBytes(a, b), 1);
  assert.ok(Math.abs(psnr(a, a.map((value, i) => (i % 4 === 3 ? value : value + 1))) - 48.13) < 0.01);
  const square = Uint8Array.from({ length: 16 * 16 * 4 }, (_, i) => (i * 37) % 251);
  assert.ok(Math.abs(ssim(square, square, 16, 16) - 1) < 1e-6);
  assert.ok(ssim(square, square.map((value) => 255 - value), 16, 16) < 0);
});

test('bytes are compared with floats in the range that they show', () => {
  const bytes = Uint8Array.of(255, 0, 51, 255);
  const floats = Float32Array.of(0.2, -3, 9);
  assert.ok(largestDifference(bytes, floats, { low: 0, high: 1, channelOrder: 'bgr' }) < 1e-6);
  assert.ok(Math.abs(largestDifference(bytes, floats, { low: 0, high: 1, channelOrder: 'rgb' }) - 0.8) < 1e-6);
});

test('a profile sums up what its steps say', () => {
  const step = (kind, milliseconds, multiplyAdds) => JSON.stringify({ name: 'n', kind, input: [8, 8, 3], output: [8, 8, 16], type: 'int8', milliseconds, multiplyAdds });
  const steps = parseSteps(`${step('convolution', 2, 1e8)}\n${step('padding', 2, 0)}\n\n`);
  const text = profileLines(steps, { int8: 100, float: 25 }).join('\n');
  assert.match(text, /convolution +8×8×3 +8×8×16 +int8 +2\.000 +50\.0 % +50\.0 +50\.0 %/);
  assert.match(text, /^all +2 +4\.00 +100\.0 % +25\.0 +25\.0 %$/m);
  assert.throws(() => parseSteps('{"milliseconds": 1}'), /line 1: multiplyAdds is undefined/);
});
