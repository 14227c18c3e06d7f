import { bytesOf, type ImageShape } from '../data/image-set.js';
import type { Random } from '../data/random.js';

/** Paper on the scale of a batch. */
const PAPER = -1;

/**
 * Moves each image of a batch by whole pixels, drawn for each direction from -most to most; paper comes in at the edges. A shifted
 * digit is the same digit, so a classifier that sees each one at many places learns more from it.
 *
 * @param images [n, height, width, channels] in [-1, 1], changed in place.
 */
export function shiftImages(
  images: Float32Array,
  shape: ImageShape,
  most: number,
  random: Random,
): void {
  const [height, width, channels] = shape;
  const size = bytesOf(shape);
  const line = width * channels;
  const original = new Float32Array(size);
  for (let start = 0; start < images.length; start += size) {
    const down = random.below(2 * most + 1) - most;
    const right = random.below(2 * most + 1) - most;
    const image = images.subarray(start, start + size);
    original.set(image);
    image.fill(PAPER);
    const length = (width - Math.abs(right)) * channels;
    const from = Math.max(0, -right);
    for (let row = Math.max(0, down); row < Math.min(height, height + down); row++) {
      const source = (row - down) * line + from * channels;
      image.set(original.subarray(source, source + length), row * line + (from + right) * channels);
    }
  }
}
