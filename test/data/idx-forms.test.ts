import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { UserError } from '../../src/errors.js';
import { idxDigits, idxLabels } from '../support/sets.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'gan-mnist-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const pixels = Uint8Array.from({ length: 3 * 784 }, (_, k) => (k * 31 + (k >> 6)) % 251);
const LABELS = [1, 0, 2];
const IMAGES_FILE = idxDigits(pixels);
const LABELS_FILE = idxLabels(LABELS);

/** Files of a set under names of theirs, below a folder of its own. */
function layOut(name: string, files: Record<string, Uint8Array | string>): string {
  for (const [file, bytes] of Object.entries(files)) {
    const path = join(folder, name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.endsWith('.gz') ? gzipSync(bytes) : bytes);
  }
  return join(folder, name);
}

const four = (train: string, test: string, after = ''): Record<string, Uint8Array> => ({
  [`${train}-images-idx3-ubyte${after}`]: IMAGES_FILE,
  [`${train}-labels-idx1-ubyte${after}`]: LABELS_FILE,
  [`${test}-images-idx3-ubyte${after}`]: IMAGES_FILE,
  [`${test}-labels-idx1-ubyte${after}`]: LABELS_FILE,
});

describe('IDX files as they circulate', () => {
  it.each<[string, Record<string, Uint8Array>]>([
    ['plain', four('train', 't10k')],
    ['compressed', four('train', 't10k', '.gz')],
    ['plain and compressed', { ...four('train', 't10k'), ...four('train', 't10k', '.gz') }],
    [
      'Kaggle’s archive, whose folders are called like the files',
      Object.fromEntries(
        Object.entries(four('train', 't10k')).flatMap(([name, bytes]) => [
          [`${name}/${name}`, bytes],
          [name.replace('-idx', '.idx'), bytes],
        ]),
      ),
    ],
    [
      'Kaggle’s archive without the dotted files',
      Object.fromEntries(
        Object.entries(four('train', 't10k')).map(([name, bytes]) => [`${name}/${name}`, bytes]),
      ),
    ],
    [
      'torchvision’s root',
      Object.fromEntries(
        Object.entries(four('train', 't10k')).map(([name, bytes]) => [
          `FashionMNIST/raw/${name}`,
          bytes,
        ]),
      ),
    ],
    [
      'QMNIST',
      {
        'qmnist-train-images-idx3-ubyte.gz': IMAGES_FILE,
        'qmnist-train-labels-idx2-int.gz': qmnistLabels(),
        'qmnist-test-images-idx3-ubyte.gz': IMAGES_FILE,
        'qmnist-test-labels-idx2-int.gz': qmnistLabels(),
      },
    ],
  ])('are read: %s', async (name, files) => {
    const set = await loadImages(layOut(name.replaceAll(/\W/g, '-'), files));
    expect([...set.train.labels!]).toEqual(LABELS);
    expect([...set.test!.labels!]).toEqual(LABELS);
    expect(pixelsOf(set.train)).toEqual(pixels);
    expect(pixelsOf(set.test!)).toEqual(pixels);
    expect([set.shape, set.classes, set.format]).toEqual([[28, 28, 1], ['0', '1', '2'], 'idx']);
  });

  it('are images without labels, or without a test part', async () => {
    const set = await loadImages(layOut('unlabelled', { 'train-images-idx3-ubyte': IMAGES_FILE }));
    expect([set.train.count, set.train.labels, set.classes, set.test]).toEqual([
      3,
      undefined,
      [],
      undefined,
    ]);
    expect(Object.keys(set.digests)).toEqual(['train-images-idx3-ubyte']);
  });

  it('are EMNIST, turned upright and called by their letters', async () => {
    const files = {
      ...four('emnist-letters-train', 'emnist-letters-test', '.gz'),
      'emnist-letters-mapping.txt': '0 65\n1 66 98\n2 67\n',
    };
    const set = await loadImages(layOut('emnist', files));
    const train = pixelsOf(set.train);
    for (let y = 0; y < 28; y++)
      for (let x = 0; x < 28; x++) expect(train[784 + y * 28 + x]).toBe(pixels[784 + x * 28 + y]);
    expect(set.classes).toEqual(['A', 'B', 'C']);
    expect(set.remarks).toEqual([expect.stringMatching(/^EMNIST has rows where/)]);
  });

  it('have images to validate by in the place of a test part, where there is none', async () => {
    const set = await loadImages(layOut('validation', four('train', 'validation')));
    expect([set.test?.count, [...set.test!.labels!]]).toEqual([3, LABELS]);
    const both = { ...four('train', 'validation'), ...four('train', 't10k') };
    both['t10k-images-idx3-ubyte'] = idxDigits(pixels.subarray(784));
    both['t10k-labels-idx1-ubyte'] = idxLabels(LABELS.slice(1));
    expect((await loadImages(layOut('all-parts', both))).test?.count).toBe(2);
  });

  it('are one of several sets of a folder, which has to be named', async () => {
    const several = layOut('several', {
      ...four('emnist-digits-train', 'emnist-digits-test'),
      ...four('emnist-mnist-train', 'emnist-mnist-test'),
    });
    await expect(loadImages(several)).rejects.toThrow(
      new UserError(
        `the data folder ${several} has several sets of IDX files; expected one: name it, as --data ${join(several, 'emnist-digits-')} or --data ${join(several, 'emnist-mnist-')}`,
      ),
    );
    for (const name of ['emnist-digits', 'emnist-digits-', 'emnist-digits-train-images-idx3-ubyte'])
      expect((await loadImages(join(several, name))).train.count).toBe(3);
  });

  it('are refused with a file too few', async () => {
    const lonely = layOut('lonely', { 'train-labels-idx1-ubyte': LABELS_FILE });
    await expect(loadImages(lonely)).rejects.toThrow(
      new UserError(
        `${lonely} has train-labels-idx1-ubyte without the images to it; expected both files`,
      ),
    );
  });
});

