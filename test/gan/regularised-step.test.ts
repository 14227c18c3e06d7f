import '../../src/tfjs.js';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backends/index.js';
import type { ImageKind } from '../../src/data/image-set.js';
import { Random } from '../../src/data/random.js';
import { buildGan } from '../../src/gan/build.js';
import { applyModel, namedWeights, type Gan } from '../../src/gan/gan.js';
import { labelsInTurn } from '../../src/gan/inputs.js';
import { runOptions } from '../../src/gan/options.js';
import { judgeWithPenalty } from '../../src/gan/penalty.js';
import { runStep } from '../../src/gan/run-step.js';
import { COMPILED } from '../support/backends.js';
import { load } from '../support/compile.js';
import { Distance } from '../support/tensors.js';

beforeAll(() => tf.setBackend('cpu'));
afterEach(() => tf.disposeVariables());

const KIND: ImageKind = { shape: [8, 8, 1], classes: ['a', 'b', 'c'] };
const PIXELS = 64;
const BATCH = 6;
const SMALL = [
  { model: 'dense', units: 12 },
  { model: 'conv', filters: 3, baseChannels: 4 },
];
const options = (given: object) => runOptions({ batchSize: BATCH, latentSize: 7, ...given });
const labels = (n: number) => tf.tensor(labelsInTurn(n, 3, 0), [n, 3]);
const noRandom = {} as Parameters<typeof judgeWithPenalty>[3];

/** Losses and weights after three steps of random images. */
async function train(name: string, given: object) {
  await tf.setBackend('cpu');
  const { step, variables, inputs } = runStep(options(given), KIND);
  const backend = await loadBackend(name, 1);
  const random = new Random(1, 'step');
  const executable = await load(backend, step, { variables, inputs, random });
  const images = new Random(1, 'test');
  const scalars: Record<string, number[]> = {};
  for (let k = 0; k < 3; k++) {
    images.uniform(executable.inputs.real as Float32Array);
    images.uniform(executable.inputs.z as Float32Array);
    executable.inputs.labels.set(labelsInTurn(BATCH, 3, k));
    executable.inputs.learningRateScale.set([1]);
    executable.inputs.averageDecay.set([0.9]);
    for (const [key, [value]] of Object.entries(await executable.run()))
      (scalars[key] ??= []).push(value);
  }
  const state = executable.readState();
  await executable.dispose();
  tf.disposeVariables();
  return { scalars, state };
}

describe.each(SMALL)('the step of %j', (model) => {
  it.each([
    { penalty: 'r1r2' },
    { penalty: 'r1r2', loss: 'relativistic' },
    { dropout: 0.4 },
    { dropout: 0.4, loss: 'relativistic', penalty: 'r1r2' },
    { labelNoise: 0.3 },
    { labelNoise: 0.3, dropout: 0.2, loss: 'hinge', translation: 2 },
  ])('with %j is compiled to what eager TensorFlow.js does', async (given) => {
    // With moments of their own Adam's steps are all of one size; without, those of a gradient that is all but 0 are rounding.
    const all = { ...model, ...given, beta1: 0.5, beta2: 0.999, seed: 5 };
    // The penalty by noise divides the difference of two numbers that are all but equal by 0.0025.
    const limit = 'penalty' in given ? 2e-4 : 1e-3;
    const expected = await train('cpu', all);
    expect(Object.keys(expected.scalars)).toContain('penalty');
    for (const name of COMPILED) {
      const found = await train(name, all);
      for (const [key, values] of Object.entries(expected.scalars))
        values.forEach((value, k) =>
          expect(
            Math.abs(found.scalars[key][k] - value) / Math.max(1, Math.abs(value)),
            `${name} ${key}`,
          ).toBeLessThan(limit),
        );
      const weights = new Distance();
      for (const [key, values] of expected.state)
        if (!key.includes('/adam')) weights.add(found.state.get(key)!, values);
      expect(weights.relative, name).toBeLessThan(limit);
    }
  });
});

describe.each(SMALL)('the exact penalty of %j', (model) => {
  const logitsOf = (gan: Gan, images: tf.Tensor): tf.Tensor =>
    applyModel(gan.discriminator, images, labels(images.shape[0]), false);

  it('is what finite differences of the logits say', () => {
    const gan = buildGan(options({ ...model, penalty: 'r1r2' }), KIND);
    const both = tf.randomUniform([3, ...gan.imageShape], -1, 1, 'float32', 4);
    const { penalty } = judgeWithPenalty(
      (images) => logitsOf(gan, images),
      both,
      { kind: 'r1r2', weight: 0.7, noise: 0 },
      noRandom,
    );
    // Pixel by pixel, a little up and down; each of the three images has its own class.
    const STEP = 1e-3;
    let squares = 0;
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      const move = tf.reshape(tf.oneHot(tf.fill([3], pixel, 'int32'), PIXELS), both.shape);
      const up = logitsOf(gan, tf.add(both, tf.mul(move, STEP))).dataSync();
      const down = logitsOf(gan, tf.sub(both, tf.mul(move, STEP))).dataSync();
      up.forEach((logit, k) => (squares += ((logit - down[k]) / (2 * STEP)) ** 2));
    }
    expect(penalty!.dataSync()[0] / ((0.7 * squares) / 3)).toBeCloseTo(1, 2);
  });

  it('leaves the networks as they are without it', () => {
    const [plain, exact] = ['none', 'r1r2'].map((penalty) =>
      buildGan(options({ ...model, penalty }), KIND),
    );
    const images = tf.randomUniform([5, ...plain.imageShape], -1, 1, 'float32', 4);
    // The slope is rounded to float32 in one and not in the other.
    const change = tf.max(tf.abs(tf.sub(logitsOf(exact, images), logitsOf(plain, images))));
    expect(change.dataSync()[0]).toBeLessThan(1e-6);
    const layers = ({ discriminator }: Gan): string => JSON.stringify(discriminator.toJSON());
    expect(layers(exact)).toBe(layers(plain));
    expect([...namedWeights(exact).values()]).toEqual([...namedWeights(plain).values()]);
  });
});

describe('dropout', () => {
  const gan = () => buildGan(options({ model: 'dense', units: 500, dropout: 0.4 }), KIND);

  it('leaves units out while the network is trained, alone then, and scales the others up', () => {
    const network = gan();
    const images = tf.randomUniform([2, PIXELS], -1, 1, 'float32', 4);
    const shapes: number[][] = [];
    const logits = (training: boolean, mask: number) =>
      applyModel(network.discriminator, images, labels(2), training, (shape, kept) => {
        shapes.push(shape);
        expect(kept).toBeCloseTo(0.6, 12);
        return tf.fill(shape, mask);
      }).dataSync();
    const judged = [...logits(false, 0)];
    expect(shapes).toEqual([]);
    // Both layers of nothing but zeros: what is left is the bias, 0 at first.
    expect([...logits(true, 0)]).toEqual([0, 0]);
    expect(shapes).toEqual([
      [2, 1000],
      [2, 500],
    ]);
    // A mask of ones: each layer is 1 / 0.6 times as large (biases are 0 at first).
    logits(true, 1).forEach((x, k) => expect(x / (judged[k] / 0.36)).toBeCloseTo(1, 4));
  });
});
