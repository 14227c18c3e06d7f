import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idxLabelBytes, parseIdxImages, parseIdxLabels } from '../../src/data/idx.js';
import type { ImageShape } from '../../src/data/image-set.js';
import { UserError } from '../../src/errors.js';
import { fuzz, FUZZ_TIMEOUT } from '../support/fuzz.js';
import {
  DIGIT_SHAPE,
  idxDigits,
  idxLabels,
  writeIdxImages,
  writeIdxLabels,
} from '../support/sets.js';

/** The example of the format's description, byte by byte: two images, then their labels. */
const IMAGES_HEADER = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28];
const LABELS_HEADER = [0, 0, 8, 1, 0, 0, 0, 3];

const pixels = Uint8Array.from({ length: 2 * 784 }, (_, i) => i % 256);
const images = Uint8Array.from([...IMAGES_HEADER, ...pixels]);
const labels = Uint8Array.from([...LABELS_HEADER, 7, 0, 9]);

const someImages = fc
  .tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom(1, 3),
    fc.integer({ min: 1, max: 4 }),
  )
  .chain(([height, width, channels, count]) => {
    const length = count * height * width * channels;
    return fc.record({
      shape: fc.constant<ImageShape>([height, width, channels]),
      pixels: fc.uint8Array({ minLength: length, maxLength: length }),
    });
  });
const someLabels = fc.constantFrom(10, 256, 257, 1000).chain((classes) =>
  fc.record({
    classes: fc.constant(classes),
    labels: fc.array(fc.nat(classes - 1), { minLength: 1, maxLength: 50 }),
  }),
);

