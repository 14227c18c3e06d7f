import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectLikeEager, native, randomValues, type Built, type Feed } from './oracle.js';

const SAMPLES = 12;
const feeds = (steps: number, width: number): Feed[] =>
  Array.from({ length: steps }, (_, k) => ({
    x: randomValues(SAMPLES * width, k),
    target: randomValues(SAMPLES, 1000 + k),
  }));

describe('optimizers of TensorFlow.js, compiled, do what they do eagerly', async () => {
  const backend = await native();
  it.each<[string, () => tf.Optimizer]>([
    ['sgd', () => tf.train.sgd(0.1)],
    ['momentum', () => tf.train.momentum(0.1, 0.9)],
    ['momentum (Nesterov)', () => tf.train.momentum(0.1, 0.9, true)],
    ['rmsprop', () => tf.train.rmsprop(0.01)],
    ['rmsprop (centered)', () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-7, true)],
    ['adagrad', () => tf.train.adagrad(0.1)],
    ['adamax', () => tf.train.adamax(0.01)],
    ['adam', () => tf.train.adam(0.01)],
  ])('%s, over 20 steps', async (_name, make) => {
    const build = (): Built => {
      const w = tf.variable(tf.tensor2d(randomValues(7, 1), [7, 1]), true, 'w');
      const b = tf.variable(tf.zeros([1]), true, 'b');
      const optimizer = make();
      return {
        step: ({ x, target }) => {
          const loss = optimizer.minimize(
            () =>
              tf.losses.meanSquaredError<tf.Tensor, tf.Scalar>(target, tf.add(tf.matMul(x, w), b)),
            true,
          )!;
          return { loss: tf.mul(loss, 1.5) };
        },
      };
    };
    await expectLikeEager(
      backend,
      build,
      { x: { shape: [SAMPLES, 7] }, target: { shape: [SAMPLES, 1] } },
      feeds(20, 7),
    );
  });
});
