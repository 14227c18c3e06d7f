import { idxImagesHeader, idxLabelBytes, idxLabelsHeader } from '../../src/data/idx.js';
import { imagesInMemory, type ImageShape, type LabelledSet } from '../../src/data/image-set.js';
import { numberedClasses } from '../../src/data/data-set.js';

export const DIGIT_SHAPE = [28, 28, 1] as const;
export const TEN = Array.from({ length: 10 }, (_, digit) => String(digit));

/** The IDX file of images, bytes [count, height, width, channels]. */
export function writeIdxImages(pixels: Uint8Array, shape: ImageShape): Uint8Array {
  const count = pixels.length / (shape[0] * shape[1] * shape[2]);
  return new Uint8Array(Buffer.concat([idxImagesHeader(count, shape), pixels]));
}

/** The IDX file of labels [count] of so many classes. */
export const writeIdxLabels = (labels: ArrayLike<number>, classes: number): Uint8Array =>
  new Uint8Array(
    Buffer.concat([idxLabelsHeader(labels.length, classes), idxLabelBytes(labels, classes)]),
  );

/** The IDX file of images [count, 784]. */
export const idxDigits = (pixels: Uint8Array): Uint8Array => writeIdxImages(pixels, DIGIT_SHAPE);

/** The IDX file of labels of ten classes. */
export const idxLabels = (labels: ArrayLike<number>): Uint8Array => writeIdxLabels(labels, 10);

/** A set of digits [count, 784] in memory. */
export function digitSet(pixels: Uint8Array, labels: ArrayLike<number>): LabelledSet {
  const classes = numberedClasses(labels, [9]);
  return imagesInMemory({ pixels, shape: DIGIT_SHAPE, labels, classes }) as LabelledSet;
}
