import { describe, expect, it } from 'vitest';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadMnist } from '../../src/data/mnist.js';
import type { Picture } from '../../src/data/pictures/picture.js';
import { Random } from '../../src/data/random.js';
import { centred } from '../../src/projection/centred.js';

const mnist = loadMnist();
const SHAPE = [28, 28, 1] as const;

/** A digit of MNIST as somebody may have it: larger, off the middle, dark on uneven light paper, with noise. */
function photographed(digit: Uint8Array, scale: number, noise: number): Picture {
  const [width, height] = [28 * scale + 70, 28 * scale + 40];
  const pixels = new Uint8Array(width * height);
  const random = new Float32Array(width * height);
  new Random(1, 'noise').normal(random);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [row, column] = [Math.floor((y - 30) / scale), Math.floor((x - 8) / scale)];
      const inside = row >= 0 && row < 28 && column >= 0 && column < 28;
      const ink = inside ? digit[row * 28 + column] : 0;
      const value = 230 - (10 * x) / width - 0.75 * ink + noise * random[y * width + x];
      pixels[y * width + x] = Math.max(0, Math.min(255, Math.round(value)));
    }
  return { width, height, channels: 1, pixels };
}

const difference = (a: Uint8Array, b: Uint8Array): number =>
  Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0) / a.length) / 255;

describe('a picture, centred as MNIST has its digits', () => {
  it('is an image of MNIST where it is one: its own centring comes out again', () => {
    let same = 0;
    for (let k = 0; k < 100; k++) {
      const pixels = pixelsOf(mnist.test, k, 1);
      const found = centred({ width: 28, height: 28, channels: 1, pixels }, SHAPE, 'image');
      if (difference(found, pixels) < 0.05) same++;
    }
    // The others differ by a pixel's place: MNIST centred them before it rounded to bytes.
    expect(same).toBeGreaterThan(85);
  });

  it.each([
    ['large, dark on light', 9, 0],
    ['with noise and uneven paper', 6, 3],
    ['about as small', 1, 0],
  ])('is the digit that was photographed: %s', (_, scale, noise) => {
    for (let k = 0; k < 10; k++) {
      const digit = pixelsOf(mnist.test, k, 1);
      const found = centred(photographed(digit, scale, noise), SHAPE, 'photo');
      expect(difference(found, digit)).toBeLessThan(0.16);
    }
  });

  it('has its longer side in 20 pixels, its centre of mass in the middle', () => {
    const pixels = new Uint8Array(100 * 300).fill(255);
    for (let y = 20; y < 60; y++) for (let x = 200; x < 290; x++) pixels[y * 300 + x] = 0;
    const found = centred({ width: 300, height: 100, channels: 1, pixels }, SHAPE, 'bar');
    const rows = new Set<number>();
    const columns = new Set<number>();
    found.forEach((value, i) => {
      if (value < 128) return;
      rows.add(Math.floor(i / 28));
      columns.add(i % 28);
    });
    expect([columns.size, rows.size]).toEqual([20, 9]);
    // A middle between two pixels: MNIST's images have the later one.
    expect([Math.min(...columns), Math.max(...columns)]).toEqual([5, 24]);
    expect(Math.min(...rows)).toBe(10);
  });

  it('is refused where nothing is drawn', () => {
    const pixels = new Uint8Array(50 * 50).fill(200);
    pixels[1275] = 203;
    expect(() => centred({ width: 50, height: 50, channels: 1, pixels }, SHAPE, 'a.png')).toThrow(
      /^a\.png: found nothing that stands out/,
    );
  });
});