/** 32-bit integers in eight columns, of which the first is the class. */
function qmnistLabels(): Uint8Array {
  const bytes = Buffer.alloc(12 + LABELS.length * 32);
  [0x0c02, LABELS.length, 8].forEach((word, k) => bytes.writeUInt32BE(word, 4 * k));
  LABELS.forEach((label, k) => {
    bytes.writeUInt32BE(label, 12 + 32 * k);
    bytes.writeUInt32BE(77, 16 + 32 * k);
  });
  return bytes;
}

describe('a test part', () => {
  it('is set aside by the seed, the same each time, and is none of the training images', async () => {
    const many = Uint8Array.from({ length: 20 * 784 }, (_, k) => Math.floor(k / 784));
    const path = layOut('share', {
      'train-images-idx3-ubyte': idxDigits(many),
      'train-labels-idx1-ubyte': idxLabels(Array.from({ length: 20 }, (_, k) => k % 2)),
    });
    const numbers = async (seed: number) => {
      const { train, test } = await loadImages(path, { testShare: 0.25, seed });
      const of = (set: typeof train) =>
        Array.from({ length: set.count }, (_, k) => pixelsOf(set, k, 1)[0]);
      expect(of(train).map((n) => n % 2)).toEqual([...train.labels!]);
      return [of(train), of(test!)];
    };
    const [train, test] = await numbers(1);
    expect([train.length, test.length]).toEqual([15, 5]);
    expect([...train, ...test].sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
    expect(await numbers(1)).toEqual([train, test]);
    expect((await numbers(2))[1]).not.toEqual(test);
    await expect(loadImages(path, { testShare: 0.001 })).rejects.toThrow(
      /^--test-share: found 0.001, which is 0 of 20/,
    );
    await expect(loadImages(undefined, { testShare: 0.1 })).rejects.toThrow(
      /has 10000 test images of its own/,
    );
  });

  it('are read in the other order of bytes, which is said', async () => {
    const swapped = (bytes: Uint8Array, words: number): Uint8Array => {
      const copy = Buffer.from(bytes);
      copy.subarray(0, 4 * words).swap32();
      return copy;
    };
    const set = await loadImages(
      layOut('little', {
        'train-images-idx3-ubyte': swapped(IMAGES_FILE, 4),
        'train-labels-idx1-ubyte': swapped(LABELS_FILE, 2),
      }),
    );
    expect(pixelsOf(set.train)).toEqual(pixels);
    expect([...set.train.labels!]).toEqual(LABELS);
    expect(set.remarks).toEqual([
      expect.stringMatching(/train-images-idx3-ubyte has its numbers in little-endian order/),
      expect.stringMatching(/train-labels-idx1-ubyte has its numbers in little-endian order/),
    ]);
  });

  it('of 0 and 1 are stretched, which is said', async () => {
    const bits = pixels.map((value) => value % 2);
    const train = idxDigits(bits);
    const set = await loadImages(
      layOut('bits', { ...four('train', 't10k'), 'train-images-idx3-ubyte': train }),
    );
    expect(pixelsOf(set.train)).toEqual(bits);
    expect(pixelsOf(set.test!)).toEqual(pixels);
    expect(set.remarks).toEqual([
      expect.stringMatching(
        /training images of 0 to 1 and test images of 0 to 255: both .* by one/,
      ),
    ]);
    const own = await loadImages(
      layOut('own-bits', {
        ...four('train', 't10k'),
        'train-images-idx3-ubyte': train,
        't10k-images-idx3-ubyte': train,
      }),
    );
    for (const part of [own.train, own.test!])
      expect(pixelsOf(part)).toEqual(bits.map((value) => 255 * value));
    expect(own.remarks).toEqual([
      expect.stringMatching(/has pixels from 0 to 1, which are stretched/),
    ]);
  });
});
