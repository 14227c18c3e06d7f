import { describe, expect, it } from 'vitest';
import { frechetDistance, momentsOf } from '../../src/evaluation/frechet.js';

/** sin(rate i + 0.3 (i mod d)) + weight cos(0.37 row (column + 1)), the formula that the reference values were computed of. */
function vectors(rows: number, columns: number, rate: number, weight: number): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return Math.sin(rate * i + 0.3 * column) + weight * Math.cos(0.37 * row * (column + 1));
  });
}

const a = vectors(200, 6, 1.7, 0.5);
const b = vectors(150, 6, 0.9, 0.2).map((x) => x * Math.fround(1.3) + 0.25);

describe('the Frechet distance', () => {
  // Computed once in Python with numpy 2.4.6 and scipy 1.17.1 from the same vectors, in float64:
  //   m1, m2 = x.mean(0), y.mean(0); c1, c2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
  //   ((m1 - m2) ** 2).sum() + np.trace(c1 + c2 - 2 * scipy.linalg.sqrtm(c1 @ c2).real)
  it('is the one that scipy computes', () => {
    expect(frechetDistance(momentsOf(a, 6), momentsOf(b, 6))).toBeCloseTo(5.289940202947446, 5);
  });

  it('is the one that scipy computes where a covariance has no full rank: four vectors of six features', () => {
    const few = momentsOf(a.subarray(0, 4 * 6), 6);
    expect(frechetDistance(few, momentsOf(b, 6))).toBeCloseTo(6.709673081732403, 5);
    expect(frechetDistance(momentsOf(b, 6), few)).toBeCloseTo(6.709673081732403, 5);
  });

  it('has its closed form where the covariances are diagonal', () => {
    // Means 0 and (3, 4); variances 1 and 4: 25 + 2 (1 - 2)^2.
    const square = Float32Array.of(1, 1, 1, -1, -1, 1, -1, -1);
    const unit = square.map((x) => x * Math.sqrt(3 / 4));
    const twice = unit.map((x, i) => 2 * x + (i % 2 === 0 ? 3 : 4));
    expect(frechetDistance(momentsOf(unit, 2), momentsOf(twice, 2))).toBeCloseTo(27, 5);
  });

  it('is 0 from a set to itself, also where a feature never changes', () => {
    expect(frechetDistance(momentsOf(a, 6), momentsOf(a, 6))).toBeCloseTo(0, 9);
    const still = a.map((x, i) => (i % 6 === 2 ? 0 : x));
    expect(frechetDistance(momentsOf(still, 6), momentsOf(still, 6))).toBeCloseTo(0, 9);
  });

  it('needs two whole vectors', () => {
    expect(() => momentsOf(a.subarray(0, 6), 6)).toThrow(/not two or more vectors of 6/);
    expect(() => momentsOf(a.subarray(0, 13), 6)).toThrow(RangeError);
  });
});
