import { describe, expect, it } from 'vitest';
import { Random } from '../../src/data/random.js';
import { shiftImages } from '../../src/classifier/shift.js';

const pixel = (image: Float32Array, row: number, column: number): number =>
  row < 0 || row > 27 || column < 0 || column > 27 ? -1 : image[row * 28 + column];

describe('shifting images', () => {
  it('moves each as a whole, by every distance up to the most, and brings in paper', () => {
    const COUNT = 400;
    const random = new Random(3, 'test images');
    const before = new Float32Array(COUNT * 784);
    random.uniform(before);
    const after = before.slice();
    shiftImages(after, 2, new Random(1, 'test shifts'));
    const seen = new Set<string>();
    for (let k = 0; k < COUNT; k++) {
      const [from, to] = [before, after].map((all) => all.subarray(k * 784, (k + 1) * 784));
      const moves: string[] = [];
      for (let down = -2; down <= 2; down++) {
        for (let right = -2; right <= 2; right++) {
          const fits = to.every(
            (x, i) => x === pixel(from, Math.floor(i / 28) - down, (i % 28) - right),
          );
          if (fits) moves.push(`${down},${right}`);
        }
      }
      expect(moves).toHaveLength(1);
      seen.add(moves[0]);
    }
    expect(seen.size).toBe(25);
  });

  it('leaves them where they are for a most of 0', () => {
    const images = new Float32Array(784).map((_, i) => i / 784);
    const before = images.slice();
    shiftImages(images, 0, new Random(1, 'test'));
    expect(images).toEqual(before);
  });
});
