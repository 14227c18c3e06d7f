import fc from 'fast-check';
import { expect, it } from 'vitest';
import { winogradAxis } from '../../../../src/compiler/kernels/conv/winograd-axis.js';
import { PROPERTY } from '../../oracle.js';

const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

/** y[i] = sum over u of g[u] x[stride i + u - before], as it is written. */
function plain(
  x: readonly number[],
  g: readonly number[],
  results: number,
  stride: number,
  before: number,
): number[] {
  return Array.from({ length: results }, (_, i) =>
    g.reduce((sum, weight, u) => sum + weight * (x[stride * i + u - before] ?? 0), 0),
  );
}

it('is the sum of products that a convolution is, along one axis', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc
        .record({
          extent: upTo(9),
          stride: upTo(3),
          filterSize: upTo(9),
          before: fc.integer({ min: 0, max: 4 }),
          results: upTo(12),
        })
        .chain((geometry) =>
          fc.record({
            geometry: fc.constant(geometry),
            x: fc.array(fc.integer({ min: -8, max: 8 }), {
              minLength: geometry.extent * geometry.stride,
              maxLength: geometry.extent * geometry.stride,
            }),
            g: fc.array(fc.integer({ min: -8, max: 8 }), {
              minLength: geometry.filterSize,
              maxLength: geometry.filterSize,
            }),
          }),
        ),
      ({ geometry: { extent, stride, results, before }, x, g }) => {
        const axis = winogradAxis(x.length, results, g.length, stride, before);
        if (axis === undefined) return;
        expect(axis.extent).toBe(extent);
        seen.add(`${axis.coefficients} coefficients, stride ${stride}`);
        const y = Array<number>(results).fill(0);
        for (let t = 0; t < axis.tiles; t++) {
          for (let j = 0; j < axis.coefficients; j++) {
            let product = 0;
            for (let p = 0; p < stride; p++) {
              let image = 0;
              for (let a = 0; a < extent; a++) image += axis.image(j, t, a) * x[stride * a + p];
              product +=
                image * g.reduce((sum, weight, u) => sum + weight * axis.filter(j, p, u), 0);
            }
            for (let i = 0; i < results; i++) y[i] += axis.result(i, j, t) * product;
          }
        }
        const expected = plain(x, g, results, stride, before);
        y.forEach((found, i) => expect(found).toBeCloseTo(expected[i], 8));
      },
    ),
    { ...PROPERTY, numRuns: 300 },
  );
  expect([...seen].sort()).toContain('6 coefficients, stride 2');
  expect(seen.size).toBeGreaterThan(6);
});

it('has two tiles of four for 7 results, and needs as many filter elements as make a tile worth it', () => {
  const axis = winogradAxis(14, 7, 5, 2, 1)!;
  expect([axis.coefficients, axis.tiles, axis.extent]).toEqual([6, 2, 7]);
  expect(winogradAxis(14, 7, 4, 2, 0)).toMatchObject({ coefficients: 5, tiles: 2 });
  expect(winogradAxis(14, 14, 1, 1, 0)).toBeUndefined(); // one filter element
  expect(winogradAxis(14, 8, 7, 1, 0)).toBeUndefined(); // more than there are points for
  expect(winogradAxis(15, 7, 5, 2, 1)).toBeUndefined(); // phases of different lengths
});
