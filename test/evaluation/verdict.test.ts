import { describe, expect, it } from 'vitest';
import { lossLevels } from '../../src/evaluation/loss-levels.js';
import { judgeRun, type VerdictOptions } from '../../src/evaluation/verdict.js';
import { MNIST_DIGESTS } from '../../src/data/mnist.js';
import { TEN } from '../support/sets.js';
import { row, rowsTo } from '../web/run-fixture.js';

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

/** As a good run of all digits without labels measures. */
const GOOD = { recognised: 0.975, rarest: 0.085, mostFrequent: 0.12, frechet: 8, coverage: 0.88 };

describe('judgeRun', () => {
  const kinds = (
    rows: ReturnType<typeof rowsTo>,
    options: VerdictOptions = { labelSmoothing: 0.1 },
  ) => judgeRun(rows, options).map(({ kind, title }) => `${kind}: ${title}`);
  const each = (changed: Parameters<typeof row>[1]) =>
    rowsTo(8).map(({ epoch }) => row(epoch, changed));
  const measured = (measures: Record<string, number>) =>
    rowsTo(8).map((one, k) =>
      k === 6 ? { ...one, measures: { ...one.measures, ...measures } } : one,
    );

  it('begins with whether the images are digits, all of them, and varied', () => {
    expect(kinds(measured(GOOD))).toEqual([
      'good: These are digits',
      'good: All digits are there',
      'good: They are as varied as real ones',
      'good: No collapse',
      'good: Neither network has won',
    ]);
  });

  it('finds nothing good where it is not known that they are digits', () => {
    expect(kinds(rowsTo(8))).toEqual([
      'unknown: Not judged yet',
      'unknown: No collapse',
      'unknown: Neither network has won',
    ]);
  });

  it.each([
    [TEN, MNIST_DIGESTS, 'in seconds'],
    [TEN, { any: 'x' }, 'know MNIST alone'],
    [[], { any: 'x' }, 'Images without classes'],
  ])('says why nothing was judged: %o', (classes, digests, why) => {
    const [{ title, text }] = judgeRun(
      rowsTo(8),
      { labelSmoothing: 0.1 },
      { data: { classes, digests } },
    );
    expect(title).toBe('Not judged yet');
    expect(text).toContain(why);
    expect(text).toContain('gan-mnist evaluate --quick');
  });

  it('says what an evaluation found, instead of what was measured', () => {
    const evaluated = [{ kind: 'warning', title: 'Many', text: '' }] as const;
    const found = judgeRun(measured(GOOD), { labelSmoothing: 0.1 }, { evaluated });
    expect(found.map(({ kind, title }) => `${kind}: ${title}`)).toEqual([
      'warning: Many',
      'good: No collapse',
      'good: Neither network has won',
    ]);
  });

  it('does not take the variety of noise for that of images', () => {
    expect(kinds(each({ diversity: 1.55 }))).toEqual([
      'unknown: More varied than real images',
      'unknown: Neither network has won',
    ]);
  });

  it('has nothing good to say of noise, also where the judge is sure of it', () => {
    // What uniform noise measures.
    const noise = { recognised: 0.826, rarest: 0, mostFrequent: 0.986, coverage: 0.0215 };
    const found = kinds(measured(noise));
    expect(found[0]).toBe('bad: These are no digits, or one again and again');
    expect(found.filter((finding) => finding.startsWith('good'))).toEqual([]);
  });

  it.each([
    [{ recognised: 0.9 }, 'warning: Most of these are digits'],
    [{ recognised: 0.6 }, 'warning: Many of these are no digits'],
    [{ recognised: 0.2 }, 'bad: These are no digits'],
    [{ rarest: 0.03 }, 'warning: Some digits come much more often than others'],
    [{ rarest: 0.004 }, 'bad: Digits are missing'],
    [{ coverage: 0.75 }, 'warning: They are less varied than real ones'],
    [{ coverage: 0.5 }, 'bad: They are much less varied than real ones'],
  ])('says what is amiss: %o', (changed, finding) => {
    expect(kinds(measured({ ...GOOD, ...changed }))).toContain(finding);
  });

  it('expects no evenness of a run of one digit, and that it is recognised as that', () => {
    const found = kinds(measured({ recognised: 0.99, coverage: 0.9 }), {
      labelSmoothing: 0.1,
      digit: 3,
    });
    expect(found.slice(0, 2)).toEqual([
      'good: These are digits',
      'good: They are as varied as real ones',
    ]);
  });

  it('says nothing of losses that have no such levels', () => {
    const options = { labelSmoothing: 0, loss: 'wasserstein' };
    expect(kinds(measured(GOOD), options).at(-1)).toBe('good: No collapse');
  });

  it('sees collapse after diversity, and a discriminator that has won', () => {
    const rows = each({ diversity: 0.04, discriminatorLoss: 0.334 });
    rows[0] = row(1, { diversity: 0.8 });
    expect(kinds(rows)).toEqual(['bad: Collapsed', 'bad: The discriminator has won']);
  });

  it('sees collapse that lasts from the start, but not in the first moments', () => {
    const low = each({ diversity: 0.04 }).map((one, k) => ({ ...one, step: 400 * (k + 1) }));
    expect(kinds(low.slice(0, 4))[0]).toBe('unknown: Collapse: too early to say');
    expect(kinds(low)[0]).toBe('bad: Collapsed');
  });

  it('sees collapse that was overcome, and names its epochs', () => {
    const rows = rowsTo(8);
    rows[2] = row(3, { diversity: 0.1 });
    rows[4] = row(5, { diversity: 0.2 });
    const [finding] = judgeRun(rows, { labelSmoothing: 0.1 });
    expect(finding.kind).toBe('warning');
    expect(finding.text).toContain('2 epochs from 3 to 5');
  });

  it('does not call a loss above that of guessing one between the ends', () => {
    const [, { title, text }] = judgeRun(each({ discriminatorLoss: 1.88 }), { labelSmoothing: 0 });
    expect(title).toBe('The discriminator is often wrong');
    expect(text).toContain('on average 1.88, above 1.39');
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
    expect(kinds(rows).at(-1)).toBe('unknown: Neither network has won');
  });
});
