import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backends/index.js';
import { pixelsOf, type ImageSet } from '../../src/data/image-set.js';
import { loadMnist } from '../../src/data/mnist.js';
import { firstImages, onlyClass, sliceOf } from '../../src/data/parts.js';
import { Random } from '../../src/data/random.js';
import { CLASSIFIER_TRAINING } from '../../src/classifier/options.js';
import { evaluateModels } from '../../src/evaluation/evaluate.js';
import {
  EVALUATION_DEFAULTS,
  type Evaluation,
  type EvaluationContext,
} from '../../src/evaluation/evaluation.js';
import type { Judgement } from '../../src/evaluation/judgement.js';
import type { Recognition } from '../../src/evaluation/recognition.js';
import { evaluationTable, figuresTable } from '../../src/commands/evaluation-table.js';
import type { Generator } from '../../src/runs/generator.js';
import { FASTEST } from '../support/backends.js';

const whole = loadMnist();
const mnist = {
  ...whole,
  train: firstImages(whole.train, 3000),
  test: firstImages(whole.test, 600),
};
const labelling = { ...CLASSIFIER_TRAINING, epochs: 2, batchSize: 32 };
const options = {
  ...EVALUATION_DEFAULTS,
  perDigit: 200,
  images: 600,
  epochs: 2,
  minConfidence: 0.5,
};

let keptIn: string;
beforeAll(() => void (keptIn = mkdtempSync(join(tmpdir(), 'gan-mnist-'))));
afterAll(() => rmSync(keptIn, { recursive: true }));

/** The best generator there can be: it gives images of a set, one after another, whatever z is. */
function replaying(set: ImageSet): Generator {
  const pixels = pixelsOf(set);
  let next = 0;
  const draw = async (n: number): Promise<Float32Array> =>
    Float32Array.from({ length: n * 784 }, (_, i) => {
      const k = (next + Math.floor(i / 784)) % set.count;
      if (i === n * 784 - 1) next += n;
      return pixels[k * 784 + (i % 784)] / 127.5 - 1;
    });
  return {
    shape: set.shape,
    latentSize: 1,
    classes: 0,
    draw,
    images: (z) => draw(z.length),
    generate: (n) => draw(n),
    dispose: async () => {},
  };
}

const evaluate = async (
  models: Parameters<typeof evaluateModels>[0],
  changed: Partial<typeof options> = {},
  judged?: EvaluationContext['judged'],
): Promise<Evaluation & Judgement & { recognition: Recognition }> => {
  const backend = await loadBackend(FASTEST, 1);
  const context = { data: mnist, backend, keptIn, ...(judged && { judged }) };
  const { evaluation } = await evaluateModels(
    models,
    { ...options, ...changed },
    context,
    labelling,
  );
  return evaluation as Evaluation & Judgement & { recognition: Recognition };
};

describe('an evaluation', () => {
  it('finds real digits, one model a digit, as good as real digits', async () => {
    const later = sliceOf(whole.train, 10_000, 50_000);
    const generators = new Map(
      Array.from({ length: 10 }, (_, digit) => [digit, replaying(onlyClass(later, digit))]),
    );
    const { usefulness, recognition, frechet, coverage, copies } = await evaluate({
      kind: 'per-digit',
      generators,
    });
    if ('unavailable' in usefulness) throw new Error(usefulness.unavailable);
    const { tstr, baseline, trts, labels } = usefulness;
    expect(labels).toEqual({ source: 'model', drawn: 2000 });
    expect([tstr.trainedOn, tstr.testedOn]).toEqual([2000, 600]);
    expect([baseline.trainedOn, baseline.testedOn]).toEqual([2000, 600]);
    expect([trts.trainedOn, trts.testedOn]).toEqual([2000, 2000]);
    expect(baseline.accuracy).toBeGreaterThan(0.85);
    expect(Math.abs(tstr.accuracy - baseline.accuracy)).toBeLessThan(0.06);
    expect(Math.abs(trts.accuracy - baseline.accuracy)).toBeLessThan(0.06);
    expect(recognition).toMatchObject({ kind: 'per-digit', images: 600 });
    expect(recognition.recognised).toBeGreaterThan(0.85);
    expect(coverage.synthetic.coverage).toBeGreaterThan(coverage.realTraining.coverage - 0.1);
    // The real images that it replays are no more copies than real test images are, to the error of 600 images.
    expect(copies.share).toBeLessThan(0.04);
    expect(frechet.synthetic.counts).toEqual([600, 600]);
    expect(frechet.synthetic.distance / frechet.realTraining.distance).toBeGreaterThan(0.5);
    expect(frechet.synthetic.distance / frechet.realTraining.distance).toBeLessThan(2);
    expect(frechet.floor.counts).toEqual([600, 600]);
  });

  it('finds noise useless, and goes on without the training that it does not allow', async () => {
    const random = new Random(1, 'noise');
    const noise: Generator = {
      ...replaying(mnist.train),
      draw: async (n) => {
        const images = new Float32Array(n * 784);
        random.uniform(images);
        return images;
      },
    };
    const evaluation = await evaluate({ kind: 'all-digits', generator: noise });
    const { usefulness, recognition, frechet } = evaluation;
    expect('unavailable' in usefulness && usefulness.unavailable).toMatch(/hardly ever makes the/);
    expect(recognition).toMatchObject({ kind: 'all-digits', images: 600 });
    expect(frechet.synthetic.distance).toBeGreaterThan(10 * frechet.realTraining.distance);
    expect(evaluationTable(evaluation).replace(/\n/g, ' ')).toMatch(
      /Training on its images was not measured: the model/,
    );
    const widest = (text: string): number =>
      Math.max(...text.split('\n').map((line) => line.length));
    expect(widest(evaluationTable(evaluation, 79))).toBeLessThan(80);
    expect(widest(evaluationTable(evaluation, 39))).toBeLessThan(40);
    const rows = figuresTable(evaluation.figures, 79).split('\n');
    expect(new Set(rows.map((line) => line.length)).size).toBe(1);
    expect(evaluation.verdict.map(({ kind }) => kind)).toEqual(['bad']);
    expect(evaluation.coverage.synthetic.coverage).toBeLessThan(0.05);
  });

  it('finds that training images are copies of training images', async () => {
    const evaluation = await evaluate(
      { kind: 'all-digits', generator: replaying(mnist.train) },
      { quick: true },
    );
    expect(evaluation.copies.share).toBe(1);
    expect(evaluation.verdict.at(-1)).toMatchObject({
      kind: 'bad',
      title: 'Many are next to copies of training images',
    });
    expect('unavailable' in evaluation.usefulness).toBe(true);
  });

  it('of one digit alone has no training, and compares it with that digit', async () => {
    const generators = new Map([[3, replaying(onlyClass(mnist.train, 3))]]);
    const { usefulness, recognition, frechet } = await evaluate({ kind: 'per-digit', generators });
    const threes = onlyClass(mnist.test, 3).count;
    expect(frechet.synthetic.counts).toEqual([threes, threes]);
    expect('unavailable' in usefulness && usefulness.unavailable).toMatch(
      /no model of \d, and the test/,
    );
    if (recognition.kind !== 'per-digit') throw new Error('not asked');
    expect(recognition.recognisedPerClass[4]).toBeUndefined();
  });
});
