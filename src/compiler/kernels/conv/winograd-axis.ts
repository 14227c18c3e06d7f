/**
 * Winograd's algorithm along one axis: y[i] = sum over u of g[u] x[stride i + u - before], computed as
 * y = R ((F g) * (I x)) with three constant matrices and one multiplication a coefficient.
 *
 * The construction of Toom and Cook (wincnn, https://github.com/andravin/wincnn; Lavin and Gray, arXiv 1509.09308): the
 * polynomials that x and g are evaluated at a few points and at infinity, multiplied there, and interpolated. The result
 * is divided into tiles of a few elements. With a stride, the rows x[stride a + p] of each phase p are an axis of their
 * own; all phases share the points, so that their coefficients are added before R.
 */
export interface WinogradAxis {
  /** Coefficients of a tile. */
  readonly coefficients: number;
  readonly tiles: number;
  /** Elements of each phase: what x is divided by the stride. */
  readonly extent: number;
  /** I: of coefficient j and tile t, the weight of element a of a phase. The same for each phase. */
  image(j: number, t: number, a: number): number;
  /** F: of coefficient j and phase p, the weight of filter element u. */
  filter(j: number, p: number, u: number): number;
  /** R: of element i of the result, the weight of coefficient j of tile t. */
  result(i: number, j: number, t: number): number;
}

/**
 * Few and small: what is rounded at a coefficient is multiplied by powers of its point and divided by its distances from
 * the others. These points and this order round least (Barabasz, Anderson, Soodhalter and Gregg, arXiv 1803.10986, table
 * 3): a convolution of 64 channels is 1.6e-6 from the truth in the norm, where a plain float32 sum is 0.7e-6. With two
 * points more, one tile for 7 elements, it would be 3e-5.
 */
const POINTS = [0, -1, 1, 1 / 2, -2];
const MOST_COEFFICIENTS = POINTS.length + 1; // infinity

/**
 * @param size elements of x; `resultSize` of y.
 * @param before zeros before x.
 * @returns undefined where a phase would have fewer than two filter elements or more than there are points for, or the
 *   stride does not divide x.
 */
export function winogradAxis(
  size: number,
  resultSize: number,
  filterSize: number,
  stride: number,
  before: number,
): WinogradAxis | undefined {
  const phaseOf = (u: number): number => (((u - before) % stride) + stride) % stride;
  const offsetOf = (u: number): number => Math.floor((u - before) / stride);
  const first = offsetOf(0);
  const taps = offsetOf(filterSize - 1) - first + 1;
  if (size % stride !== 0 || taps < 2 || taps > MOST_COEFFICIENTS) return undefined;
  const { tile, tiles, coefficients } = fewestCoefficients(resultSize, taps);
  const finite = coefficients - 1;
  const points = POINTS.slice(0, finite);
  const scales = points.map((point, j) =>
    points.reduce((product, other, l) => (l === j ? product : product * (point - other)), 1),
  );
  // The last coefficient is infinity's: that of the highest power.
  const evaluate = (j: number, power: number, highest: number): number =>
    j < finite ? points[j] ** power : Number(power === highest);
  const interpolate = Array.from({ length: coefficients }, (_, j) =>
    withRoots(points.filter((_, l) => l !== j)),
  );
  return {
    coefficients,
    tiles,
    extent: size / stride,
    image: (j, t, a) => interpolate[j][a - t * tile - first] ?? 0,
    filter: (j, p, u) =>
      phaseOf(u) === p ? evaluate(j, offsetOf(u) - first, taps - 1) / (scales[j] ?? 1) : 0,
    result: (i, j, t) => (Math.floor(i / tile) === t ? evaluate(j, i - t * tile, tile - 1) : 0),
  };
}

/** The tile that needs the fewest multiplications for the whole result. */
function fewestCoefficients(
  resultSize: number,
  taps: number,
): { tile: number; tiles: number; coefficients: number } {
  return Array.from({ length: MOST_COEFFICIENTS - taps + 1 }, (_, k) => {
    const tile = k + 1;
    return { tile, tiles: Math.ceil(resultSize / tile), coefficients: tile + taps - 1 };
  }).reduce((best, other) =>
    other.tiles * other.coefficients < best.tiles * best.coefficients ? other : best,
  );
}

/** The coefficients of the polynomial with these roots, lowest power first. */
function withRoots(roots: readonly number[]): number[] {
  return roots.reduce(
    (polynomial, root) =>
      [0, ...polynomial].map((higher, power) => higher - root * (polynomial[power] ?? 0)),
    [1],
  );
}
