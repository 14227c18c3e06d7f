import * as tf from '@tensorflow/tfjs-core';
import type { StepRandom } from '../compiler/trace/random.js';
import type { ImageShape } from '../data/image-set.js';

/** The value of paper, of which comes what a translation leaves empty. */
const PAPER = -1;

/**
 * Images, each moved by whole pixels up to `pixels` each way, at random: what the discriminator sees of real and generated
 * images alike (DiffAugment: Zhao et al., arXiv 2006.10738).
 *
 * @param images [n, pixels] or [n, height, width, channels], in [-1, 1].
 */
export function translated(
  images: tf.Tensor,
  [height, width, channels]: ImageShape,
  pixels: number,
  random: StepRandom,
): tf.Tensor {
  if (pixels === 0) return images;
  const n = images.shape[0];
  const ink = tf.sub(images, PAPER);
  // [n, rows, columns * channels], then [n, columns, rows * channels]: one product moves all lines of an image.
  const rows = tf.reshape(ink, [n, height, width * channels]);
  const down = tf.matMul(shifts(n, height, pixels, random), rows);
  const columns = tf.transpose(tf.reshape(down, [n, height, width, channels]), [0, 2, 1, 3]);
  const across = tf.matMul(
    shifts(n, width, pixels, random),
    tf.reshape(columns, [n, width, height * channels]),
  );
  const back = tf.transpose(tf.reshape(across, [n, width, height, channels]), [0, 2, 1, 3]);
  return tf.add(tf.reshape(back, images.shape), PAPER);
}

/** [n, side, side]: row i has a 1 at i plus the image's own shift, which is a whole number from -pixels to pixels. */
function shifts(n: number, side: number, pixels: number, random: StepRandom): tf.Tensor3D {
  const steps = tf.floor(tf.mul(random.uniform([n, 1, 1]), 2 * pixels + 1));
  const places = Array.from({ length: side }, (_, i) => i);
  const from = tf.tensor(places, [1, side, 1]);
  const to = tf.tensor(places, [1, 1, side]);
  const moved = tf.add(from, tf.sub(steps, pixels));
  return tf.cast(tf.equal(to, moved), 'float32');
}
