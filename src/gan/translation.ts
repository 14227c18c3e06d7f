import * as tf from '@tensorflow/tfjs-core';
import type { StepRandom } from '../compiler/trace/random.js';
import { IMAGE_SIDE } from '../data/mnist.js';

/** The value of paper, of which comes what a translation leaves empty. */
const PAPER = -1;

/**
 * Images, each moved by whole pixels up to `pixels` each way, at random: what the discriminator sees of real and generated
 * images alike (DiffAugment: Zhao et al., arXiv 2006.10738).
 *
 * @param images [n, 784] or [n, 28, 28, channels], in [-1, 1].
 */
export function translated(images: tf.Tensor, pixels: number, random: StepRandom): tf.Tensor {
  if (pixels === 0) return images;
  const n = images.shape[0];
  const channels = images.size / (n * IMAGE_SIDE * IMAGE_SIDE);
  const ink = tf.sub(images, PAPER);
  // [n, rows, columns * channels], then [n, columns, rows * channels]: one product moves all lines of an image.
  const rows = tf.reshape(ink, [n, IMAGE_SIDE, IMAGE_SIDE * channels]);
  const down = tf.matMul(shifts(n, pixels, random), rows);
  const columns = tf.transpose(
    tf.reshape(down, [n, IMAGE_SIDE, IMAGE_SIDE, channels]),
    [0, 2, 1, 3],
  );
  const across = tf.matMul(
    shifts(n, pixels, random),
    tf.reshape(columns, [n, IMAGE_SIDE, IMAGE_SIDE * channels]),
  );
  const back = tf.transpose(
    tf.reshape(across, [n, IMAGE_SIDE, IMAGE_SIDE, channels]),
    [0, 2, 1, 3],
  );
  return tf.add(tf.reshape(back, images.shape), PAPER);
}

/** [n, 28, 28]: row i has a 1 at i plus the image's own shift, which is a whole number from -pixels to pixels. */
function shifts(n: number, pixels: number, random: StepRandom): tf.Tensor3D {
  const steps = tf.floor(tf.mul(random.uniform([n, 1, 1]), 2 * pixels + 1));
  const places = Array.from({ length: IMAGE_SIDE }, (_, i) => i);
  const from = tf.tensor(places, [1, IMAGE_SIDE, 1]);
  const to = tf.tensor(places, [1, 1, IMAGE_SIDE]);
  const moved = tf.add(from, tf.sub(steps, pixels));
  return tf.cast(tf.equal(to, moved), 'float32');
}
