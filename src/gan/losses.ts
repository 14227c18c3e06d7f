import * as tf from '@tensorflow/tfjs-core';
import type { LOSS_NAMES } from './choices.js';

/** What the two networks are trained to lower. All logits are [n, 1], all losses scalars. */
export interface GanLoss {
  /** Where it is from. */
  readonly paper: string;
  /** What its numbers mean, in one sentence. */
  readonly meaning: string;
  /** Whether the generator's loss looks at real images too. */
  readonly generatorSeesReal: boolean;
  /** @param smoothing real images are labelled 1 minus this; only the non-saturating loss has labels. */
  readonly discriminator: (real: tf.Tensor, fake: tf.Tensor, smoothing: number) => tf.Scalar;
  /** @param real only where {@link generatorSeesReal}. */
  readonly generator: (fake: tf.Tensor, real?: tf.Tensor) => tf.Scalar;
}

export type LossName = (typeof LOSS_NAMES)[number];

export const LOSSES: Readonly<Record<LossName, GanLoss>> = {
  'non-saturating': {
    paper: 'Goodfellow et al., arXiv 1406.2661, section 3',
    meaning:
      'cross-entropy of real and generated: both undecided at a discriminator loss of 1.39 and a generator loss of 0.69',
    generatorSeesReal: false,
    discriminator: (real, fake, smoothing) =>
      tf.add(sigmoidCrossEntropy(real, 1 - smoothing), sigmoidCrossEntropy(fake, 0)),
    generator: (fake) => sigmoidCrossEntropy(fake, 1),
  },
  relativistic: {
    paper:
      'R3GAN: Huang et al., arXiv 2501.05441, equation 2; Jolicoeur-Martineau, arXiv 1807.00734',
    meaning:
      'how surely a real image is told from a generated one beside it: both undecided at 0.69 each',
    generatorSeesReal: true,
    discriminator: (real, fake) => tf.mean(tf.softplus(tf.sub(fake, real))),
    generator: (fake, real) => tf.mean(tf.softplus(tf.sub(real!, fake))),
  },
  'least-squares': {
    paper: 'LSGAN: Mao et al., arXiv 1611.04076, equation 9 with a = 0, b = c = 1',
    meaning:
      'squared distance from 1 for real and 0 for generated: both undecided at a discriminator loss of 0.25 and a generator loss of 0.13',
    generatorSeesReal: false,
    discriminator: (real, fake) =>
      tf.mul(0.5, tf.add(tf.mean(tf.square(tf.sub(real, 1))), tf.mean(tf.square(fake)))),
    generator: (fake) => tf.mul(0.5, tf.mean(tf.square(tf.sub(fake, 1)))),
  },
  hinge: {
    paper: 'Lim and Ye, arXiv 1705.02894; Miyato et al., arXiv 1802.05957, equations 16 and 17',
    meaning:
      'by how much real stays below 1 and generated above -1: both undecided at a discriminator loss of 2, the generator loss has no scale',
    generatorSeesReal: false,
    discriminator: (real, fake) =>
      tf.add(tf.mean(tf.relu(tf.sub(1, real))), tf.mean(tf.relu(tf.add(1, fake)))),
    generator: (fake) => tf.neg(tf.mean(fake)),
  },
  wasserstein: {
    paper: 'Arjovsky et al., arXiv 1701.07875, equations 2 and 3; it needs a penalty',
    meaning:
      'minus the distance between real and generated as the discriminator measures it: near 0 is good, the generator loss has no scale',
    generatorSeesReal: false,
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
