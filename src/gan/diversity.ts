import { IMAGE_PIXELS as PIXELS } from '../data/mnist.js';

/** Below this the samples of a run are nearly one image: the run has collapsed. */
export const COLLAPSED_BELOW = 0.25;

/**
 * How much images differ from one another: the standard deviation of each pixel over the images, averaged over the
 * pixels.
 *
 * @param images [count, 784], on any scale.
 */
export function spread(images: ArrayLike<number>): number {
  const count = images.length / PIXELS;
  let total = 0;
  for (let pixel = 0; pixel < PIXELS; pixel++) {
    let sum = 0;
    let squares = 0;
    for (let k = 0; k < count; k++) {
      const x = images[k * PIXELS + pixel];
      sum += x;
      squares += x * x;
    }
    const mean = sum / count;
    total += Math.sqrt(Math.max(0, squares / count - mean * mean));
  }
  return total / PIXELS;
}
