import { describe, expect, it } from 'vitest';
import {
  areModelsKept,
  bestEpoch,
  isMeasured,
  lastingMeasures,
} from '../../src/training/measure-plan.js';
import { isGoodEnough } from '../../src/evaluation/good-enough.js';

const options = { measureEvery: 25, sampleEvery: 2, keep: 'best', until: 99, epochs: 7 } as const;
const rows: { epoch: number; measures: Record<string, number> }[] = [
  { epoch: 1, measures: { diversity: 1 } },
  { epoch: 2, measures: { frechet: 9, recognised: 0.98 } },
  { epoch: 3, measures: {} },
  { epoch: 4, measures: { frechet: 7, recognised: 0.9 } },
  { epoch: 5, measures: { frechet: 7, recognised: 1 } },
];

describe('the plan of measures', () => {
  const epochs = [1, 2, 3, 4, 5, 6, 7];

  it('is the epochs in which the steps pass a multiple, and the last', () => {
    // 10 steps an epoch: 25, 50 are passed in epochs 3 and 5.
    expect(epochs.filter((epoch) => isMeasured(options, epoch, 10))).toEqual([3, 5, 7]);
    expect(epochs.filter((epoch) => isMeasured(options, epoch, 100))).toEqual(epochs);
    const none = { ...options, measureEvery: 0 };
    expect(epochs.filter((epoch) => isMeasured(none, epoch, 10))).toEqual([]);
    const later = { ...options, measureEvery: 1000 };
    expect(epochs.filter((epoch) => isMeasured(later, epoch, 10))).toEqual([]);
    expect(epochs.filter((epoch) => isMeasured(later, epoch, 20))).toEqual([7]);
  });

  it('keeps the models of the smallest distance, the first of equals; the last while there is none', () => {
    expect(bestEpoch(rows)).toBe(rows[3]);
    const keeps = rows.map((_, k) => areModelsKept(options, rows.slice(0, k + 1)));
    expect(keeps).toEqual([true, true, false, true, false]);
    expect(areModelsKept({ ...options, keep: 'last' }, rows)).toBe(true);
  });

  it('ends where enough is recognised, if it is varied', () => {
    expect(isGoodEnough(options, { recognised: 0.99, coverage: 0.85 })).toBe(true);
    expect(isGoodEnough(options, { recognised: 0.989, coverage: 0.85 })).toBe(false);
    expect(isGoodEnough(options, { recognised: 1, coverage: 0.5 })).toBe(false);
    expect(isGoodEnough(options, {})).toBe(false);
    expect(isGoodEnough({ until: undefined }, { recognised: 1, coverage: 1 })).toBe(false);
  });

  it('leaves to a run that goes on what it would have without its end', () => {
    const measures = { diversity: 1, recognised: 0.9, frechet: 3 };
    expect(lastingMeasures(options, { epoch: 3, measures }, 10)).toEqual({
      recognised: 0.9,
      frechet: 3,
    });
    expect(lastingMeasures(options, { epoch: 4, measures }, 10)).toEqual({ diversity: 1 });
    expect(lastingMeasures(options, { epoch: 7, measures }, 10)).toEqual({});
  });
});
