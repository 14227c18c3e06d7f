import { describe, expect, it } from 'vitest';
import { lossLevels } from '../../src/web/loss-levels.js';
import { judgeRun } from '../../src/web/verdict.js';
import { row, rowsTo } from './run-fixture.js';

describe('lossLevels', () => {
  it('is 0, 2 ln 2 and ln 2 without smoothing', () => {
    const { floor, undecided, generatorUndecided } = lossLevels(0);
    expect(floor).toBeCloseTo(0, 12);
    expect(undecided).toBeCloseTo(2 * Math.LN2, 12);
    expect(generatorUndecided).toBeCloseTo(Math.LN2, 12);
  });

  it('is what a search over constant answers finds, with smoothing', () => {
    const smoothing = 0.1;
    const bce = (answer: number, label: number) =>
      -label * Math.log(answer) - (1 - label) * Math.log(1 - answer);
    const answers = Array.from({ length: 99_999 }, (_, i) => (i + 1) / 100_000);
    const least = (loss: (answer: number) => number) => Math.min(...answers.map(loss));
    const { floor, undecided } = lossLevels(smoothing);
    expect(undecided).toBeCloseTo(
      least((p) => bce(p, 1 - smoothing) + bce(p, 0)),
      6,
    );
    expect(floor).toBeCloseTo(
      least((p) => bce(p, 1 - smoothing)),
      6,
    );
  });
});

describe('judgeRun', () => {
  const kinds = (rows: ReturnType<typeof rowsTo>) =>
    judgeRun(rows, 0.1).map(({ kind, title }) => `${kind}: ${title}`);
  const each = (changed: Parameters<typeof row>[1]) =>
    rowsTo(8).map(({ epoch }) => row(epoch, changed));

  it('finds nothing wrong with a healthy run', () => {
    expect(kinds(rowsTo(8))).toEqual(['good: No collapse', 'good: Neither network has won']);
  });

  it('sees collapse and a discriminator that has won', () => {
    expect(kinds(each({ diversity: 0.04, discriminatorLoss: 0.334 }))).toEqual([
      'bad: Collapsed',
      'bad: The discriminator has won',
    ]);
  });

  it('sees collapse that was overcome, and names its epochs', () => {
    const rows = rowsTo(8);
    rows[2] = row(3, { diversity: 0.1 });
    rows[4] = row(5, { diversity: 0.2 });
    const [finding] = judgeRun(rows, 0.1);
    expect(finding.kind).toBe('warning');
    expect(finding.text).toContain('2 epochs from 3 to 5');
  });

  it('sees samples that are rather alike, and a discriminator that guesses', () => {
    expect(kinds(each({ diversity: 0.5, discriminatorLoss: 1.38 }))).toEqual([
      'warning: Narrow: the samples are rather alike',
      'warning: The discriminator cannot tell',
    ]);
  });

  it('judges no diversity that was not measured', () => {
    expect(kinds([row(1, { diversity: undefined })])[0]).toBe('unknown: Collapse: not known');
  });

  it('takes no single epoch for a trend', () => {
    const rows = rowsTo(8);
    rows[7] = row(8, { discriminatorLoss: 0.33 });
    expect(kinds(rows)[1]).toBe('good: Neither network has won');
  });
});
