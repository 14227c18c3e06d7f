import '../tfjs.js';
import type * as tf from '@tensorflow/tfjs-core';
import {
  input,
  model as functionalModel,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import type { DropoutMask } from './activation.js';
import { bytesOf, type ImageShape } from '../data/image-set.js';
import { UserError } from '../errors.js';

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

/**
 * Stacks a generator on a discriminator and freezes the discriminator there.
 *
 * @throws UserError where their inputs and outputs are not those of {@link Gan}.
 */
export function stackGan(
  generator: LayersModel,
  discriminator: LayersModel,
  { shape, classes, latentSize }: Pick<Gan, 'shape' | 'classes' | 'latentSize'>,
): Gan {
  const [image] = discriminator.inputs;
  const pixels = image.shape.slice(1).reduce<number>((size, length) => size * length!, 1);
  const labels = classes === 0 ? [] : [[null, classes]];
  if (pixels !== bytesOf(shape))
    checkShapes('discriminator', 'inputs', [image], [[null, ...shape]]);
  checkShapes('discriminator', 'inputs', discriminator.inputs, [image.shape, ...labels]);
  checkShapes('discriminator', 'outputs', discriminator.outputs, [[null, 1]]);
  checkShapes('generator', 'inputs', generator.inputs, [[null, latentSize], ...labels]);
  checkShapes('generator', 'outputs', generator.outputs, [image.shape]);
  const discriminatorVariables = trainableVariables(discriminator);
  discriminator.trainable = false;
  const z = input({ shape: [latentSize], name: 'z' });
  const asked = classes === 0 ? [] : [input({ shape: [classes], name: 'labels' })];
  const made = generator.apply(oneOrAll([z, ...asked])) as SymbolicTensor;
  const logit = discriminator.apply(oneOrAll([made, ...asked])) as SymbolicTensor;
  const stacked = functionalModel({ inputs: [z, ...asked], outputs: logit, name: 'gan' });
  return {
    generator,
    discriminator,
    stacked,
    latentSize,
    classes,
    shape,
    imageShape: image.shape.slice(1) as number[],
    discriminatorVariables,
    generatorVariables: trainableVariables(stacked),
  };
}

/** @param expected shapes, null for the batch. */
function checkShapes(
  network: 'generator' | 'discriminator',
  what: 'inputs' | 'outputs',
  tensors: readonly SymbolicTensor[],
  expected: readonly (readonly (number | null)[])[],
): void {
  const text = (shapes: readonly (readonly (number | null)[])[]): string =>
    shapes.map((shape) => `[${['batch', ...shape.slice(1)].join(', ')}]`).join(' and ');
  const found = text(tensors.map(({ shape }) => shape));
  if (found !== text(expected))
    throw new UserError(
      `networks: the ${network}'s ${what} are ${found}, expected ${text(expected)}`,
    );
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
