import { initializers, layers, sequential, type Sequential } from '@tensorflow/tfjs-layers';
import { IMAGE_SIDE } from '../data/mnist.js';

export interface ConvOptions {
  /** Length of z. */
  readonly latentSize: number;
  /** Filters of the first convolution, and between the generator's two; the discriminator's second has twice as many. */
  readonly filters: number;
  /** Side of every kernel, in pixels. */
  readonly kernelSize: number;
  /** In the generator: each unit of the dense layers, each channel of the convolution (Ioffe and Szegedy, arXiv 1502.03167). */
  readonly normalisation: 'batch' | 'none';
  /** `normal`: mean 0, standard deviation 0.02 (DCGAN, arXiv 1511.06434); `glorot`: Glorot uniform. Biases start at 0. */
  readonly initialisation: 'normal' | 'glorot';
  /** Slope of the discriminator's leaky ReLU below zero. */
  readonly leakySlope: number;
  /** The generator's; 0 is ReLU. */
  readonly generatorSlope: number;
  /** Above 0, somebody averages the generator's weights over the steps; see {@link statisticsMomentum}. */
  readonly averageDecay: number;
  /** Of the weights' initial values. */
  readonly seed: number;
}

/** What the dense part of the generator makes: [7, 7, 64]. */
const SMALL_SIDE = IMAGE_SIDE / 4;
const SMALL_CHANNELS = 64;
const HIDDEN_UNITS = 512;
/** PyTorch's; that of Keras, 0.001, is no longer small beside the variance of weights that start at 0.02. */
const EPSILON = 1e-5;

/** z [latentSize] -> 512 -> 3136 = [7, 7, 64] -> [14, 14, filters] -> [28, 28, 1] in [-1, 1]. */
export function convGenerator(options: ConvOptions): Sequential {
  const { latentSize, filters, kernelSize, normalisation, generatorSlope, seed } = options;
  const model = sequential({ name: 'generator' });
  const useBias = normalisation === 'none'; // a bias just before batch normalisation has no gradient but rounding noise
  let hidden = 0;
  const activate = (): void => {
    hidden++;
    if (normalisation === 'batch') {
      const momentum = statisticsMomentum(options);
      model.add(
        layers.batchNormalization({
          name: `batch_normalization_${hidden}`,
          momentum,
          epsilon: EPSILON,
        }),
      );
    }
    model.add(layers.leakyReLU({ name: `leaky_relu_${hidden}`, alpha: generatorSlope }));
  };
  const initial = initialiser(options);
  const upsampling = { kernelSize, strides: 2, padding: 'same' } as const;

  model.add(
    layers.dense({
      name: 'dense_1',
      units: HIDDEN_UNITS,
      useBias,
      kernelInitializer: initial(seed),
      inputShape: [latentSize],
    }),
  );
  activate();
  model.add(
    layers.dense({
      name: 'dense_2',
      units: SMALL_SIDE * SMALL_SIDE * SMALL_CHANNELS,
      useBias,
      kernelInitializer: initial(seed + 1),
    }),
  );
  activate(); // before the reshape, so that each of the 3136 units has its own statistics: a channel's alone let it collapse
  model.add(
    layers.reshape({ name: 'reshape', targetShape: [SMALL_SIDE, SMALL_SIDE, SMALL_CHANNELS] }),
  );
  model.add(
    layers.conv2dTranspose({
      name: 'conv2d_transpose_1',
      filters,
      ...upsampling,
      useBias,
      kernelInitializer: initial(seed + 2),
    }),
  );
  activate();
  model.add(
    layers.conv2dTranspose({
      name: 'conv2d_transpose_2',
      filters: 1,
      ...upsampling,
      activation: 'tanh',
      kernelInitializer: initial(seed + 3),
    }),
  );
  return model;
}

/** [28, 28, 1] in [-1, 1] -> [14, 14, filters] -> [7, 7, 2 filters] -> 512 -> one logit. */
export function convDiscriminator(options: ConvOptions): Sequential {
  const { filters, kernelSize, leakySlope } = options;
  const seed = options.seed + 1000; // another than the generator's: equal layers must not start equal
  const initial = initialiser(options);
  const downsampling = { kernelSize, strides: 2, padding: 'same' } as const;
  const leaky = (k: number) => layers.leakyReLU({ name: `leaky_relu_${k}`, alpha: leakySlope });
  return sequential({
    name: 'discriminator',
    layers: [
      layers.conv2d({
        name: 'conv2d_1',
        filters,
        ...downsampling,
        kernelInitializer: initial(seed),
        inputShape: [IMAGE_SIDE, IMAGE_SIDE, 1],
      }),
      leaky(1),
      layers.conv2d({
        name: 'conv2d_2',
        filters: 2 * filters,
        ...downsampling,
        kernelInitializer: initial(seed + 1),
      }),
      leaky(2),
      layers.flatten({ name: 'flatten' }),
      layers.dense({
        name: 'dense_1',
        units: HIDDEN_UNITS,
        kernelInitializer: initial(seed + 2),
      }),
      leaky(3),
      layers.dense({ name: 'dense_2', units: 1, kernelInitializer: initial(seed + 3) }),
    ],
  });
}

/**
 * A step applies the generator twice to the same z, and each time the layer moves its averages of the statistics. With
 * momentum 0 they are the last batch's, however often they are set; the average of the generator's weights
 * takes them in as it does the weights. Without that average the layer keeps its own, of momentum 0.99 twice a step.
 */
function statisticsMomentum({ averageDecay }: ConvOptions): number {
  return averageDecay > 0 ? 0 : 0.99;
}

function initialiser({
  initialisation,
}: ConvOptions): (seed: number) => ReturnType<typeof initializers.glorotUniform> {
  return initialisation === 'glorot'
    ? (seed) => initializers.glorotUniform({ seed })
    : (seed) => initializers.randomNormal({ mean: 0, stddev: 0.02, seed });
}
