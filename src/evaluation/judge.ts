import type { Classifier } from '../classifier/classifier.js';
import { bytesOf, type ImageShape } from '../data/image-set.js';

/** What is said of images. */
export interface Seen {
  /** [n, length of the features] */
  readonly features: Float32Array;
  /** [n]: the likeliest class and its probability; absent where nobody knows classes. */
  readonly labels?: Uint16Array;
  readonly confidences?: Float32Array;
}

/** What compares images: a classifier, or for images without labels what needs no training. */
export interface Judge {
  /** Bytes of an image. */
  readonly pixels: number;
  /** Length of an image's features. */
  readonly features: number;
  /** 0 where it knows none. */
  readonly classes: number;
  /** What it is, for evaluation.json: the SHA-256 of a classifier's weights, or a name. */
  readonly extractor: string;
  /**
   * @param images [n, height, width, channels] in [-1, 1], or bytes.
   * @throws the signal's reason, once it has come.
   */
  see(images: Float32Array | Uint8Array, signal?: AbortSignal): Promise<Seen>;
}

/** @param digest of its weights. */
export const classifyingJudge = (classifier: Classifier, digest: string): Judge => ({
  pixels: classifier.pixels,
  features: classifier.features,
  classes: classifier.classes,
  extractor: digest,
  see: (images, signal) => classifier.classify(images, signal),
});

/** Side of a thumbnail. */
const SIDE = 8;

/**
 * The judge of images without labels: features are the tones of a thumbnail of 8 x 8, each the mean of the pixels that lie in it, from 0 to 1.
 * It sees where what tones are and no fine detail; it needs no training, and means the same for every set.
 */
export function thumbnailJudge(shape: ImageShape): Judge {
  const [height, width, channels] = shape;
  const pixels = bytesOf(shape);
  const features = SIDE * SIDE * channels;
  const [rows, columns] = [height, width].map(sharesOf);
  return {
    pixels,
    features,
    classes: 0,
    extractor: `thumbnails of ${SIDE} x ${SIDE}`,
    see: async (images, signal) => {
      signal?.throwIfAborted();
      const count = images.length / pixels;
      const all = new Float32Array(count * features);
      const [scale, shift] = images instanceof Float32Array ? [1 / 2, 1 / 2] : [1 / 255, 0];
      for (let image = 0; image < count; image++)
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++)
            for (const [row, down] of rows[y])
              for (const [column, across] of columns[x])
                for (let channel = 0; channel < channels; channel++) {
                  const value = images[image * pixels + (y * width + x) * channels + channel];
                  all[image * features + (row * SIDE + column) * channels + channel] +=
                    (value * scale + shift) * down * across;
                }
      return { features: all };
    },
  };
}

/** For each pixel along an axis: the cells of the thumbnail that it lies in, and what share of the cell it is. */
function sharesOf(side: number): (readonly [cell: number, share: number])[][] {
  const length = side / SIDE;
  return Array.from({ length: side }, (_, pixel) => {
    const shares: [number, number][] = [];
    for (let cell = 0; cell < SIDE; cell++) {
      const overlap = Math.min(pixel + 1, (cell + 1) * length) - Math.max(pixel, cell * length);
      if (overlap > 0) shares.push([cell, overlap / length]);
    }
    return shares;
  });
}
