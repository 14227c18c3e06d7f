import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkSameCount,
  parseIdxImages,
  parseIdxLabels,
  writeIdxImages,
  writeIdxLabels,
} from '../../src/data/idx.js';
import { UserError } from '../../src/errors.js';
import { fuzz, FUZZ_TIMEOUT } from '../support/fuzz.js';

/** The example of the format's description, byte by byte: two images, then their labels. */
const IMAGES_HEADER = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28];
const LABELS_HEADER = [0, 0, 8, 1, 0, 0, 0, 3];

const pixels = Uint8Array.from({ length: 2 * 784 }, (_, i) => i % 256);
const images = Uint8Array.from([...IMAGES_HEADER, ...pixels]);
const labels = Uint8Array.from([...LABELS_HEADER, 7, 0, 9]);

const someImages = fc
  .nat(3)
  .chain((n) => fc.uint8Array({ minLength: (n + 1) * 784, maxLength: (n + 1) * 784 }));
const someLabels = fc.uint8Array({ min: 0, max: 9, minLength: 1, maxLength: 50 });

describe('IDX', () => {
  it('reads and writes the published layout', () => {
    expect(parseIdxImages(images, 'a')).toEqual(pixels);
    expect(writeIdxImages(pixels)).toEqual(images);
    expect(parseIdxLabels(labels, 'b')).toEqual(Uint8Array.of(7, 0, 9));
    expect(writeIdxLabels(Uint8Array.of(7, 0, 9))).toEqual(labels);
  });

  it('reads a part of a larger buffer, and copies nothing', () => {
    const larger = new Uint8Array(images.length + 5);
    larger.set(images, 3);
    const read = parseIdxImages(larger.subarray(3, 3 + images.length), 'a');
    expect(read).toEqual(pixels);
    expect(read.buffer).toBe(larger.buffer);
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(someImages, (set) => {
        expect(parseIdxImages(writeIdxImages(set), 'a')).toEqual(set);
      }),
      { numRuns: 50 },
    );
    fc.assert(
      fc.property(someLabels, (set) => {
        expect(parseIdxLabels(writeIdxLabels(set), 'b')).toEqual(set);
      }),
    );
  });

  it('writes no half image and no label above 9', () => {
    expect(() => writeIdxImages(new Uint8Array(785))).toThrow(RangeError);
    expect(() => writeIdxLabels(Uint8Array.of(1, 10))).toThrow(RangeError);
  });

  it.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), 'f is empty; expected an IDX file of images'],
    [
      'three bytes',
      images.slice(0, 3),
      'f is cut off: it has 3 bytes; expected a header of 16 and then images',
    ],
    [
      'half a header',
      images.slice(0, 15),
      'f is cut off: it has 15 bytes; expected a header of 16 and then images',
    ],
    [
      'labels',
      labels,
      'f begins with the magic number 2049 (labels); expected 2051, an IDX file of images',
    ],
    [
      'text',
      new TextEncoder().encode('<!DOCTYPE html>'),
      'f begins with the magic number 1008813135; expected 2051, an IDX file of images',
    ],
    [
      '29 rows',
      images.with(11, 29),
      'f holds images of 29 x 28 pixels; expected 28 x 28',
    ],
    ['no columns', images.with(15, 0), 'f holds images of 28 x 0 pixels; expected 28 x 28'],
    ['no images', images.slice(0, 16).with(7, 0), 'f holds 0 images; expected at least 1'],
    [
      'a byte too few',
      images.slice(0, -1),
      'f is cut off: its header says 2 images, for which 1584 bytes are expected, and it has 1583',
    ],
    [
      'a byte too many',
      Uint8Array.from([...images, 0]),
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
      'f is cut off: it has 7 bytes; expected a header of 8 and then labels',
    ],
    [
      'images',
      images,
      'f begins with the magic number 2051 (images); expected 2049, an IDX file of labels',
    ],
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
    ['a label above 9', labels.with(9, 10), 'f: label 2 of 3 is 10; expected a digit from 0 to 9'],
  ])('refuses labels: %s', (_, bytes, message) => {
    expectUserError(() => parseIdxLabels(bytes, 'f'), message);
  });

  it('refuses sets whose counts differ', () => {
    checkSameCount(pixels, Uint8Array.of(1, 2), 'i', 'l');
    expectUserError(
      () => checkSameCount(pixels, Uint8Array.of(1), 'i', 'l'),
      'l has 1 label and i has 2 images; expected one label for each image',
    );
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

  it('are read as what they hold or refused with a UserError', { timeout: FUZZ_TIMEOUT }, async () => {
    await fuzz('IDX images', hostile, (bytes) => {
      expect(writeIdxImages(parseIdxImages(bytes, 'f'))).toEqual(bytes);
    }, /^f.*expected.*$/);
    await fuzz('IDX labels', hostile, (bytes) => {
      expect(writeIdxLabels(parseIdxLabels(bytes, 'f'))).toEqual(bytes);
    }, /^f.*expected.*$/);
  });
});

function expectUserError(action: () => unknown, message: string): void {
  expect(action).toThrow(UserError);
  expect(action).toThrow(new UserError(message));
}
