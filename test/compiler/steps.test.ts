import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { expectLikeEager, native, outcome, randomValues, wasm, type Built } from './oracle.js';

const SAMPLES = 12;

describe.each(Object.entries({ native, wasm }))(
  'whole steps of TensorFlow.js, compiled on %s, do what they do eagerly',
  async (_name, load) => {
    const backend = await load();

    it('batch normalisation: in training mode with its moving averages, then in inference mode', async () => {
      const build = (): Built => {
        const layer = layers.batchNormalization({
          name: 'norm',
          momentum: 0.9,
          inputShape: [6, 5, 4],
        });
        layer.build([null, 6, 5, 4]);
        const optimizer = tf.train.sgd(0.05);
        const variables = new Map(
          layer.weights.map((weight) => [weight.read() as tf.Variable, weight.originalName]),
        );
        return {
          variables,
          step: ({ x }) => {
            const loss = optimizer.minimize(
              () =>
                tf.mean<tf.Scalar>(
                  tf.square(tf.sub(layer.apply(x, { training: true }) as tf.Tensor, x)),
                ),
              true,
            )!;
            const inference = layer.apply(x, { training: false }) as tf.Tensor;
            return { loss: tf.mul(loss, 2), inference: tf.mul(inference, 2) };
          },
        };
      };
      const inputs = { x: { shape: [3, 6, 5, 4] } };
      const batches = Array.from({ length: 10 }, (_, k) => ({ x: randomValues(360, k) }));
      const expected = await outcome(undefined, build, inputs, batches);
      expect([...expected.state.keys()].sort()).toEqual([
        'beta',
        'gamma',
        'moving_mean',
        'moving_variance',
      ]);
      await expectLikeEager(backend, build, inputs, batches);
    });

    it('a gradient penalty (WGAN-GP): a gradient of the norm of a gradient', async () => {
      const build = (): Built => {
        const w1 = tf.variable(tf.tensor2d(randomValues(5 * 8, 1), [5, 8]), true, 'w1');
        const w2 = tf.variable(tf.tensor2d(randomValues(8, 2), [8, 1]), true, 'w2');
        const optimizer = tf.train.adam(0.01);
        // Leaky ReLU by relu: TensorFlow.js has no gradient of its own leaky ReLU's mask.
        const leaky = (x: tf.Tensor): tf.Tensor =>
          tf.sub(tf.relu(x), tf.mul(0.2, tf.relu(tf.neg(x))));
        const critic = (x: tf.Tensor): tf.Tensor => tf.matMul(leaky(tf.matMul(x, w1)), w2);
        return {
          step: ({ real, fake, mix }) => {
            const between = tf.add(tf.mul(mix, real), tf.mul(tf.sub(1, mix), fake));
            const loss = optimizer.minimize(() => {
              const gradient = tf.grad((x) => tf.sum(critic(x)))(between);
              const norm = tf.sqrt(tf.add(tf.sum(tf.square(gradient), 1), 1e-12));
              const penalty = tf.mean<tf.Scalar>(tf.square(tf.sub(norm, 1)));
              const distance = tf.sub(tf.mean(critic(fake)), tf.mean(critic(real)));
              return tf.add(distance, tf.mul(10, penalty));
            }, true)!;
            return { loss: tf.mul(loss, 2) };
          },
        };
      };
      await expectLikeEager(
        backend,
        build,
        {
          real: { shape: [SAMPLES, 5] },
          fake: { shape: [SAMPLES, 5] },
          mix: { shape: [SAMPLES, 1] },
        },
        Array.from({ length: 20 }, (_, k) => ({
          real: randomValues(SAMPLES * 5, 3 * k),
          fake: randomValues(SAMPLES * 5, 3 * k + 1),
          mix: randomValues(SAMPLES, 3 * k + 2).map(Math.abs),
        })),
      );
    });

    it('a convolutional classifier with softmax cross-entropy, from labels as whole numbers', async () => {
      const build = (): Built => {
        const options = { activation: 'relu', padding: 'same', strides: 2 } as const;
        const kernel = (seed: number) => ({
          kernelInitializer: initializers.glorotUniform({ seed }),
        });
        const conv1 = layers.conv2d({
          name: 'conv1',
          ...options,
          ...kernel(1),
          filters: 4,
          kernelSize: 3,
        });
        const conv2 = layers.conv2d({
          name: 'conv2',
          ...options,
          ...kernel(2),
          filters: 6,
          kernelSize: [5, 3],
        });
        const flatten = layers.flatten();
        const dense = layers.dense({ name: 'dense', units: 3, ...kernel(3) });
        const network = (x: tf.Tensor): tf.Tensor =>
          [conv1, conv2, flatten, dense].reduce((y, layer) => layer.apply(y) as tf.Tensor, x);
        tf.tidy(() => network(tf.zeros([1, 8, 9, 1])));
        const optimizer = tf.train.adam(0.01);
        const variables = new Map(
          [conv1, conv2, dense].flatMap((layer, k) =>
            layer.weights.map(
              (weight) => [weight.read() as tf.Variable, `${k}/${weight.originalName}`] as const,
            ),
          ),
        );
        return {
          variables,
          step: ({ images, labels }) => {
            const classes = tf.oneHot(tf.cast(labels, 'int32'), 3);
            const loss = optimizer.minimize(
              () => tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(classes, network(images)),
              true,
            )!;
            const logits = network(images);
            const right = tf.equal(tf.argMax(logits, -1), labels);
            return {
              loss: tf.mul(loss, 2),
              accuracy: tf.mean(tf.cast(right, 'float32')),
              probabilities: tf.softmax(logits),
              logs: tf.logSoftmax(logits),
              predicted: tf.argMax(logits, -1),
              right,
            };
          },
        };
      };
      await expectLikeEager(
        backend,
        build,
        { images: { shape: [10, 8, 9, 1] }, labels: { shape: [10], dtype: 'int32' } },
        Array.from({ length: 15 }, (_, k) => ({
          images: randomValues(10 * 72, k),
          labels: randomValues(10, 500 + k).map((x) => Math.floor((x + 1) * 1.5)),
        })),
      );
    });

    it('a transposed convolution and its gradient', async () => {
      const build = (): Built => {
        const filter = tf.variable(
          tf.tensor4d(randomValues(5 * 5 * 2 * 3, 1), [5, 5, 2, 3]),
          true,
          'f',
        );
        const optimizer = tf.train.sgd(0.001);
        return {
          step: ({ x }) => {
            const up = (): tf.Tensor =>
              tf.conv2dTranspose(x as tf.Tensor4D, filter, [2, 14, 14, 2], 2, 'same');
            const loss = optimizer.minimize(() => tf.mean<tf.Scalar>(tf.square(up())), true)!;
            return { loss: tf.mul(loss, 2), up: up() };
          },
        };
      };
      await expectLikeEager(
        backend,
        build,
        { x: { shape: [2, 7, 7, 3] } },
        Array.from({ length: 5 }, (_, k) => ({ x: randomValues(2 * 49 * 3, k) })),
        { relative: 1e-5, absolute: 1e-5 },
      );
    });

    it('tf.stack, tf.unstack, tf.split and tf.clipByValue, with their gradients', async () => {
      const build = (): Built => {
        const w = tf.variable(tf.tensor2d(randomValues(12, 1), [4, 3]), true, 'w');
        const optimizer = tf.train.sgd(0.1);
        return {
          step: ({ x }) => {
            const loss = optimizer.minimize(() => {
              const [a, b, c] = tf.unstack(tf.mul(w, x), 1);
              const [top, bottom] = tf.split(tf.stack([a, tf.mul(b, c), b], 1), [1, 3]);
              const clipped = tf.clipByValue(bottom, -0.5, 0.5);
              return tf.add<tf.Scalar>(tf.sum(tf.square(top)), tf.sum(clipped));
            }, true)!;
            return { loss: tf.mul(loss, 2) };
          },
        };
      };
      await expectLikeEager(
        backend,
        build,
        { x: { shape: [4, 3] } },
        Array.from({ length: 5 }, (_, k) => ({ x: randomValues(12, k) })),
      );
    });
  },
);
