import '../../src/tfjs.js';
import '@tensorflow/tfjs-layers'; // which registers the gradients
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { stepRandom } from '../../src/compiler/trace/random.js';
import { fillDraw } from '../../src/compiler/trace/random.js';
import { Random } from '../../src/data/random.js';
import { judgeWithPenalty } from '../../src/gan/penalty.js';

beforeAll(() => tf.setBackend('cpu'));

const PIXELS = 300;
const COUNT = 40;

const eagerRandom = (seed: number) => {
  const source = new Random(seed, 'step');
  return stepRandom((distribution, shape) => {
    const values = new Float32Array(shape.reduce((size, n) => size * n, 1));
    fillDraw(source, distribution, values);
    return tf.tensor(values, shape);
  });
};

/** D(x) = w . x + |x|^2 / 2, whose gradient at x is w + x. */
const weights = tf.tidy(() => tf.randomNormal([PIXELS, 1], 0, 1, 'float32', 5));
const judge = (images: tf.Tensor): tf.Tensor =>
  tf.add(
    tf.matMul(images as tf.Tensor2D, weights as tf.Tensor2D),
    tf.mul(0.5, tf.sum(tf.square(images), 1, true)),
  );
const both = tf.tidy(() => tf.randomUniform([COUNT, PIXELS], -1, 1, 'float32', 6));

/** gamma / 2 times the mean over real plus the mean over generated images of |w + x|^2, in float64. */
function expectedPenalty(gamma: number): number {
  const [w, x] = [weights.dataSync(), both.dataSync()];
  let sum = 0;
  for (let k = 0; k < COUNT * PIXELS; k++) sum += (w[k % PIXELS] + x[k]) ** 2;
  return ((gamma / 2) * sum) / (COUNT / 2);
}

describe('R1 and R2', () => {
  it('exact, is the squared gradient', () => {
    const options = { kind: 'r1r2', weight: 0.7, noise: 0 } as const;
    const { logits, penalty } = judgeWithPenalty(judge, both, options, eagerRandom(1));
    expect(penalty!.dataSync()[0] / expectedPenalty(0.7)).toBeCloseTo(1, 5);
    expect([...logits.dataSync()]).toEqual([...judge(both).dataSync()]);
  });

  it('by noise, is that on average, whatever the size of the noise where D is nearly straight', () => {
    const options = { kind: 'r1r2-by-noise', weight: 0.7, noise: 0.001 } as const;
    const estimates = Array.from({ length: 30 }, (_, seed) => {
      const { penalty } = judgeWithPenalty(judge, both, options, eagerRandom(seed));
      return penalty!.dataSync()[0] / expectedPenalty(0.7);
    });
    const mean = estimates.reduce((sum, x) => sum + x, 0) / estimates.length;
    // (e . g)^2 of signs e varies about |g|^2 with a deviation of at most sqrt(2) |g|^2.
    expect(Math.abs(mean - 1)).toBeLessThan((4 * Math.SQRT2) / Math.sqrt(COUNT * 30));
  });

  it('by noise, leaves the logits of the images alone', () => {
    const options = { kind: 'r1r2-by-noise', weight: 0.7, noise: 0.05 } as const;
    const { logits } = judgeWithPenalty(judge, both, options, eagerRandom(1));
    expect(logits.shape).toEqual([COUNT, 1]);
    const expected = judge(both).dataSync();
    logits.dataSync().forEach((x, k) => expect(Math.abs(x - expected[k])).toBeLessThan(1e-4 * 100));
  });
});
