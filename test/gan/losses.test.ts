import '../../src/tfjs.js';
import '@tensorflow/tfjs-layers'; // which registers the gradients
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { LOSS_NAMES } from '../../src/gan/choices.js';
import { LOSSES, type LossName } from '../../src/gan/losses.js';

beforeAll(() => tf.setBackend('cpu'));

const REAL = [0.3, -1.2, 2.5, 40];
const FAKE = [-0.7, 0.4, 1.1, -90];
const column = (values: number[]): tf.Tensor => tf.tensor(values, [values.length, 1]);
const mean = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** -log sigmoid(x), in float64 and without overflow. */
const cost = (x: number): number => Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const relu = (x: number): number => Math.max(0, x);

/** The formulas of the papers, in float64. */
const EXPECTED: Record<LossName, { discriminator: number; generator: number }> = {
  'non-saturating': {
    discriminator: mean(REAL.map(cost)) + mean(FAKE.map((x) => cost(-x))),
    generator: mean(FAKE.map(cost)),
  },
  relativistic: {
    discriminator: mean(REAL.map((x, k) => cost(x - FAKE[k]))),
    generator: mean(REAL.map((x, k) => cost(FAKE[k] - x))),
  },
  'least-squares': {
    discriminator: mean(REAL.map((x) => (x - 1) ** 2)) / 2 + mean(FAKE.map((x) => x ** 2)) / 2,
    generator: mean(FAKE.map((x) => (x - 1) ** 2)) / 2,
  },
  hinge: {
    discriminator: mean(REAL.map((x) => relu(1 - x))) + mean(FAKE.map((x) => relu(1 + x))),
    generator: -mean(FAKE),
  },
  wasserstein: { discriminator: mean(FAKE) - mean(REAL), generator: -mean(FAKE) },
};

describe.each(LOSS_NAMES)('the loss %s', (name) => {
  it('is that of its paper', () => {
    const { discriminator, generator } = LOSSES[name];
    const close = (found: tf.Scalar, expected: number): void =>
      expect(Math.abs(found.dataSync()[0] / expected - 1)).toBeLessThan(1e-6);
    close(discriminator(column(REAL), column(FAKE), 0), EXPECTED[name].discriminator);
    close(generator(column(FAKE), column(REAL)), EXPECTED[name].generator);
  });

  it('falls for the discriminator as real rises, for the generator as generated rises', () => {
    const { discriminator, generator } = LOSSES[name];
    const slope = (loss: (x: tf.Tensor) => tf.Tensor): Float32Array =>
      tf
        .grad((x) => loss(x))(column([-0.5, 0.5]))
        .dataSync<'float32'>();
    const other = column([0.1, -0.1]);
    const allBelowZero = (slopes: Float32Array): boolean => slopes.every((x) => x < 0);
    expect(allBelowZero(slope((x) => discriminator(x, other, 0)))).toBe(true);
    expect(allBelowZero(slope((x) => generator(x, other)))).toBe(true);
  });
});

it('smoothed labels put the best logit of a real image at the log of their odds', () => {
  const { discriminator } = LOSSES['non-saturating'];
  const best = Math.log(0.9 / 0.1);
  const slope = tf.grad((x) => discriminator(x, column([0]), 0.1))(column([best]));
  expect(slope.dataSync()[0]).toBeCloseTo(0, 6);
  expect(sigmoid(best)).toBeCloseTo(0.9);
});