describe('IDX', () => {
  it('reads and writes the published layout', () => {
    expect(parseIdxImages(images, 'a')).toEqual({ pixels, shape: DIGIT_SHAPE, count: 2 });
    expect(idxDigits(pixels)).toEqual(images);
    expect(parseIdxLabels(labels, 'b')).toEqual(Uint16Array.of(7, 0, 9));
    expect(idxLabels([7, 0, 9])).toEqual(labels);
  });

  it('has a dimension more for colours, and 32 bits for more classes than a byte has', () => {
    const rgb = Uint8Array.from({ length: 24 }, (_, k) => k);
    const coloured = Uint8Array.from([
      0,
      0,
      8,
      4,
      0,
      0,
      0,
      2,
      0,
      0,
      0,
      2,
      0,
      0,
      0,
      2,
      0,
      0,
      0,
      3,
      ...rgb,
    ]);
    expect(writeIdxImages(rgb, [2, 2, 3])).toEqual(coloured);
    expect(parseIdxImages(coloured, 'a')).toEqual({ pixels: rgb, shape: [2, 2, 3], count: 2 });
    const wide = Uint8Array.of(0, 0, 12, 1, 0, 0, 0, 2, 0, 0, 3, 231, 0, 0, 0, 5);
    expect(writeIdxLabels([999, 5], 1000)).toEqual(wide);
    expect(parseIdxLabels(wide, 'b')).toEqual(Uint16Array.of(999, 5));
    expect(idxLabelBytes([255], 256)).toEqual(Uint8Array.of(255));
  });

  it('takes the first column of QMNIST’s labels', () => {
    const words = [7, 1, 2, 3, 4, 5, 6, 7, 0, 8, 8, 8, 8, 8, 8, 8];
    const bytes = words.flatMap((word) => [0, 0, 0, word]);
    const qmnist = Uint8Array.from([0, 0, 12, 2, 0, 0, 0, 2, 0, 0, 0, 8, ...bytes]);
    expect([...parseIdxLabels(qmnist, 'q')]).toEqual([7, 0]);
  });

  it('takes the column of the 1 of one-hot labels, and no table of bytes else', () => {
    const table = (type: number, values: readonly number[]): Uint8Array =>
      Uint8Array.from([0, 0, type, 2, 0, 0, 0, 3, 0, 0, 0, 2, ...values]);
    const words = [0, 1, 1, 0, 0, 1].flatMap((word) => [0, 0, 0, word]);
    for (const bytes of [table(8, [0, 1, 1, 0, 0, 1]), table(12, words)])
      expect([...parseIdxLabels(bytes, 'l')]).toEqual([1, 0, 1]);
    for (const values of [
      [0, 1, 1, 1, 0, 1],
      [0, 1, 0, 0, 0, 1],
      [0, 2, 1, 0, 0, 1],
    ])
      expect(() => parseIdxLabels(table(8, values), 'l')).toThrow(
        /^l holds unsigned bytes of 3 x 2; expected one label for each image, or a 1 in the column/,
      );
  });

  it('reads a part of a larger buffer, and copies nothing', () => {
    const larger = new Uint8Array(images.length + 5);
    larger.set(images, 3);
    const read = parseIdxImages(larger.subarray(3, 3 + images.length), 'a');
    expect(read.pixels).toEqual(pixels);
    expect(read.pixels.buffer).toBe(larger.buffer);
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(someImages, ({ pixels: some, shape }) => {
        const read = parseIdxImages(writeIdxImages(some, shape), 'a');
        expect(read.pixels).toEqual(some);
        expect(read.shape).toEqual(shape);
      }),
    );
    fc.assert(
      fc.property(someLabels, ({ labels: some, classes }) => {
        expect([...parseIdxLabels(writeIdxLabels(some, classes), 'b')]).toEqual(some);
      }),
    );
  });

  it.each([
    [
      'version https://git-lfs.github.com/spec/v1',
      'a Git LFS pointer (git lfs pull fetches the file)',
    ],
    ['\x1f\x8b\x08\0', 'gzip data within gzip data (gunzip it once)'],
    ['PK\x03\x04', 'a zip archive (unpack it)'],
    ['BZh91AY', 'bzip2 data (bunzip2 it)'],
    ['\x93NUMPY', 'an array of NumPy (name it .npy)'],
    ['\x89PNG', 'a picture'],
  ])('names what begins with %j', (start, found) => {
    expect(() => parseIdxImages(Buffer.from(start, 'latin1'), 'f')).toThrow(
      `f begins with ${found}; expected two zero bytes`,
    );
  });

  it.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), 'f is empty; expected an IDX file of images'],
    [
      'three bytes',
      images.slice(0, 3),
      'f is cut off: it has 3 bytes; expected a header and then images',
    ],
    [
      'half a header',
      images.slice(0, 15),
      'f is cut off: it has 15 bytes; expected a header and then images',
    ],
    ['labels', labels, 'f has 1 dimension, as labels have; expected an IDX file of images'],
    [
      'text',
      new TextEncoder().encode('<!DOCTYPE html>'),
      'f begins with HTML (a page instead of the file); expected two zero bytes, a type and a number of dimensions, as an IDX file of images has',
    ],
    [
      'floats',
      images.with(2, 13),
      'f holds 32-bit floats of 2 x 28 x 28; expected unsigned bytes of images, rows and columns (and 3 channels)',
    ],
    ['no columns', images.with(15, 0), 'f holds images of 28 x 0 pixels; expected at least 1'],
    ['no images', images.slice(0, 16).with(7, 0), 'f holds 0 images; expected at least 1'],
    [
      'a byte too few',
      images.slice(0, -1),
      'f is cut off: its header says 2 images, for which 1584 bytes are expected, and it has 1583',
    ],
    [
      'a byte too many',
      Uint8Array.from([...images, 7]),
      'f goes on after its end: its header says 2 images, for which 1584 bytes are expected, and it has 1585',
    ],
    [
      'a header that claims 3 TB',
      images.with(4, 255).with(5, 255).with(6, 255).with(7, 255),
      'f is cut off: its header says 4294967295 images, for which 3367254359296 bytes are expected, and it has 1584',
    ],
  ])('refuses images: %s', (_, bytes, message) => {
    expectUserError(() => parseIdxImages(bytes, 'f'), message);
  });

  it.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), 'f is empty; expected an IDX file of labels'],
    [
      'half a header',
      labels.slice(0, 7),
      'f is cut off: it has 7 bytes; expected a header and then labels',
    ],
    ['images', images, 'f has 3 dimensions, as images have; expected an IDX file of labels'],
    ['no labels', labels.slice(0, 8).with(7, 0), 'f holds 0 labels; expected at least 1'],
    [
      'a label too few',
      labels.slice(0, -1),
      'f is cut off: its header says 3 labels, for which 11 bytes are expected, and it has 10',
    ],
    [
      'a label too many',
      labels.with(7, 1),
      'f goes on after its end: its header says 1 label, for which 9 bytes are expected, and it has 11',
    ],
    [
      'a label below 0',
      Uint8Array.of(0, 0, 12, 1, 0, 0, 0, 1, 255, 255, 255, 255),
      'f: label 1 of 1 is -1; expected 0 to 65535',
    ],
  ])('refuses labels: %s', (_, bytes, message) => {
    expectUserError(() => parseIdxLabels(bytes, 'f'), message);
  });
});

describe('hostile IDX bytes', () => {
  /** A good file, some of whose first bytes are overwritten and which is then cut or lengthened. */
  const damaged = fc
    .record({
      file: fc.constantFrom(images, labels),
      flips: fc.array(fc.tuple(fc.nat(19), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
      length: fc.option(fc.oneof(fc.nat(24), fc.nat(images.length + 9)), { nil: undefined }),
    })
    .map(({ file, flips, length }) => {
      const bytes = Uint8Array.from({ length: length ?? file.length }, (_, i) => file[i]);
      for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
      return bytes;
    });
  const hostile = fc.oneof(damaged, fc.uint8Array({ maxLength: 100 }));

  it(
    'are read as what they hold or refused with a UserError',
    { timeout: FUZZ_TIMEOUT },
    async () => {
      await fuzz(
        'IDX images',
        hostile,
        (bytes) => {
          const { pixels: some, shape, count } = parseIdxImages(bytes, 'f');
          expect(some).toHaveLength(count * shape[0] * shape[1] * shape[2]);
        },
        /^f.*expected.*$/,
      );
      await fuzz(
        'IDX labels',
        hostile,
        (bytes) => {
          expect(parseIdxLabels(bytes, 'f').length).toBeLessThan(bytes.length);
        },
        /^f.*expected.*$/,
      );
    },
  );
});

function expectUserError(action: () => unknown, message: string): void {
  expect(action).toThrow(UserError);
  expect(action).toThrow(new UserError(message));
}
