import type { Pairs } from './pairs.js';

/** The nearest of some points to each query. */
export interface Nearest {
  /** [queries]: its index. */
  readonly indices: Uint32Array;
  /** [queries]: its Euclidean distance. */
  readonly distances: Float32Array;
}

/** @param queries [n, dimensions]; `points` [m, dimensions], at least one. */
export async function nearestOf(
  pairs: Pairs,
  queries: Float32Array,
  points: Float32Array,
  signal?: AbortSignal,
): Promise<Nearest> {
  const count = queries.length / pairs.dimensions;
  const indices = new Uint32Array(count);
  const distances = new Float32Array(count).fill(Infinity);
  for await (const tile of pairs.tiles(queries, points, signal)) {
    for (let i = 0; i < tile.rows; i++) {
      let least = distances[tile.row + i];
      let index = indices[tile.row + i];
      for (let j = 0; j < tile.columns; j++) {
        const square = tile.squares[i * tile.stride + j];
        if (square < least) [least, index] = [square, tile.column + j];
      }
      distances[tile.row + i] = least;
      indices[tile.row + i] = index;
    }
  }
  return { indices, distances: distances.map(rootOf) };
}

/**
 * The distance from each point to its k-th nearest of the others: the radius of a ball around it that holds k of them.
 *
 * @param points [n, dimensions], n > k.
 * @returns [n]
 */
export async function radiiOf(
  pairs: Pairs,
  points: Float32Array,
  k: number,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const count = points.length / pairs.dimensions;
  if (count <= k) throw new RangeError(`${count} points have no ${k}-th nearest neighbour`);
  /** [n, k]: the k least squares so far of each point, the largest last. */
  const least = new Float32Array(count * k).fill(Infinity);
  for await (const tile of pairs.tiles(points, points, signal)) {
    for (let i = 0; i < tile.rows; i++) {
      const self = tile.row + i - tile.column;
      const end = (tile.row + i + 1) * k;
      let bound = least[end - 1];
      for (let j = 0; j < tile.columns; j++) {
        const square = tile.squares[i * tile.stride + j];
        if (square >= bound || j === self) continue;
        let place = end - 1;
        for (; place > end - k && least[place - 1] > square; place--)
          least[place] = least[place - 1];
        least[place] = square;
        bound = least[end - 1];
      }
    }
  }
  return Float32Array.from({ length: count }, (_, i) => rootOf(least[(i + 1) * k - 1]));
}

/** How well generated points cover the real ones. */
export interface Coverage {
  /** Share of real points that have a generated one in their ball, 0 to 1. */
  readonly coverage: number;
  /** In how many balls a generated point is on average, divided by k: about 1 for points like the real ones, more where they crowd. */
  readonly density: number;
}

/**
 * Coverage and density (Naeem et al., "Reliable Fidelity and Diversity Metrics for Generative Models", arXiv 2002.09797): balls around
 * real points that reach to their k-th nearest real one.
 *
 * @param real [n, dimensions]; `radii` as of {@link radiiOf} with this k; `generated` [m, dimensions].
 */
export async function coverageOf(
  pairs: Pairs,
  { real, radii, k }: { real: Float32Array; radii: Float32Array; k: number },
  generated: Float32Array,
  signal?: AbortSignal,
): Promise<Coverage> {
  const covered = new Uint8Array(radii.length);
  let inside = 0;
  for await (const tile of pairs.tiles(real, generated, signal)) {
    for (let i = 0; i < tile.rows; i++) {
      const square = radii[tile.row + i] ** 2;
      let some = 0;
      for (let j = 0; j < tile.columns; j++)
        if (tile.squares[i * tile.stride + j] <= square) some++;
      inside += some;
      if (some > 0) covered[tile.row + i] = 1;
    }
  }
  const count = generated.length / pairs.dimensions;
  return {
    coverage: covered.reduce((sum, x) => sum + x, 0) / radii.length,
    density: inside / (k * count),
  };
}

/** A square that rounding has made negative is that of a distance of 0. */
const rootOf = (square: number): number => Math.sqrt(Math.max(0, square));
