import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { npyHeader, parseNpy } from '../../src/data/npy.js';
import { UserError } from '../../src/errors.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

/** A .npy file with a header of this text, padded as NumPy does. */
function npy(description: string, values: Uint8Array): Uint8Array {
  const text = description.padEnd(117, ' ');
  const prefix = Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1');
  return new Uint8Array(Buffer.concat([prefix, Buffer.from(`${text}\n`), values]));
}

const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, k) => k % 251);

/** Three images of 8 x 8 beside labels. */
function withLabels(type: string, shape: readonly number[], labels: Uint8Array): string {
  const place = mkdtempSync(join(folder, 'set-'));
  const images = Buffer.concat([npyHeader('|u1', [3, 8, 8]), bytes(192)]);
  writeFileSync(join(place, 'x_train.npy'), images);
  writeFileSync(join(place, 'y_train.npy'), Buffer.concat([npyHeader(type, shape), labels]));
  return place;
}

const floats = (...values: number[]): Uint8Array => new Uint8Array(new Float32Array(values).buffer);

describe('a .npy file', () => {
  it('of Python 2 has long numbers in its shape', () => {
    const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2L, 8L, 8L), }";
    const { shape, values } = parseNpy(npy(header, bytes(128)), 'a.npy');
    expect([shape, values]).toEqual([[2, 8, 8], bytes(128)]);
  });

  it('in Fortran’s order has its first index change fastest', () => {
    const header = "{'descr': '<U1', 'fortran_order': True, 'shape': (2, 3), }";
    const texts = Buffer.concat([...'adbecf'].map((one) => Buffer.from(`${one}\0\0\0`)));
    const { values } = parseNpy(npy(header, texts), 'a.npy');
    expect(values).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('of half precision holds what IEEE 754 says', () => {
    const header = "{'descr': '>f2', 'fortran_order': False, 'shape': (8,), }";
    // https://en.wikipedia.org/wiki/Half-precision_floating-point_format#Half_precision_examples
    const halves = [0x0001, 0x03ff, 0x0400, 0x3555, 0x3c01, 0x7bff, 0xfc00, 0xc000];
    const data = Buffer.alloc(16);
    halves.forEach((half, k) => data.writeUInt16BE(half, 2 * k));
    expect([...(parseNpy(npy(header, data), 'a.npy').values as Float32Array)]).toEqual([
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      0.333251953125,
      1.0009765625,
      65504,
      -Infinity,
      -2,
    ]);
  });

  it.each([
    ["{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", /has the header/],
    ["{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", /of the type <c8; expected num/],
    ["{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,), }", /has the header/],
    ["{'descr': '|V8', 'fortran_order': False, 'shape': (1,), }", /of the type \|V8; expected/],
    ["{'descr': '|u1', 'fortran_order': True, 'shape': (9, 1), }", /is cut off: its header says/],
  ])('is refused: %s', (header, message) => {
    const read = (): unknown => parseNpy(npy(header, bytes(8)), 'a.npy');
    expect(read).toThrow(UserError);
    expect(read).toThrow(message);
  });
});

describe('labels of NumPy’s', () => {
  it.each([
    ['shares of each class', '<f4', [3, 2], floats(0.9, 0.1, 0.05, 0.95, 1, 0), [0, 1, 0]],
    ['a column', '|u1', [3, 1, 1], Uint8Array.of(2, 0, 1), [2, 0, 1]],
    ['yes and no', '|b1', [3], Uint8Array.of(1, 0, 1), [1, 0, 1]],
    ['a 1 for each class', '|b1', [3, 2], Uint8Array.of(1, 0, 0, 1, 0, 1), [0, 1, 1]],
  ])('are read: %s', async (_, type, shape, labels, expected) => {
    const { train } = await loadImages(withLabels(type, shape, labels));
    expect([...train.labels!]).toEqual(expected);
    expect([...pixelsOf(train)]).toEqual([...bytes(192)]);
  });

  it.each([
    ['a missing one', '<f4', [3], floats(0, NaN, 1), /label 2 of 3 is NaN; expected a number or/],
    ['a class and a writer', '|u1', [3, 2], Uint8Array.of(1, 7, 0, 9, 2, 7), /sum 8; expected one/],
    ['several classes', '|u1', [3, 2], Uint8Array.of(1, 0, 1, 1, 0, 1), /label 2 with the sum 2/],
    ['-1 and 1', '<f4', [3, 2], floats(-1, 1, 1, -1, 1, -1), /label 1 with the sum 0; expected/],
    [
      'none',
      '|u1',
      [],
      Uint8Array.of(1),
      /has 1 label and \S*x_train\.npy has 3 images; expected one/,
    ],
    ['a map', '|u1', [3, 2, 1], Uint8Array.of(1, 0, 0, 1, 0, 1), /has the shape 3 x 2 x 1; exp/],
  ])('are refused: %s', async (_, type, shape, labels, message) => {
    const read = loadImages(withLabels(type, shape, labels));
    await expect(read).rejects.toThrow(UserError);
    await expect(read).rejects.toThrow(message);
  });
});
