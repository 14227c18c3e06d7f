import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildGan } from '../../src/gan/build.js';
import { applyModel, namedWeights, type Gan } from '../../src/gan/gan.js';
import { labelsInTurn } from '../../src/gan/inputs.js';
import { runOptions } from '../../src/gan/options.js';
import { MNIST_LIKE } from '../../src/data/known-set.js';

beforeAll(() => tf.setBackend('cpu'));
afterEach(() => tf.disposeVariables());

const build = (given: object): Gan => buildGan(runOptions({ latentSize: 5, ...given }), MNIST_LIKE);
const labels = (n: number, from = 0): tf.Tensor => tf.tensor(labelsInTurn(n, 10, from), [n, 10]);
const weight = (gan: Gan, name: string): tf.Tensor =>
  [...namedWeights(gan)].find(([, key]) => key === name)![0];
const worst = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0];

describe.each([
  { model: 'dense', units: 6 },
  { model: 'conv', filters: 2 },
])('%j', (given) => {
  it('makes another image of the same z for another digit', () => {
    const gan = build(given);
    const z = tf.ones([1, 5]);
    const images = (label: number) => applyModel(gan.generator, z, labels(1, label), false);
    expect(worst(images(3), images(4))).toBeGreaterThan(1e-3);
  });

  it('adds the product of the last hidden layer with the vector of the digit to the logit', () => {
    const gan = build(given);
    const images = tf.randomUniform([4, ...gan.imageShape], -1, 1, 'float32', 3);
    const logits = (from: number) => applyModel(gan.discriminator, images, labels(4, from), false);
    // Without their vectors digits do not matter.
    const vectors = weight(gan, 'discriminator/embedding/kernel') as tf.Variable;
    const drawn = vectors.clone();
    vectors.assign(tf.zerosLike(vectors));
    const [plain, same] = [logits(0), logits(5)];
    expect(worst(plain, same)).toBe(0);
    // The same vector for every digit changes each logit by its product, which is linear in it.
    vectors.assign(drawn);
    const once = tf.sub(logits(2), plain);
    vectors.assign(tf.mul(2, drawn));
    const twice = tf.sub(logits(2), plain);
    expect(worst(twice, tf.mul(2, once))).toBeLessThan(1e-5);
    expect(worst(once, tf.zerosLike(once))).toBeGreaterThan(1e-4);
  });

  it('takes the digit beside the features where that is asked for', () => {
    const gan = build({ ...given, conditioning: 'concatenation' });
    const images = tf.randomUniform([2, ...gan.imageShape], -1, 1, 'float32', 3);
    const logits = (from: number) => applyModel(gan.discriminator, images, labels(2, from), false);
    expect(worst(logits(1), logits(2))).toBeGreaterThan(1e-4);
    expect([...namedWeights(gan).values()].some((name) => name.includes('embedding'))).toBe(false);
  });
});

describe('initial weights', () => {
  const kernels = (seed: number): tf.Tensor[] =>
    [...namedWeights(build({ units: 7, seed, initialisation: 'normal' }))]
      .filter(([, name]) => name.endsWith('kernel'))
      .map(([variable]) => tf.reshape(variable, [-1]));

  it('share no numbers between layers, networks and neighbouring seeds', () => {
    const firsts = [1, 2, 3].flatMap((seed) => kernels(seed).map((kernel) => kernel.dataSync()[0]));
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('are the same for the same seed', () => {
    const [a, b] = [kernels(4), kernels(4)];
    a.forEach((kernel, k) => expect(worst(kernel, b[k])).toBe(0));
  });

  it('of He keep the size of signals: variance 2 over (1 + slope^2) inputs', () => {
    const gan = build({ units: 400, latentSize: 90 });
    const { variance } = tf.moments(weight(gan, 'generator/dense_1/kernel'));
    // 100 inputs, 10 of which are the digit; 40,000 weights.
    expect(Math.abs(variance.dataSync()[0] / (2 / (1.04 * 100)) - 1)).toBeLessThan(0.03);
  });
});
