import * as tf from '@tensorflow/tfjs-core';
import type { Step } from '../compiler/trace/trace.js';
import type { StepRandom } from '../compiler/trace/random.js';
import type { DropoutMask } from './activation.js';
import { Adam, type AdamOptions } from './adam.js';
import { applyModel, namedWeights, type Gan } from './gan.js';
import { LOSSES, type GanLoss, type LossName } from './losses.js';
import { judgeWithPenalty, type PenaltyOptions } from './penalty.js';
import { translated } from './translation.js';
import { WeightAverage } from './weight-average.js';

export interface GanStepOptions {
  readonly generator: AdamOptions;
  readonly discriminator: AdamOptions;
  /** A named one or one's own; by default `non-saturating`. */
  readonly loss?: LossName | GanLoss;
  /** One-sided: real images are labelled 1 - labelSmoothing, generated ones 0 (Salimans et al., arXiv 1606.03498). */
  readonly labelSmoothing: number;
  /** By default none. */
  readonly penalty?: PenaltyOptions;
  /** Greatest translation of real and generated images before the discriminator, in pixels; by default 0. */
  readonly translation?: number;
  /** Share of the pairs of a real and a generated image that change their labels, by default 0; see {@link withNoise}. */
  readonly labelNoise?: number;
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
 * One update of the discriminator, then one of the generator with the same z. Inputs: real images [batch, ...image], z
 * [batch, latentSize]; one-hot `labels` [batch, classes] of the real images where the networks take them, which generated ones
 * are then asked for as; `learningRateScale` [], where there is one, scales both learning rates.
 */
export function ganStep(gan: Gan, options: GanStepOptions): GanStep {
  const { loss = 'non-saturating', labelSmoothing, translation = 0, labelNoise = 0 } = options;
  const { penalty: penaltyOptions = { kind: 'none', weight: 0, noise: 0 } } = options;
  const { discriminatorAdam, generatorAdam, average, variables } = moversOf(gan, options);
  const losses: GanLoss = typeof loss === 'string' ? LOSSES[loss] : loss;

  const step: Step = ({ real, z, labels, learningRateScale, averageDecay }, random) => {
    const [batch] = z.shape;
    const shown = (images: tf.Tensor): tf.Tensor =>
      translated(images, gan.shape, translation, random);
    const dropoutMask = dropoutMaskOf(batch, random);
    const judge = (images: tf.Tensor): tf.Tensor => {
      const asked = repeated(labels, images.shape[0] / batch);
      return applyModel(gan.discriminator, images, asked, true, dropoutMask);
    };

    const fake = applyModel(gan.generator, z, labels, true);
    const both = shown(tf.concat([real, fake])); // [2 batch, ...image]: one pass of twice the rows costs less than two
    // What is lowered is their sum; apart, the loss tells who is winning.
    const kept: Record<string, tf.Scalar> = {};
    discriminatorAdam.minimize(() => {
      const { logits, penalty } = judgeWithPenalty(judge, both, penaltyOptions, random);
      const [ofReal, ofFake] = withNoise(...halves(logits), labelNoise, random);
      const adversarial = losses.discriminator(ofReal, ofFake, labelSmoothing);
      kept.discriminatorLoss = tf.keep(adversarial);
      if (penalty === undefined) return adversarial;
      kept.penalty = tf.keep(penalty);
      return tf.add(adversarial, penalty);
    }, learningRateScale);

    const generatorLoss = generatorAdam.minimize(() => {
      if (translation === 0 && losses.generatorSeesReal !== true)
        return losses.generator(applyModel(gan.stacked, z, labels, true, dropoutMask));
      const images = applyModel(gan.generator, z, labels, true);
      if (losses.generatorSeesReal !== true) return losses.generator(judge(shown(images)));
      const [ofReal, ofFake] = halves(judge(shown(tf.concat([real, images]))));
      return losses.generator(ofFake, ofReal);
    }, learningRateScale);
    average?.update(averageDecay);

    const { discriminatorLoss, ...others } = released(kept);
    return { discriminatorLoss, generatorLoss, ...others };
  };

  return { step, variables };
}

/** What moves the weights, and the names of all variables that a step moves. */
function moversOf(gan: Gan, { discriminator, generator, averaged = false }: GanStepOptions) {
  const names = namedWeights(gan);
  const discriminatorAdam = new Adam(gan.discriminatorVariables, discriminator);
  const generatorAdam = new Adam(gan.generatorVariables, generator);
  const generatorWeights = gan.generator.weights.map((weight) => weight.read() as tf.Variable);
  const average = averaged ? new WeightAverage(generatorWeights) : undefined;
  const variables: ReadonlyMap<tf.Variable, string> = new Map([
    ...names,
    ...discriminatorAdam.namedSlots(names, 'discriminator'),
    ...generatorAdam.namedSlots(names, 'generator'),
    ...(average?.named(names) ?? []),
  ]);
  return { discriminatorAdam, generatorAdam, average, variables };
}

/**
 * Masks for the discriminator's hidden units. An image and the same moved by noise, in a second pair of halves of a batch, have the same
 * one: the penalty compares what one network makes of both.
 */
function dropoutMaskOf(batch: number, random: StepRandom): DropoutMask {
  return ([rows, ...units], kept) => {
    const drawn = Math.min(rows, 2 * batch);
    return repeated(random.bernoulli([drawn, ...units] as [number], kept), rows / drawn)!;
  };
}

/** The first and the second half of logits [2 n, 1]. */
function halves(logits: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const n = logits.shape[0] / 2;
  return [tf.slice(logits, [0, 0], [n, 1]), tf.slice(logits, [n, 0], [n, 1])];
}

/**
 * Logits [n, 1] of real and generated images, some of which change places at random: then the discriminator is told that the real image is
 * generated and the other way round (Chintala et al., "How to train a GAN", NIPS 2016, tip 6).
 */
function withNoise(
  real: tf.Tensor,
  fake: tf.Tensor,
  share: number,
  random: StepRandom,
): [tf.Tensor, tf.Tensor] {
  if (share === 0) return [real, fake];
  const change = tf.mul(
    random.bernoulli(real.shape as [number, number], share),
    tf.sub(fake, real),
  );
  return [tf.add(real, change), tf.sub(fake, change)];
}

const repeated = (labels: tf.Tensor | undefined, times: number): tf.Tensor | undefined =>
  labels === undefined || times === 1
    ? labels
    : tf.concat(Array.from({ length: times }, () => labels));

/** Tensors that were kept out of a tidy, given back to the one around it. */
function released(kept: Readonly<Record<string, tf.Scalar>>): Record<string, tf.Scalar> {
  const values = Object.entries(kept).map(([name, tensor]) => [name, tf.clone(tensor)] as const);
  Object.values(kept).forEach((tensor) => tensor.dispose());
  return Object.fromEntries(values);
}
