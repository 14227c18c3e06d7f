import { layers, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { bytesOf, type ImageShape } from '../data/image-set.js';
import { activation, type ActivationOptions } from './activation.js';
import { discriminatorOf, generatorOf, type ConditioningOptions } from './conditioning.js';
import type { INITIALISATIONS } from './choices.js';
import { InitialWeights } from './initial-weights.js';

export interface DenseOptions extends ConditioningOptions, ActivationOptions {
  /** Of an image. */
  readonly shape: ImageShape;
  /** Length of z. */
  readonly latentSize: number;
  /** Width of the generator's first hidden layer; the second has twice as many. */
  readonly units: number;
  /** The discriminator's hidden layers: `narrowing` 2 units, then units; `widening` units, then 2 units. */
  readonly discriminatorLayers: 'narrowing' | 'widening';
  readonly initialisation: (typeof INITIALISATIONS)[number];
  /** Of the weights' initial values. */
  readonly seed: number;
}

/** z [latentSize], labels [classes] -> units -> 2 units -> pixels in [-1, 1], the channels of each side by side. */
export function denseGenerator(options: DenseOptions): LayersModel {
  const { latentSize, units, leakySlope, initialisation, seed } = options;
  const weights = new InitialWeights(initialisation, seed, 'generator', leakySlope);
  const stack = hiddenLayers([units, 2 * units], { leakySlope }, weights);
  return generatorOf(latentSize, options, (start) => {
    const last = layers.dense({
      name: 'dense_3',
      units: bytesOf(options.shape),
      activation: 'tanh',
      kernelInitializer: weights.of('dense_3', 2 * units),
    });
    return last.apply(stack(start)) as SymbolicTensor;
  });
}

/** pixels in [-1, 1], labels [classes] -> 2 units -> units -> one logit, or the two the other way round. */
export function denseDiscriminator(options: DenseOptions): LayersModel {
  const { units, leakySlope, initialisation, seed } = options;
  const weights = new InitialWeights(initialisation, seed, 'discriminator', leakySlope);
  const sizes =
    options.discriminatorLayers === 'narrowing' ? [2 * units, units] : [units, 2 * units];
  const body = {
    features: (image: SymbolicTensor) => image,
    hidden: hiddenLayers(sizes, options, weights),
  };
  return discriminatorOf([bytesOf(options.shape)], options, weights, body, 'dense_3');
}

const hiddenLayers =
  (sizes: readonly number[], options: ActivationOptions, weights: InitialWeights) =>
  (start: SymbolicTensor): SymbolicTensor =>
    sizes.reduce((x, units, k) => {
      const name = `dense_${k + 1}`;
      const kernelInitializer = weights.of(name, x.shape.at(-1)!);
      const dense = layers.dense({ name, units, kernelInitializer });
      return activation(k + 1, options)(dense.apply(x) as SymbolicTensor);
    }, start);
