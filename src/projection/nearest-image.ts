import { bytesOf, type ImageSet } from '../data/image-set.js';
import { squaredDistance } from './projector.js';

/** Images read at a time. */
const BLOCK = 1000;

/**
 * The image of a set that differs least from a given one.
 *
 * @param target [pixels] in [-1, 1].
 * @returns its place, and the root of the mean squared difference of a pixel, where black is 0 and white 1.
 */
export function nearestImage(
  set: ImageSet,
  target: Float32Array,
): { readonly index: number; readonly error: number } {
  const size = bytesOf(set.shape);
  // In the set's own units: a difference of bytes.
  const wanted = target.map((value) => (value + 1) * 127.5);
  let [index, least] = [0, Infinity];
  for (let from = 0; from < set.count; from += BLOCK) {
    const count = Math.min(BLOCK, set.count - from);
    const bytes = new Uint8Array(count * size);
    set.read(
      Array.from({ length: count }, (_, k) => from + k),
      bytes,
    );
    for (let k = 0; k < count; k++) {
      const square = squaredDistance(wanted, bytes.subarray(k * size, (k + 1) * size));
      if (square < least) [index, least] = [from + k, square];
    }
  }
  return { index, error: Math.sqrt(least / size) / 255 };
}
