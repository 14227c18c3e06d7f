import { initializers, layers, sequential, type Sequential } from '@tensorflow/tfjs-layers';
import { IMAGE_PIXELS as PIXELS } from '../data/mnist.js';

export interface DenseOptions {
  /** Length of z. */
  readonly latentSize: number;
  /** Width of the first hidden layer; the second has twice as many. */
  readonly units: number;
  /** Slope of the leaky ReLU below zero. */
  readonly leakySlope: number;
  /** Of the weights' initial values (Glorot uniform). */
  readonly seed: number;
}

/** z [latentSize] -> units -> 2 units -> 784 in [-1, 1]. */
export function denseGenerator({ latentSize, units, leakySlope, seed }: DenseOptions): Sequential {
  return mlp('generator', [latentSize, units, 2 * units, PIXELS], leakySlope, seed, 'tanh');
}

/** 784 in [-1, 1] -> units -> 2 units -> one logit. */
export function denseDiscriminator({ units, leakySlope, seed }: DenseOptions): Sequential {
  // Another seed than the generator's: equal layers must not start equal.
  return mlp('discriminator', [PIXELS, units, 2 * units, 1], leakySlope, seed + 1000, 'linear');
}

function mlp(
  name: string,
  sizes: readonly number[],
  leakySlope: number,
  seed: number,
  lastActivation: 'tanh' | 'linear',
): Sequential {
  const model = sequential({ name });
  sizes.slice(1).forEach((units, k) => {
    const last = k === sizes.length - 2;
    model.add(
      layers.dense({
        name: `dense_${k + 1}`,
        units,
        kernelInitializer: initializers.glorotUniform({ seed: seed + k }),
        ...(k === 0 ? { inputShape: [sizes[0]] } : {}),
        ...(last ? { activation: lastActivation } : {}),
      }),
    );
    if (!last) model.add(layers.leakyReLU({ name: `leaky_relu_${k + 1}`, alpha: leakySlope }));
  });
  return model;
}
