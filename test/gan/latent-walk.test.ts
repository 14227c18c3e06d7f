import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gridInputs, latentPoint, latentWalk, walkInputs } from '../../src/gan/inputs.js';

const usual = { latentSize: 100, latent: 'uniform' } as const;
const norm = (z: Float32Array): number => Math.hypot(...z);

it('begins and ends each leg at its points, and turns evenly with evenly changing length', () => {
  // A quarter of a circle: the steps are its thirds, at 30 and 60 degrees.
  const walk = latentWalk([Float32Array.of(2, 0), Float32Array.of(0, 2)], 4);
  const expected = [2, 0, Math.sqrt(3), 1, 1, Math.sqrt(3), 0, 2];
  expected.forEach((value, i) => expect(walk[i]).toBeCloseTo(value, 6));
});

it('keeps the usual length of z on the way between any two seeds', () => {
  const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(seed, seed, (a, b) => {
      const points = [latentPoint(a, usual), latentPoint(b, usual)];
      const middle = latentWalk(points, 3).subarray(100, 200);
      const [low, high] = points.map(norm).sort((x, y) => x - y);
      expect(norm(middle)).toBeGreaterThan(0.93 * low);
      expect(norm(middle)).toBeLessThan(1.07 * high);
    }),
  );
});

it('stays where it is between a point and itself', () => {
  const point = latentPoint(7, { latentSize: 20, latent: 'normal' });
  const walk = latentWalk([point, point], 3);
  for (const start of [0, 20, 40]) expect(walk.slice(start, start + 20)).toEqual(point);
});

it('walks through the first row of the samples and back to the first one', () => {
  const sizes = { latentSize: 5, classes: 10 };
  const grid = gridInputs(sizes, { seed: 3, latent: 'normal' });
  const { z, labels } = walkInputs(sizes, grid);
  expect([z.length, labels!.length]).toEqual([64 * 5, 64 * 10]);
  for (let k = 0; k < 8; k++) {
    expect(z.subarray(8 * k * 5, (8 * k + 1) * 5)).toEqual(grid.z.subarray(k * 5, (k + 1) * 5));
    expect([...labels!.subarray(8 * k * 10, (8 * k + 1) * 10)].indexOf(1)).toBe(k);
  }
  // The last image lies an eighth before the first one, in its label too.
  expect([labels![63 * 10], labels![63 * 10 + 7]]).toEqual([0.875, 0.125]);
});
