import * as tf from '@tensorflow/tfjs-core';
import type { Step } from '../compiler/trace/trace.js';
import { namedWeights, type Gan } from './gan.js';
import { Adam, type AdamOptions } from './adam.js';
import { sigmoidCrossEntropy } from './losses.js';
import { WeightAverage } from './weight-average.js';

export interface GanStepOptions {
  readonly generator: AdamOptions;
  readonly discriminator: AdamOptions;
  /** One-sided: real images are labelled 1 - labelSmoothing, generated ones 0 (Salimans et al., arXiv 1606.03498). */
  readonly labelSmoothing: number;
  /** Whether to keep moving averages of the generator's weights; the step's input `averageDecay` [] is then their decay. */
  readonly averaged?: boolean;
}

/**
 * Single numbers by name: what a step returns, or means of that. Whatever a step returns is logged, charted and shown under
 * its name; those whose name ends in `Loss` are drawn together.
 */
export type Scalars = Readonly<Record<string, number>>;

/** A training step and the names of the variables that it moves. */
export interface GanStep {
  readonly step: Step;
  readonly variables: ReadonlyMap<tf.Variable, string>;
}

/**
 * One update of the discriminator, then one of the generator with the same z. An input `learningRateScale` [], where
 * there is one, scales both learning rates.
 */
export function ganStep(
  gan: Gan,
  { generator, discriminator, labelSmoothing, averaged = false }: GanStepOptions,
): GanStep {
  const names = namedWeights(gan);
  const discriminatorAdam = new Adam(gan.discriminatorVariables, discriminator);
  const generatorAdam = new Adam(gan.generatorVariables, generator);
  const generatorWeights = gan.generator.weights.map((weight) => weight.read() as tf.Variable);
  const average = averaged ? new WeightAverage(generatorWeights) : undefined;
  const training = { training: true };

  const step: Step = ({ real, z, learningRateScale, averageDecay }) => {
    const [batch] = z.shape;
    const labels = tf.concat([tf.fill([batch, 1], 1 - labelSmoothing), tf.zeros([batch, 1])]);

    const fake = gan.generator.apply(z, training) as tf.Tensor;
    const both = tf.concat([real, fake]); // [2 batch, ...image]: one pass of twice the rows costs less than two
    const discriminatorLoss = discriminatorAdam.minimize(() => {
      const logits = gan.discriminator.apply(both, training) as tf.Tensor; // [2 batch, 1]
      return tf.mul(2, sigmoidCrossEntropy(logits, labels)); // the mean over real plus the mean over fake
    }, learningRateScale);

    const generatorLoss = generatorAdam.minimize(() => {
      const logits = gan.stacked.apply(z, training) as tf.Tensor; // [batch, 1]
      return sigmoidCrossEntropy(logits, 1);
    }, learningRateScale);
    average?.update(averageDecay);

    return { discriminatorLoss, generatorLoss };
  };

  const variables = new Map([
    ...names,
    ...discriminatorAdam.namedSlots(names, 'discriminator'),
    ...generatorAdam.namedSlots(names, 'generator'),
    ...(average?.named(names) ?? []),
  ]);
  return { step, variables };
}
