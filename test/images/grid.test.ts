import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridImage, tilesOfGrid, toBytes } from '../../src/images/grid.js';
import { decodePng, encodePng } from '../../src/images/png.js';
import { DIGIT_SHAPE } from '../support/sets.js';

/** Digits of one tone each, so that a pixel tells which tile it is in. */
function tones(...values: number[]): Float32Array {
  return Float32Array.from({ length: values.length * 784 }, (_, i) => values[Math.floor(i / 784)]);
}

describe('gridImage', () => {
  it('leaves a gap of a pixel between and around the tiles, of two where they are enlarged', () => {
    const grid = gridImage(tones(-1, 1, 0), DIGIT_SHAPE, 2, 1);
    expect([grid.width, grid.height]).toEqual([1 + 28 + 1 + 28 + 1, 1 + 28 + 1 + 28 + 1]);
    const at = (x: number, y: number) => grid.pixels[y * grid.width + x];
    expect([at(0, 0), at(1, 1), at(28, 28), at(29, 1), at(30, 1)]).toEqual([96, 0, 0, 96, 255]);
    expect([at(1, 30), at(30, 30)]).toEqual([128, 96]);
    expect(gridImage(tones(-1, 1, 0), DIGIT_SHAPE, 2, 2).width).toBe(2 * grid.width);
  });

  it('enlarges each pixel of a digit by a whole factor', () => {
    const digit = new Float32Array(784).fill(-1);
    digit[29] = 1; // second row, second column
    const grid = gridImage(digit, DIGIT_SHAPE, 1, 3);
    expect(grid.width).toBe(2 + 84 + 2);
    const white = [...grid.pixels.keys()].filter((i) => grid.pixels[i] === 255);
    const rows = [5, 6, 7].map((y) => [5, 6, 7].map((x) => y * grid.width + x));
    expect(white).toEqual(rows.flat());
  });

  it('is undone by tilesOfGrid for images of any shape', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 16 }),
        fc.integer({ min: 2, max: 16 }),
        fc.constantFrom(1, 3),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        (quarters, others, channels, count, columns) => {
          const shape = [4 * quarters, 4 * others, channels] as const;
          const size = shape[0] * shape[1] * channels;
          // Each image begins with another tone than the background's.
          const images = Uint8Array.from({ length: count * size }, (_, i) =>
            i % size === 0 ? 7 : (i * 31) & 255,
          );
          const grid = gridImage(images, shape, columns);
          expect(grid.channels).toBe(channels);
          expect(tilesOfGrid(grid, shape)).toEqual(images);
          expect(tilesOfGrid(decodePng(encodePng(grid), 'x'), shape)).toEqual(images);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is undone by tilesOfGrid', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(999),
        (count, columns, scale, salt) => {
          const digits = Uint8Array.from(
            { length: count * 784 },
            (_, i) => i * 31 + ((i * salt) >> 3),
          );
          expect(
            tilesOfGrid(gridImage(digits, DIGIT_SHAPE, columns, scale), DIGIT_SHAPE, scale),
          ).toEqual(digits);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('refuses what is no grid', () => {
    expect(() => gridImage(new Float32Array(783), DIGIT_SHAPE, 1)).toThrow('found 783 values');
    expect(() => gridImage(new Float32Array(784), DIGIT_SHAPE, 0)).toThrow('columns');
    expect(() => gridImage(new Float32Array(784), DIGIT_SHAPE, 1, 1.5)).toThrow('scale');
    const odd = { width: 50, height: 32, channels: 1 as const, pixels: new Uint8Array(1600) };
    expect(() => tilesOfGrid(odd, DIGIT_SHAPE, 1)).toThrow('a side of 50 pixels');
  });
});

describe('toBytes', () => {
  it('takes [-1, 1] to 0..255 and clips what lies outside', () => {
    expect([...toBytes(Float32Array.of(-1, 1, 0.5, -9, 9, NaN))]).toEqual([0, 255, 191, 0, 255, 0]);
  });

  it('brings every byte back that was scaled to [-1, 1]', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(toBytes(Float32Array.from(bytes, (byte) => byte / 127.5 - 1))).toEqual(bytes);
  });
});
