import '../tfjs.js';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel, type Sequential } from '@tensorflow/tfjs-layers';
import { bytesOf, type ImageShape } from '../data/image-set.js';
import { Random } from '../data/random.js';

/** What a classifier is built for. */
export interface LabelledImages {
  readonly shape: ImageShape;
  /** Number of classes. */
  readonly classes: number;
}

/** Convolutions of a network, each with stride 2 and a ReLU, and the units of the layer that follows them. */
interface Outline {
  readonly kernelSize: number;
  readonly filters: readonly number[];
  readonly features: number;
}

/** The networks of classifiers by name: two that have no layer in common. */
const OUTLINES = {
  conv5: { kernelSize: 5, filters: [16, 32], features: 128 },
  conv3: { kernelSize: 3, filters: [24, 48, 64], features: 64 },
} as const satisfies Record<string, Outline>;

export type Architecture = keyof typeof OUTLINES;

/**
 * A classifier of images: [pixels] in [-1, 1] -> convolutions -> features -> logits. For digits of 28 x 28 `conv5` is 14 x 14 x 16 ->
 * 7 x 7 x 32 -> 128 features -> 10 logits; `conv3` is 14 x 14 x 24 -> 7 x 7 x 48 -> 4 x 4 x 64 -> 64 features -> 10 logits. Strides
 * stand in for pooling: a convolution that skips windows costs a quarter of one that is pooled afterwards.
 *
 * @param seed of the weights' initial values (He normal, arXiv 1502.01852), each layer's from a stream of its own.
 */
export function buildClassifier(
  architecture: Architecture,
  { shape, classes }: LabelledImages,
  seed: number,
): Sequential {
  const { kernelSize, filters, features } = OUTLINES[architecture];
  const model = sequential({ name: 'classifier' });
  model.add(
    layers.reshape({ name: 'image', inputShape: [bytesOf(shape)], targetShape: [...shape] }),
  );
  filters.forEach((count, k) =>
    model.add(
      layers.conv2d({
        name: `conv_${k + 1}`,
        filters: count,
        kernelSize,
        strides: 2,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: 'zeros',
      }),
    ),
  );
  model.add(layers.flatten({ name: 'flat' }));
  const dense = { kernelInitializer: 'zeros' } as const;
  model.add(layers.dense({ ...dense, name: 'features', units: features, activation: 'relu' }));
  model.add(layers.dense({ ...dense, name: 'logits', units: classes }));
  drawKernels(model, seed);
  return model;
}

/** Both ends of the classifier at once: [batch, pixels] -> features [batch, length] and logits [batch, classes]. */
export function classify(
  model: LayersModel,
  images: tf.Tensor,
): { features: tf.Tensor; logits: tf.Tensor } {
  let features = images;
  for (const layer of model.layers.slice(0, -1)) features = layer.apply(features) as tf.Tensor;
  return { features, logits: model.layers.at(-1)!.apply(features) as tf.Tensor };
}

/** He normal: mean 0, variance 2 / fan-in. A kernel's last axis is its outputs, those before it what each output reads. */
function drawKernels(model: LayersModel, seed: number): void {
  for (const weight of model.weights) {
    const shape = weight.shape as number[];
    if (shape.length < 2) continue;
    const values = new Float32Array(shape.reduce((size, length) => size * length, 1));
    new Random(seed, `${model.name}/${weight.originalName}`).normal(values);
    const deviation = Math.sqrt((2 * shape.at(-1)!) / values.length);
    const tensor = tf.tensor(
      values.map((x) => x * deviation),
      shape,
    );
    weight.write(tensor);
    tensor.dispose();
  }
}
