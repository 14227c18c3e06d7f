import { IMAGE_PIXELS, IMAGE_SIDE } from '../data/mnist.js';
import type { Random } from '../data/random.js';

/** Paper on the scale of a batch. */
const PAPER = -1;

/**
 * Moves each image of a batch by whole pixels, drawn for each direction from -most to most; paper comes in at the edges. A shifted
 * digit is the same digit, so a classifier that sees each one at many places learns more from it.
 *
 * @param images [n, 784] in [-1, 1], changed in place.
 */
export function shiftImages(images: Float32Array, most: number, random: Random): void {
  const original = new Float32Array(IMAGE_PIXELS);
  for (let start = 0; start < images.length; start += IMAGE_PIXELS) {
    const down = random.below(2 * most + 1) - most;
    const right = random.below(2 * most + 1) - most;
    const image = images.subarray(start, start + IMAGE_PIXELS);
    original.set(image);
    image.fill(PAPER);
    const width = IMAGE_SIDE - Math.abs(right);
    const from = Math.max(0, -right);
    for (let row = Math.max(0, down); row < Math.min(IMAGE_SIDE, IMAGE_SIDE + down); row++) {
      const source = (row - down) * IMAGE_SIDE + from;
      image.set(original.subarray(source, source + width), row * IMAGE_SIDE + from + right);
    }
  }
}
