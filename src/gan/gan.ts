import '../tfjs.js';
import type * as tf from '@tensorflow/tfjs-core';
import {
  input,
  model as functionalModel,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import type { DropoutMask } from './activation.js';
import type { ImageShape } from '../data/image-set.js';

/** A generator, a discriminator, and the two stacked to train the generator by what the discriminator says. */
export interface Gan {
  /** z [batch, latentSize] -> images in [-1, 1], of the discriminator's input shape; with labels, see {@link classes}. */
  readonly generator: LayersModel;
  /** images -> logit [batch, 1]; of the usual loss its sigmoid is the probability that an image is real. */
  readonly discriminator: LayersModel;
  /** z -> logit: the generator followed by the discriminator, whose weights are frozen in it. */
  readonly stacked: LayersModel;
  readonly latentSize: number;
  /** Above 0, all three take one-hot labels [batch, classes] as a second input: the class that an image is asked for as. */
  readonly classes: number;
  /** Height, width and channels of an image. */
  readonly shape: ImageShape;
  /** One image's shape as the networks have it, without the batch: [pixels], or {@link shape}. */
  readonly imageShape: readonly number[];
  /** What the discriminator's update moves. */
  readonly discriminatorVariables: readonly tf.Variable[];
  /** What the generator's update moves: the stacked model's trainable weights, so nothing of the discriminator. */
  readonly generatorVariables: readonly tf.Variable[];
}

/** Stacks a generator on a discriminator and freezes the discriminator there. */
export function stackGan(
  generator: LayersModel,
  discriminator: LayersModel,
  shape: ImageShape,
): Gan {
  const discriminatorVariables = trainableVariables(discriminator);
  discriminator.trainable = false;
  const latentSize = generator.inputs[0].shape[1]!;
  const classes = generator.inputs[1]?.shape[1] ?? 0;
  const z = input({ shape: [latentSize], name: 'z' });
  const labels = classes === 0 ? [] : [input({ shape: [classes], name: 'labels' })];
  const image = generator.apply(oneOrAll([z, ...labels])) as SymbolicTensor;
  const logit = discriminator.apply(oneOrAll([image, ...labels])) as SymbolicTensor;
  const stacked = functionalModel({ inputs: [z, ...labels], outputs: logit, name: 'gan' });
  return {
    generator,
    discriminator,
    stacked,
    latentSize,
    classes,
    shape,
    imageShape: discriminator.inputs[0].shape.slice(1) as number[],
    discriminatorVariables,
    generatorVariables: trainableVariables(stacked),
  };
}

/**
 * Applies one of a GAN's models.
 *
 * @param labels where the model takes them.
 * @param dropoutMask needed to train a discriminator with dropout.
 */
export function applyModel(
  model: LayersModel,
  x: tf.Tensor,
  labels: tf.Tensor | undefined,
  training: boolean,
  dropoutMask?: DropoutMask,
): tf.Tensor {
  const inputs = labels === undefined ? [x] : [x, labels];
  return model.apply(oneOrAll(inputs), { training, dropoutMask }) as tf.Tensor;
}

/** TensorFlow.js' models of one input do not take a list of one. */
const oneOrAll = <T>(inputs: T[]): T | T[] => (inputs.length === 1 ? inputs[0] : inputs);

const trainableVariables = (model: LayersModel): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as tf.Variable);

/** Every weight, also those that no update moves, by a name that is the same in every process: `generator/dense_1/kernel`. */
export function namedWeights({
  generator,
  discriminator,
}: Pick<Gan, 'generator' | 'discriminator'>): Map<tf.Variable, string> {
  const named = new Map<tf.Variable, string>();
  for (const [role, model] of [
    ['generator', generator],
    ['discriminator', discriminator],
  ] as const) {
    for (const weight of model.weights)
      named.set(weight.read() as tf.Variable, `${role}/${weight.originalName}`);
  }
  return named;
}

/** Frees a pair's weights. */
export function disposeGan(gan: Pick<Gan, 'generator' | 'discriminator'>): void {
  for (const variable of namedWeights(gan).keys()) variable.dispose();
}
