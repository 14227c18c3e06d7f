import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import type { Tried } from './equals-eager.js';

type Layer = Parameters<ReturnType<typeof sequential>['add']>[0];

/** A model of layers, trained by Adam: its loss, and its weights after the step. */
function trained(shape: readonly number[], make: () => Layer[], integers = false): Tried {
  return {
    unnamed: true,
    inputs: { x: integers ? { shape, dtype: 'int32', below: 6 } : shape },
    step: () => {
      const model = sequential();
      const [first, ...others] = make();
      model.add(layers.inputLayer({ batchInputShape: [...shape] }));
      for (const layer of [first, ...others]) model.add(layer);
      const optimizer = tf.train.adam(0.01, 0.5, 0.9, 0.1);
      const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      return ({ x }) => {
        const loss = optimizer.minimize(
          () => {
            const y = model.apply(x, { training: true }) as tf.Tensor;
            return tf.mean<tf.Scalar>(tf.square(tf.sub(y, 0.3)));
          },
          true,
          weights,
        )!;
        const after = model.weights.map((weight, k) => [`weight ${k}`, tf.clone(weight.read())]);
        return { loss, ...(Object.fromEntries(after) as Record<string, tf.Tensor>) };
      };
    },
  };
}

/** Initial weights that are the same each time. */
const seeded = (seed: number): ReturnType<typeof initializers.glorotUniform> =>
  initializers.glorotUniform({ seed });
const kernel = (seed: number): { kernelInitializer: ReturnType<typeof seeded> } => ({
  kernelInitializer: seeded(seed),
});
const recurrent = (
  seed: number,
): {
  kernelInitializer: ReturnType<typeof seeded>;
  recurrentInitializer: ReturnType<typeof seeded>;
} => ({
  ...kernel(seed),
  recurrentInitializer: seeded(seed + 1),
});

export const LAYERS: Readonly<Record<string, Tried>> = {
  'layers: LSTM over GRU over a simple cell': trained([2, 4, 3], () => [
    layers.simpleRNN({ units: 4, returnSequences: true, ...recurrent(1) }),
    layers.gru({ units: 3, returnSequences: true, goBackwards: true, ...recurrent(3) }),
    layers.lstm({ units: 2, ...recurrent(5) }),
    layers.dense({ units: 2, activation: 'softsign', ...kernel(7) }),
  ]),
  'layers: words, their mean, normalised': trained(
    [3, 5],
    () => [
      layers.embedding({ inputDim: 6, outputDim: 4, embeddingsInitializer: seeded(1) }),
      layers.conv1d({
        filters: 3,
        kernelSize: 3,
        padding: 'same',
        activation: 'swish',
        ...kernel(2),
      }),
      layers.layerNormalization({ axis: -1 }),
      layers.globalAveragePooling1d(),
      layers.dense({ units: 2, activation: 'mish', ...kernel(3) }),
    ],
    true,
  ),
  'layers: separable and depthwise convolutions, pooling, upsampling, edges': trained(
    [2, 6, 6, 2],
    () => [
      layers.zeroPadding2d({
        padding: [
          [1, 0],
          [2, 1],
        ],
      }),
      layers.separableConv2d({
        ...{
          filters: 4,
          kernelSize: 3,
          depthwiseInitializer: seeded(1),
          pointwiseInitializer: seeded(2),
        },
      }),
      layers.batchNormalization(),
      layers.prelu(),
      layers.maxPooling2d({ poolSize: 2, strides: 1, padding: 'same' }),
      layers.depthwiseConv2d({
        kernelSize: 2,
        depthMultiplier: 2,
        depthwiseInitializer: seeded(3),
      }),
      layers.averagePooling2d({ poolSize: [2, 1] }),
      layers.conv2dTranspose({
        filters: 2,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        ...kernel(4),
      }),
      layers.cropping2D({
        cropping: [
          [1, 1],
          [0, 2],
        ],
      }),
      layers.elu(),
      layers.globalMaxPooling2d({}),
    ],
  ),
  'layers: steps of time each by a layer, permuted, repeated, with hard activations': trained(
    [3, 4, 5],
    () => [
      layers.timeDistributed({
        layer: layers.dense({ units: 3, activation: 'hardSigmoid', ...kernel(1) }),
      }),
      layers.permute({ dims: [2, 1] }),
      layers.reshape({ targetShape: [12] }),
      layers.dense({ units: 4, activation: 'selu', ...kernel(2) }),
      layers.repeatVector({ n: 2 }),
      layers.bidirectional({
        layer: layers.gru({ units: 2, ...recurrent(3) }),
        mergeMode: 'ave',
      }),
    ],
  ),
};
