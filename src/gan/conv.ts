import { layers, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { ImageShape } from '../data/image-set.js';
import { activation, type ActivationOptions } from './activation.js';
import { discriminatorOf, generatorOf, type ConditioningOptions } from './conditioning.js';
import type { INITIALISATIONS } from './choices.js';
import { InitialWeights } from './initial-weights.js';

export interface ConvOptions extends ConditioningOptions, ActivationOptions {
  /** Of an image; its sides are multiples of 4. */
  readonly shape: ImageShape;
  /** Length of z. */
  readonly latentSize: number;
  /** Filters of the first convolution, and between the generator's two; the discriminator's second has twice as many. */
  readonly filters: number;
  /** Channels of the images that the generator's dense layers make, of a quarter of the height and width. */
  readonly baseChannels: number;
  /** Side of every kernel, in pixels. */
  readonly kernelSize: number;
  /** In the generator: each unit of the dense layers, each channel of the convolution (Ioffe and Szegedy, arXiv 1502.03167). */
  readonly normalisation: 'batch' | 'none';
  /** Of the weights; biases start at 0. */
  readonly initialisation: (typeof INITIALISATIONS)[number];
  /** Slope of the generator's leaky ReLU below zero, {@link leakySlope} being the discriminator's; 0 is ReLU. */
  readonly generatorSlope: number;
  /** Above 0, somebody averages the generator's weights over the steps; see {@link statisticsMomentum}. */
  readonly averageDecay: number;
  /** Of the weights' initial values. */
  readonly seed: number;
}

const HIDDEN_UNITS = 512;
const STRIDES = 2;
/** Two convolutions halve the sides of an image. */
const smallSides = ([height, width]: ImageShape): [number, number] => [
  height / STRIDES ** 2,
  width / STRIDES ** 2,
];
/** PyTorch's; that of Keras, 0.001, is no longer small beside the variance of weights that start at 0.02. */
const EPSILON = 1e-5;

/**
 * z [latentSize], labels [classes] -> 512 -> [height / 4, width / 4, baseChannels] -> [height / 2, width / 2, filters] ->
 * [height, width, channels] in [-1, 1].
 */
export function convGenerator(options: ConvOptions): LayersModel {
  const { latentSize, filters, baseChannels, kernelSize, normalisation, generatorSlope } = options;
  const weights = new InitialWeights(
    options.initialisation,
    options.seed,
    'generator',
    generatorSlope,
  );
  const useBias = normalisation === 'none'; // a bias just before batch normalisation has no gradient but rounding noise
  let hidden = 0;
  const activated = (x: SymbolicTensor): SymbolicTensor => {
    hidden++;
    const normal =
      normalisation === 'none'
        ? x
        : layers
            .batchNormalization({
              name: `batch_normalization_${hidden}`,
              momentum: statisticsMomentum(options),
              epsilon: EPSILON,
            })
            .apply(x);
    return activation(hidden, { leakySlope: generatorSlope })(normal as SymbolicTensor);
  };
  const dense = (name: string, units: number, x: SymbolicTensor): SymbolicTensor => {
    const kernelInitializer = weights.of(name, x.shape.at(-1)!);
    return layers.dense({ name, units, useBias, kernelInitializer }).apply(x) as SymbolicTensor;
  };
  const upsampled = (
    name: string,
    filters: number,
    last: { useBias: boolean; activation?: 'tanh' },
    x: SymbolicTensor,
  ): SymbolicTensor => {
    // Of the kernel's taps, a share of 1 / strides^2 meets each pixel.
    const inputs = (x.shape.at(-1)! * kernelSize ** 2) / STRIDES ** 2;
    const kernelInitializer = weights.of(name, inputs);
    const size = { filters, kernelSize, strides: STRIDES, padding: 'same' } as const;
    return layers
      .conv2dTranspose({ name, ...size, ...last, kernelInitializer })
      .apply(x) as SymbolicTensor;
  };

  return generatorOf(latentSize, options, (start) => {
    const first = activated(dense('dense_1', HIDDEN_UNITS, start));
    // Activated before the reshape, so that each unit has its own statistics: a channel's alone let it collapse.
    const [height, width] = smallSides(options.shape);
    const small = activated(dense('dense_2', height * width * baseChannels, first));
    const targetShape = [height, width, baseChannels];
    const image = layers.reshape({ name: 'reshape', targetShape }).apply(small) as SymbolicTensor;
    const middle = activated(upsampled('conv2d_transpose_1', filters, { useBias }, image));
    const [, , channels] = options.shape;
    return upsampled('conv2d_transpose_2', channels, { useBias: true, activation: 'tanh' }, middle);
  });
}

/**
 * [height, width, channels] in [-1, 1], labels [classes] -> [height / 2, width / 2, filters] -> [height / 4, width / 4, 2 filters] ->
 * 512 -> one logit.
 */
export function convDiscriminator(options: ConvOptions): LayersModel {
  const { filters, kernelSize, leakySlope, initialisation, seed } = options;
  const weights = new InitialWeights(initialisation, seed, 'discriminator', leakySlope);
  const leaky = (k: number, x: unknown): SymbolicTensor =>
    activation(k, options)(x as SymbolicTensor);
  const downsampled = (name: string, filters: number, x: SymbolicTensor) => {
    const kernelInitializer = weights.of(name, x.shape.at(-1)! * kernelSize ** 2);
    const size = { filters, kernelSize, strides: STRIDES, padding: 'same' } as const;
    return layers.conv2d({ name, ...size, kernelInitializer }).apply(x);
  };
  return discriminatorOf(
    options.shape,
    options,
    weights,
    {
      features: (image) => {
        const first = leaky(1, downsampled('conv2d_1', filters, image));
        const second = leaky(2, downsampled('conv2d_2', 2 * filters, first));
        return layers.flatten({ name: 'flatten' }).apply(second) as SymbolicTensor;
      },
      hidden: (x) => {
        const kernelInitializer = weights.of('dense_1', x.shape.at(-1)!);
        const dense = layers.dense({ name: 'dense_1', units: HIDDEN_UNITS, kernelInitializer });
        return leaky(3, dense.apply(x));
      },
    },
    'dense_2',
  );
}

/**
 * A step applies the generator twice to the same z, and each time the layer moves its averages of the statistics. With
 * momentum 0 they are the last batch's, however often they are set; the average of the generator's weights
 * takes them in as it does the weights. Without that average the layer keeps its own, of momentum 0.99 twice a step.
 */
function statisticsMomentum({ averageDecay }: ConvOptions): number {
  return averageDecay > 0 ? 0 : 0.99;
}
