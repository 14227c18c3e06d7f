import * as tf from '@tensorflow/tfjs-core';
import type { PENALTY_NAMES } from './choices.js';
import type { StepRandom } from '../compiler/trace/random.js';

/** A penalty on the discriminator's gradients at images, which keeps it smooth where it is trained. */
export interface PenaltyOptions {
  readonly kind: (typeof PENALTY_NAMES)[number];
  /** gamma of R1 and R2. */
  readonly weight: number;
  /** Deviation of the noise in pixels of [-1, 1], for `r1r2-by-noise`. */
  readonly noise: number;
}

/** Judges images [n, ...image]: logits [n, 1]. */
export type Judge = (images: tf.Tensor) => tf.Tensor;

/**
 * Logits of real and generated images, and the penalty R1 + R2 on them: gamma / 2 times the mean squared gradient of the logits
 * at the real images, plus the same at the generated ones (Mescheder et al., arXiv 1801.04406, equation 9, for both).
 *
 * @param both real images and as many generated ones, [2 n, ...image]; `judge` takes these or twice as many.
 * @returns logits [2 n, 1]; the penalty, undefined where there is none.
 */
export function judgeWithPenalty(
  judge: Judge,
  both: tf.Tensor,
  { kind, weight, noise }: PenaltyOptions,
  random: StepRandom,
): { logits: tf.Tensor; penalty?: tf.Scalar } {
  switch (kind) {
    case 'none':
      return { logits: judge(both) };
    case 'r1r2': {
      const slopes = tf.grad((images) => tf.sum(judge(images)))(both);
      // The mean over 2 n images is half of the sum of the two means.
      const squares = tf.sum(tf.square(slopes));
      return {
        logits: judge(both),
        penalty: tf.mul(squares, weight / both.shape[0]),
      };
    }
    case 'r1r2-by-noise': {
      // (D(x + s e) - D(x))^2 / s^2 is (e . gradient)^2 for a small s, on average |gradient|^2: Lin et al., arXiv 2501.08316,
      // section 3.3. Of all e with independent numbers of mean 0 and variance 1, those of +1 and -1 vary least about that
      // average (Hutchinson, Communications in Statistics 19(2), 1990), and they are the cheapest to draw.
      const count = both.shape[0];
      const signs = tf.sub(tf.mul(2, random.bernoulli(both.shape as [number], 0.5)), 1);
      const moved = tf.add(both, tf.mul(signs, noise));
      const all = judge(tf.concat([both, moved])); // one pass of twice the rows costs less than two
      const logits = tf.slice(all, [0, 0], [count, 1]);
      const change = tf.sub(tf.slice(all, [count, 0], [count, 1]), logits);
      return {
        logits,
        penalty: tf.mul(tf.mean(tf.square(change)), weight / (noise * noise)),
      };
    }
  }
}
