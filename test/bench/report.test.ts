import { describe, expect, it } from 'vitest';
import { medianOf, timesInTurns, type Row } from '../../bench/measure.js';
import { rowsTable } from '../../bench/report.js';

const row: Row = {
  model: 'conv',
  backend: 'native',
  threads: 2,
  batchSize: 64,
  units: 128,
  msPerStep: 120,
  minMsPerStep: 118,
  maxMsPerStep: 130,
  roundMs: [118, 120, 130],
  timesNative: 1,
  timesLimit: 2,
  versions: 'onnxruntime-node 1.2.3',
  note: '',
};

describe('the table of the bench', () => {
  it('has a line a contestant', () => {
    const slow: Row = { ...row, backend: 'slow', timesNative: 201.4, timesLimit: 402.8 };
    const [, , native, other] = rowsTable([row, slow]).split('\n');
    expect(cells(native).slice(0, 6)).toEqual(['native', '120', '118', '130', '1.00', '2.00']);
    expect(cells(other).slice(4, 6)).toEqual(['201', '403']);
  });

  it('says why a row has no figures', () => {
    const missing: Row = {
      ...row,
      backend: 'jax-jit',
      msPerStep: null,
      minMsPerStep: null,
      maxMsPerStep: null,
      roundMs: [],
      timesNative: null,
      timesLimit: null,
      note: 'no Python peers',
    };
    const line = rowsTable([row, missing]).split('\n')[3];
    expect(cells(line)).toEqual([
      'jax-jit',
      '-',
      '-',
      '-',
      '-',
      '-',
      'onnxruntime-node 1.2.3',
      'no Python peers',
    ]);
  });
});

describe('ratios in turns', () => {
  it('compare times of the same round, whatever the machine did meanwhile', () => {
    expect(timesInTurns([2, 4, 6], [1, 2, 3])).toBe(2);
    expect(timesInTurns([2, 40, 6, 60], [1, 20, 3])).toBe(2);
    expect(timesInTurns([], [1])).toBeNull();
  });
});

describe('the median', () => {
  it('is the middle, or the mean of the two', () => {
    expect(medianOf([9, 1, 2])).toBe(2);
    expect(medianOf([4, 1, 3, 2])).toBe(2.5);
    expect(medianOf([])).toBeNull();
  });
});

const cells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
