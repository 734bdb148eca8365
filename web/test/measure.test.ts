import { describe, expect, it } from 'vitest';
import type { PaintWork } from '../src/engine/jobs.js';
import { carryOver, lasts } from '../src/engine/measure.js';
import type { CarriedStatistics, Carry, PackedStatistics } from '../src/engine/protocol.js';

const statistics = 'those' as unknown as PackedStatistics;
const program = {} as Carry['program'];
const carry = (steadiness: number, previous: CarriedStatistics | undefined): Carry => ({ stream: 0, program, steadiness, previous });

/** How many of 12 frames are measured. */
function measuredOf12(steadiness: number): number {
  let previous: CarriedStatistics | undefined;
  let count = 0;
  for (let frame = 0; frame < 12; frame++) {
    const lasting = lasts(carry(steadiness, previous));
    if (!lasting) ++count;
    previous = lasting ?? { statistics, age: 0 };
  }
  return count;
}

describe('statistics of a video', () => {
  it('are measured of every frame where they change fast, now and then where not, once where never', () => {
    expect(measuredOf12(0)).toBe(12);
    expect(measuredOf12(0.5)).toBe(12);
    expect(measuredOf12(0.9)).toBe(3);
    expect(measuredOf12(1)).toBe(1);
  });

  it('change as much as if every frame had been measured', () => {
    const weights: number[] = [];
    const blendStatistics = (_current: unknown, _previous: unknown, steadiness: number): unknown => {
      weights.push(steadiness);
      return { value: statistics };
    };
    const work = { running: { module: { blendStatistics } } } as unknown as PaintWork;
    for (const age of [0, 3]) carryOver(work, statistics, carry(0.9, { statistics, age }));
    expect(weights[0]).toBeCloseTo(0.9);
    expect(weights[1]).toBeCloseTo(0.9 ** 4);
  });
});
