import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { readRunDescription } from '../../src/runs/run-description.js';
import { bestEpoch } from '../../src/training/measure-plan.js';
import { differences, runContents } from '../support/run-contents.js';
import { resumeSmall, trainSmall } from '../support/small-run.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { COMPILED } from '../support/backends.js';

// So small a run is never varied: what ends it is what is recognised alone.
vi.mock('../../src/evaluation/real-levels.js', async (original) => ({
  ...(await original<object>()),
  REAL_LEVELS: { accuracy: 1, sure: 1, coverage: 0 },
}));

const folder = temporaryFolder();
let count = 0;
const fresh = (): string => join(folder, String(count++));
const modelDigest = (run: string): string =>
  createHash('sha256')
    .update(readFileSync(join(run, 'model', 'generator.onnx')))
    .digest('hex');
/** With a rate so high that the first measure is the better one. */
const MEASURED = {
  measureEvery: 20,
  epochs: 4,
  learningRate: 0.02,
  learningRateDecay: 0.5,
  penaltyWeight: 0.3,
  discriminatorLayers: 'widening',
} as const;

describe.each(COMPILED)('a run that is measured on %s', (backend) => {
  let expected: Awaited<ReturnType<typeof trainSmall>>;
  beforeAll(async () => {
    expected = await trainSmall(fresh(), { ...MEASURED, keep: 'best' }, { backend });
  });

  it('has the measures of its epochs in the log, and trains as without them', async () => {
    expect(expected.rows.map((row) => 'frechet' in row.measures)).toEqual([
      false,
      true,
      false,
      true,
    ]);
    const { measures } = expected.rows[1];
    expect(Object.keys(measures)).toEqual(
      expect.arrayContaining(['recognised', 'rarest', 'mostFrequent', 'coverage', 'density']),
    );
    expect(measures.frechet).toBeGreaterThan(50);
    expect(readRunDescription(expected.folder).options.measureEvery).toBe(20);
    const without = await trainSmall(fresh(), { ...MEASURED, measureEvery: 0 }, { backend });
    expect(without.rows.map((row) => row.scalars)).toEqual(expected.rows.map((row) => row.scalars));
    expect(without.rows.every((row) => !('frechet' in row.measures))).toBe(true);
  });

  it.each([
    ['before a measure', [13]],
    ['at a measure', [20]],
    ['after one', [27, 8]],
  ])('goes on as if nothing had been: %s', async (_, stops) => {
    const options = { ...MEASURED, keep: 'best' };
    const begun = await trainSmall(fresh(), options, { backend, steps: stops[0] });
    for (const steps of stops.slice(1)) await resumeSmall(begun.folder, {}, { backend, steps });
    await resumeSmall(begun.folder, {}, { backend });
    expect(differences(runContents(expected.folder), runContents(begun.folder))).toEqual([]);
  });

  it('keeps the models of the best epoch', async () => {
    const best = bestEpoch(expected.rows)!;
    expect(best.epoch).toBe(2);
    const steps = 10 * best.epoch;
    const stopped = await trainSmall(fresh(), MEASURED, { backend, steps });
    expect(modelDigest(expected.folder)).toBe(modelDigest(stopped.folder));
  });

  it('stops at the measure that is good enough, and is done', async () => {
    const run = await trainSmall(fresh(), { ...MEASURED, until: 0.0001 }, { backend });
    expect(run.epochs).toBe(2);
    expect(run.interrupted).toBe(false);
    expect(run.rows.at(-1)!.measures).toMatchObject({
      diversity: expect.any(Number) as number,
      recognised: expect.any(Number) as number,
    });
    const before = runContents(run.folder);
    const again = await resumeSmall(run.folder, {}, { backend });
    expect([again.epochs, again.interrupted]).toEqual([2, false]);
    expect(runContents(run.folder)).toEqual(before);
  });
});

describe('measures', () => {
  it('are needed for what goes by them', async () => {
    const refused = (options: object) => trainSmall(fresh(), { ...options });
    await expect(refused({ measureEvery: 0, keep: 'best' })).rejects.toThrow(
      '--keep best: found it with --measure-every 0, expected measures to go by',
    );
    await expect(refused({ measureEvery: 0, until: 99 })).rejects.toThrow(/^--until: found it/);
    await expect(trainSmall(fresh(), { until: 99 }, { backend: 'cpu' })).rejects.toThrow(
      /^--until: the quality cannot be measured here \(.*backend cpu\)/,
    );
  });
});
