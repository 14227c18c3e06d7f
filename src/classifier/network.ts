import '../tfjs.js';
import type * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  layers,
  sequential,
  type LayersModel,
  type Sequential,
} from '@tensorflow/tfjs-layers';
import { DIGITS, IMAGE_PIXELS as PIXELS, IMAGE_SIDE } from '../data/idx.js';

/** Length of the penultimate layer's output, which the Frechet distance compares. */
export const FEATURES = 128;

const FEATURE_LAYER = 'features';

/**
 * The digit classifier: 784 in [-1, 1] -> 28 x 28 x 1 -> 14 x 14 x 16 -> 7 x 7 x 32 -> 128 features -> 10 logits.
 * Strides stand in for pooling: a convolution that skips windows costs a quarter of one that is pooled afterwards.
 *
 * @param seed of the weights' initial values (He normal, arXiv 1502.01852).
 */
export function buildClassifier(seed: number): Sequential {
  const model = sequential({ name: 'classifier' });
  const initializer = (k: number) => initializers.heNormal({ seed: seed + k });
  const conv = (k: number, filters: number) =>
    layers.conv2d({
      name: `conv_${k}`,
      filters,
      kernelSize: 5,
      strides: 2,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: initializer(k),
    });
  model.add(
    layers.reshape({
      name: 'image',
      inputShape: [PIXELS],
      targetShape: [IMAGE_SIDE, IMAGE_SIDE, 1],
    }),
  );
  model.add(conv(1, 16));
  model.add(conv(2, 32));
  model.add(layers.flatten({ name: 'flat' }));
  model.add(
    layers.dense({
      name: FEATURE_LAYER,
      units: FEATURES,
      activation: 'relu',
      kernelInitializer: initializer(3),
    }),
  );
  model.add(layers.dense({ name: 'logits', units: DIGITS, kernelInitializer: initializer(4) }));
  return model;
}

/** Both ends of the classifier at once: [batch, 784] -> features [batch, 128] and logits [batch, 10]. */
export function classify(
  model: LayersModel,
  images: tf.Tensor,
): { features: tf.Tensor; logits: tf.Tensor } {
  let features = images;
  for (const layer of model.layers.slice(0, -1)) features = layer.apply(features) as tf.Tensor;
  return { features, logits: model.layers.at(-1)!.apply(features) as tf.Tensor };
}
