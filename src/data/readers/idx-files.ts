import { UserError } from '../../errors.js';
import { quantity } from '../../names.js';
import { readBounded } from '../bounded-read.js';
import { numberedClasses } from '../data-set.js';
import { parseIdxImages, parseIdxLabels, type IdxImages } from '../idx.js';
import { rescale, scaleOfSet } from '../pixel-scale.js';
import { bytesOf, imagesInMemory, type ImageSet } from '../image-set.js';

/** The files of a part, as paths. */
export interface IdxPart {
  readonly images: string;
  /** Absent for images without labels. */
  readonly labels?: string;
}

export interface IdxFiles {
  readonly train: IdxPart;
  readonly test?: IdxPart;
}

export interface IdxLayout {
  /** EMNIST has rows where others have columns. */
  readonly transposed?: boolean;
  /** Names of classes, by label; without them classes are called by their numbers. */
  readonly classes?: readonly string[];
  /** Whether pixels are bytes, whatever their range. */
  readonly known?: boolean;
}

/** The most bytes of a file, decompressed: a million images of 28 x 28 and a third more. */
const MAXIMUM_BYTES = 2 ** 30;

/**
 * Reads the IDX files of a data set, each as it is or compressed by gzip.
 *
 * @throws UserError that says which file is wrong, and how.
 */
export function readIdxFiles(
  { train, test }: IdxFiles,
  { transposed = false, classes, known = false }: IdxLayout = {},
): { train: ImageSet; test?: ImageSet; remarks: readonly string[] } {
  const remarks: string[] = [];
  const parts = [train, test].map((part) => part && readPart(part, remarks));
  const pixels = parts.flatMap((part) => (part === undefined ? [] : [part.images.pixels]));
  const scale = scaleOfSet(pixels, known, train.images);
  for (const own of pixels) rescale(own, scale);
  if (scale.remark !== undefined) remarks.push(scale.remark);
  // Labels of one part alone are of no use.
  const labelled = parts.every((part) => part === undefined || part.labels !== undefined);
  const names = !labelled ? [] : (classes ?? numberedClasses(...parts.map((part) => part?.labels)));
  const [first, second] = parts.map(
    (part) =>
      part &&
      imagesInMemory({
        pixels: transposed ? transposedPixels(part.images) : part.images.pixels,
        shape: transposed
          ? [part.images.shape[1], part.images.shape[0], part.images.shape[2]]
          : part.images.shape,
        classes: names,
        ...(labelled && { labels: part.labels }),
      }),
  );
  return { train: first!, ...(second && { test: second }), remarks };
}

function readPart(
  { images: imagesFile, labels: labelsFile }: IdxPart,
  remarks: string[],
): {
  images: IdxImages;
  labels?: Uint16Array;
} {
  const remark = (sentence: string): void => void remarks.push(sentence);
  const bytesIn = (path: string): Uint8Array => readBounded(path, MAXIMUM_BYTES);
  const images = parseIdxImages(bytesIn(imagesFile), imagesFile, remark);
  if (labelsFile === undefined) return { images };
  const labels = parseIdxLabels(bytesIn(labelsFile), labelsFile, remark);
  if (images.count !== labels.length)
    throw new UserError(
      `${labelsFile} has ${quantity(labels.length, 'labels')} and ${imagesFile} has ${quantity(images.count, 'images')}; expected one label for each image`,
    );
  return { images, labels };
}

function transposedPixels({ pixels, shape, count }: IdxImages): Uint8Array {
  const [height, width, channels] = shape;
  const turned = new Uint8Array(pixels.length);
  const size = bytesOf(shape);
  for (let image = 0; image < count; image++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let channel = 0; channel < channels; channel++)
          turned[image * size + (x * height + y) * channels + channel] =
            pixels[image * size + (y * width + x) * channels + channel];
  return turned;
}
