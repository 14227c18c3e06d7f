import '../../src/tfjs.js';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { convDiscriminator, convGenerator, type ConvOptions } from '../../src/gan/conv.js';
import { stackGan } from '../../src/gan/gan.js';
import { MNIST_LIKE } from '../../src/data/known-set.js';

const OPTIONS: ConvOptions = {
  shape: MNIST_LIKE.shape,
  latentSize: 100,
  filters: 16,
  baseChannels: 64,
  classes: 0,
  conditioning: 'projection',
  kernelSize: 4,
  normalisation: 'batch',
  initialisation: 'normal',
  leakySlope: 0.2,
  generatorSlope: 0,
  averageDecay: 0.998,
  seed: 1,
};

beforeAll(() => tf.setBackend('cpu'));
afterEach(() => tf.disposeVariables());

const shapes = (model: LayersModel): Record<string, (number | null)[]> =>
  Object.fromEntries(
    model.layers.map((layer) => [layer.name, (layer.outputShape as (number | null)[]).slice(1)]),
  );
const weight = (model: LayersModel, name: string): tf.Tensor =>
  model.weights.find((one) => one.originalName === name)!.read();

describe('the convolutional pair', () => {
  it('goes z -> 512 -> 3136 -> 7 x 7 x 64 -> 14 x 14 -> 28 x 28 x 1, and back to one logit', () => {
    expect(shapes(convGenerator(OPTIONS))).toMatchObject({
      dense_1: [512],
      dense_2: [3136],
      reshape: [7, 7, 64],
      conv2d_transpose_1: [14, 14, 16],
      conv2d_transpose_2: [28, 28, 1],
    });
    expect(shapes(convDiscriminator(OPTIONS))).toMatchObject({
      conv2d_1: [14, 14, 16],
      conv2d_2: [7, 7, 32],
      flatten: [1568],
      dense_1: [512],
      dense_2: [1],
    });
  });

  it('normalises each of the 3136 units, and leaves out the biases just before that', () => {
    const names = (model: LayersModel): Record<string, number[]> =>
      Object.fromEntries(model.weights.map((one) => [one.originalName, one.shape as number[]]));
    const normalised = names(convGenerator(OPTIONS));
    expect(normalised['batch_normalization_2/moving_mean']).toEqual([3136]);
    expect(normalised['batch_normalization_3/moving_mean']).toEqual([16]);
    expect(Object.keys(normalised).filter((name) => name.endsWith('/bias'))).toEqual([
      'conv2d_transpose_2/bias',
    ]);
    tf.disposeVariables();
    const plain = names(convGenerator({ ...OPTIONS, normalisation: 'none' }));
    expect(Object.keys(plain).filter((name) => name.endsWith('/bias'))).toHaveLength(4);
    expect(Object.keys(plain).filter((name) => name.includes('normalization'))).toEqual([]);
  });

  it('starts from the seed: the same weights again, others for another seed', () => {
    const kernel = (seed: number): Float32Array => {
      const values = weight(convGenerator({ ...OPTIONS, seed }), 'conv2d_transpose_1/kernel');
      return values.dataSync<'float32'>().slice();
    };
    expect(kernel(1)).toEqual(kernel(1));
    expect(kernel(1)).not.toEqual(kernel(2));
  });

  it.each([
    ['normal', 0.02],
    // Glorot and Bengio 2010: the deviation is sqrt(2 / (inputs + outputs)).
    ['glorot', Math.sqrt(2 / (512 + 3136))],
  ] as const)('starts %s weights with deviation %f', (initialisation, deviation) => {
    const model = convGenerator({ ...OPTIONS, initialisation });
    const { mean, variance } = tf.moments(weight(model, 'dense_2/kernel'));
    expect(Math.abs(mean.dataSync()[0])).toBeLessThan(deviation / 100);
    expect(Math.sqrt(variance.dataSync()[0]) / deviation).toBeCloseTo(1, 2);
  });

  it('keeps the statistics of the last batch, however often it is applied to it', () => {
    const generator = convGenerator(OPTIONS);
    const z = tf.randomNormal([16, 100], 0, 1, 'float32', 3);
    const hidden = tf.matMul(z, weight(generator, 'dense_1/kernel'));
    const { mean, variance } = tf.moments(hidden, 0);
    for (let k = 0; k < 2; k++) generator.apply(z, { training: true });
    for (const [name, expected] of [
      ['moving_mean', mean],
      ['moving_variance', variance],
    ] as const) {
      const off = tf.sub(weight(generator, `batch_normalization_1/${name}`), expected);
      expect(tf.max(tf.abs(off)).dataSync()[0]).toBeLessThan(1e-6);
    }
  });

  it('is made of layers that TensorFlow.js knows, so that model.json loads in a browser', () => {
    const classes = [convGenerator(OPTIONS), convDiscriminator(OPTIONS)].flatMap(({ layers }) =>
      layers.map((layer) => layer.getClassName()),
    );
    expect([...new Set(classes)].sort()).toEqual([
      'BatchNormalization',
      'Conv2D',
      'Conv2DTranspose',
      'Dense',
      'Flatten',
      'InputLayer',
      'LeakyReLU',
      'Reshape',
    ]);
  });

  it('stacks on a discriminator that the generator does not move', () => {
    const gan = stackGan(convGenerator(OPTIONS), convDiscriminator(OPTIONS), OPTIONS);
    expect(gan.imageShape).toEqual([28, 28, 1]);
    expect(gan.generatorVariables).toHaveLength(4 + 1 + 6);
    expect(gan.discriminatorVariables).toHaveLength(8);
    const own = new Set(gan.discriminatorVariables);
    expect(gan.generatorVariables.some((variable) => own.has(variable))).toBe(false);
  });
});
