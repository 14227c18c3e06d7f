import { UserError } from '../../errors.js';
import { readBounded } from '../bounded-read.js';
import { numberedClasses } from '../data-set.js';
import { isLittleEndian, parseIdxImages, parseIdxLabels, type IdxImages } from '../idx.js';
import { FEW_SHADES, rangeOf, scaleFor } from '../pixel-scale.js';
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
  if (!known) stretch(parts[0]!.images, parts[1]?.images, train.images, remarks);
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
  const bytesIn = (path: string): Uint8Array => {
    const bytes = readBounded(path, MAXIMUM_BYTES);
    if (isLittleEndian(bytes))
      remarks.push(`${path} has its numbers in little-endian order, and is read so`);
    return bytes;
  };
  const images = parseIdxImages(bytesIn(imagesFile), imagesFile);
  if (labelsFile === undefined) return { images };
  const labels = parseIdxLabels(bytesIn(labelsFile), labelsFile);
  if (images.count !== labels.length)
    throw new UserError(
      `${labelsFile} has ${labels.length} ${labels.length === 1 ? 'label' : 'labels'} and ${imagesFile} has ` +
        `${images.count} ${images.count === 1 ? 'image' : 'images'}; expected one label for each image`,
    );
  return { images, labels };
}

/** Pixels of few shades, as 0 and 1, become 0 to 255, by the range of the training images. */
function stretch(
  train: IdxImages,
  test: IdxImages | undefined,
  path: string,
  remarks: string[],
): void {
  // Most sets have a bright pixel in their first image.
  if (train.pixels.some((value) => value > FEW_SHADES)) return;
  const { toByte, max, remark } = scaleFor(rangeOf(train.pixels), false, path);
  if (remark === undefined || test?.pixels.some((value) => value > max)) return;
  for (const part of [train, test])
    part?.pixels.forEach((value, k) => (part.pixels[k] = toByte(value)));
  remarks.push(remark);
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
