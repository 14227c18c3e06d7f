import { bytesOf, pixelsOf, type ImageShape } from '../data/image-set.js';
import type { RealImages } from './real-images.js';

/** Of each class, as the judge takes them, the generated images that are nearest to training images, each beside its own. */
export interface NearestPairs {
  readonly shape: ImageShape;
  /** Bytes [count, height, width, channels]. */
  readonly generated: Uint8Array;
  readonly training: Uint8Array;
  /** Euclidean distances of features. */
  readonly distances: readonly number[];
}

/** Of each class: thin ones are nearest of all, and would be all that is seen. */
const PAIRS_SHOWN = 2;
/** Columns of a picture that people look at. */
const MOST_PAIRS = 20;

/**
 * Pairs to look at, the nearest first.
 *
 * @param taken the classes that the images are taken for, if any.
 * @param nearest of each image the nearest training image, by its place, and how far it is.
 */
export function nearestPairs(
  images: Uint8Array,
  taken: ArrayLike<number> | undefined,
  { training }: RealImages,
  { distances, indices }: { distances: Float32Array; indices: Uint32Array },
): NearestPairs {
  const order = [...distances.keys()].sort((a, b) => distances[a] - distances[b]);
  const shown =
    taken === undefined
      ? order.slice(0, MOST_PAIRS)
      : training.classes.flatMap((_, one) =>
          order.filter((k) => taken[k] === one).slice(0, PAIRS_SHOWN),
        );
  shown.splice(MOST_PAIRS);
  const pixels = bytesOf(training.shape);
  const joined = (parts: readonly Uint8Array[]): Uint8Array => {
    const all = new Uint8Array(parts.length * pixels);
    parts.forEach((part, k) => all.set(part, k * pixels));
    return all;
  };
  return {
    shape: training.shape,
    generated: joined(shown.map((k) => images.subarray(k * pixels, (k + 1) * pixels))),
    training: joined(shown.map((k) => pixelsOf(training, indices[k], 1))),
    distances: shown.map((k) => distances[k]),
  };
}
