import * as tf from '@tensorflow/tfjs-core';
import type { LOSS_NAMES } from './choices.js';

/** What the two networks are trained to lower. All logits are [n, 1], all losses scalars. */
export interface GanLoss {
  /** Whether the generator's loss looks at real images too; by default not. */
  readonly generatorSeesReal?: boolean;
  /** @param smoothing real images are labelled 1 minus this; only the non-saturating loss has labels. */
  readonly discriminator: (real: tf.Tensor, fake: tf.Tensor, smoothing: number) => tf.Scalar;
  /** @param real only where {@link generatorSeesReal}. */
  readonly generator: (fake: tf.Tensor, real?: tf.Tensor) => tf.Scalar;
}

export type LossName = (typeof LOSS_NAMES)[number];

export const LOSSES: Readonly<Record<LossName, GanLoss>> = {
  /** Goodfellow et al., arXiv 1406.2661, section 3. */
  'non-saturating': {
    discriminator: (real, fake, smoothing) =>
      tf.add(sigmoidCrossEntropy(real, 1 - smoothing), sigmoidCrossEntropy(fake, 0)),
    generator: (fake) => sigmoidCrossEntropy(fake, 1),
  },
  /** R3GAN: Huang et al., arXiv 2501.05441, equation 2; Jolicoeur-Martineau, arXiv 1807.00734. */
  relativistic: {
    generatorSeesReal: true,
    discriminator: (real, fake) => tf.mean(tf.softplus(tf.sub(fake, real))),
    generator: (fake, real) => tf.mean(tf.softplus(tf.sub(real!, fake))),
  },
  /** LSGAN: Mao et al., arXiv 1611.04076, equation 9 with a = 0, b = c = 1. */
  'least-squares': {
    discriminator: (real, fake) =>
      tf.mul(0.5, tf.add(tf.mean(tf.square(tf.sub(real, 1))), tf.mean(tf.square(fake)))),
    generator: (fake) => tf.mul(0.5, tf.mean(tf.square(tf.sub(fake, 1)))),
  },
  /** Lim and Ye, arXiv 1705.02894; Miyato et al., arXiv 1802.05957, equations 16 and 17. */
  hinge: {
    discriminator: (real, fake) =>
      tf.add(tf.mean(tf.relu(tf.sub(1, real))), tf.mean(tf.relu(tf.add(1, fake)))),
    generator: (fake) => tf.neg(tf.mean(fake)),
  },
  /** Arjovsky et al., arXiv 1701.07875, equations 2 and 3; it needs a penalty. */
  wasserstein: {
    discriminator: (real, fake) => tf.sub(tf.mean(fake), tf.mean(real)),
    generator: (fake) => tf.neg(tf.mean(fake)),
  },
};

/**
 * Mean sigmoid cross-entropy of logits against labels in [0, 1], both [n, 1]:
 * softplus(x) - x * label, which is -label log sigmoid(x) - (1 - label) log(1 - sigmoid(x)) without overflow.
 */
export function sigmoidCrossEntropy(logits: tf.Tensor, labels: tf.Tensor | number): tf.Scalar {
  return tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, labels)));
}
