import { describe, expect, it } from 'vitest';
import { bytesOf, type ImageShape } from '../../src/data/image-set.js';
import { Random } from '../../src/data/random.js';
import { shiftImages } from '../../src/classifier/shift.js';

/** A channel of a pixel of an image [height, width, channels]; paper outside. */
const pixel = (
  image: Float32Array,
  [height, width, channels]: ImageShape,
  [row, column, channel]: readonly number[],
): number =>
  row < 0 || row >= height || column < 0 || column >= width
    ? -1
    : image[(row * width + column) * channels + channel];

describe('shifting images', () => {
  it.each([
    [28, 28, 1],
    [8, 12, 3],
  ] as const)(
    'moves each of %i x %i x %i as a whole, by every distance up to the most, and brings in paper',
    (...shape) => {
      const COUNT = 400;
      const [, width, channels] = shape;
      const size = bytesOf(shape);
      const random = new Random(3, 'test images');
      const before = new Float32Array(COUNT * size);
      random.uniform(before);
      const after = before.slice();
      shiftImages(after, shape, 2, new Random(1, 'test shifts'));
      const seen = new Set<string>();
      for (let k = 0; k < COUNT; k++) {
        const [from, to] = [before, after].map((all) => all.subarray(k * size, (k + 1) * size));
        const moves: string[] = [];
        for (let down = -2; down <= 2; down++) {
          for (let right = -2; right <= 2; right++) {
            const fits = to.every((x, i) => {
              const place = Math.floor(i / channels);
              const row = Math.floor(place / width) - down;
              return x === pixel(from, shape, [row, (place % width) - right, i % channels]);
            });
            if (fits) moves.push(`${down},${right}`);
          }
        }
        expect(moves).toHaveLength(1);
        seen.add(moves[0]);
      }
      expect(seen.size).toBe(25);
    },
  );

  it('leaves them where they are for a most of 0', () => {
    const images = new Float32Array(784).map((_, i) => i / 784);
    const before = images.slice();
    shiftImages(images, [28, 28, 1], 0, new Random(1, 'test'));
    expect(images).toEqual(before);
  });
});
