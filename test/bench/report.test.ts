import { describe, expect, it } from 'vitest';
import { medianOf, type Row } from '../../bench/measure.js';
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
  rounds: 5,
  limitMs: 60,
  versions: 'onnxruntime-node 1.2.3',
  note: '',
};

describe('the table of the bench', () => {
  it('has ratios by image, so that a smaller batch is no advantage', () => {
    const slow: Row = { ...row, backend: 'slow', batchSize: 2, msPerStep: 750, limitMs: 60 / 32 };
    const [, , native, other] = rowsTable([row, slow]).split('\n');
    expect(cells(native).slice(4, 6)).toEqual(['1.00', '2.00']);
    expect(cells(other).slice(4, 6)).toEqual(['200', '400']);
  });

  it('says why a row has no figures', () => {
    const missing: Row = {
      ...row,
      backend: 'jax-jit',
      msPerStep: null,
      minMsPerStep: null,
      maxMsPerStep: null,
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
