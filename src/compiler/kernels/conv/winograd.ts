import type { backend_util } from '@tensorflow/tfjs-core';
import type { Builder } from '../../graph/builder.js';
import { sizeOf, type Value } from '../../graph/value.js';
import { geometry, type ConvAttributes } from './geometry.js';
import { batchFirst, positionsFirst } from './positions.js';
import type { Lowering } from './lowering.js';
import { reshape } from '../rule.js';
import { winogradAxis, type WinogradAxis } from './winograd-axis.js';

// Convolutions by Winograd's algorithm: half the multiplications of the plain product of patches, and no patches. With V, U
// and M the transforms of the image, the filter and the result's gradient, and a product a coefficient, a convolution is
// V U, its gradient by the image M Uᵀ and its gradient by the filter Vᵀ M, each transformed back. What M is transformed by is
// the transpose of what V U is transformed back by, and so with the others: three constant matrices do for all, padding
// included, and a step transforms each array once, whoever needs it.

const PLAIN = { transA: false, transB: false };
const TRANSPOSED = { transA: true, transB: false };

/** A convolution divided into tiles along both axes. */
interface Tiling {
  readonly info: backend_util.Conv2DInfo;
  readonly down: WinogradAxis;
  readonly across: WinogradAxis;
}

/** What the three transforms multiply by. They are large for large images: made only where the algorithm is used. */
interface Matrices {
  /** [coefficients * tiles, pixels of a phase] */
  readonly image: Matrix;
  /** [coefficients * phases, kh * kw] */
  readonly filter: Matrix;
  /** [oh * ow, coefficients * tiles] */
  readonly result: Matrix;
}

interface Matrix {
  readonly shape: readonly [number, number];
  readonly elements: Float32Array;
}

/** Whether this saves multiplications of an image; those of the filter's transform count once a step. */
export function saves(
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvAttributes,
): boolean {
  const tiling = tile(geometry(xShape, filterShape, attributes));
  if (tiling === undefined) return false;
  const { info, down, across } = tiling;
  const { inChannels: c, outChannels: m, strideHeight, strideWidth, outHeight, outWidth } = info;
  const channels = strideHeight * strideWidth * c;
  const places = outHeight * outWidth;
  const rows = down.coefficients * across.coefficients * down.tiles * across.tiles;
  const transforms = rows * (down.extent * across.extent * channels + places * m);
  return rows * channels * m + transforms < places * info.filterHeight * info.filterWidth * c * m;
}

/** The tiling and its matrices, of a geometry that the algorithm fits. */
function tilingOf(
  builder: Builder,
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvAttributes,
): Tiling & Matrices {
  const tiling = tile(geometry(xShape, filterShape, attributes))!;
  const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } = tiling.info;
  const { strideHeight, strideWidth, padInfo } = tiling.info;
  const sizes = [inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth];
  const key = `winograd ${[...sizes, strideHeight, strideWidth, padInfo.top, padInfo.left].join(',')}`;
  return { ...tiling, ...builder.once(key, () => matrices(tiling)) };
}

/** Undefined where the algorithm does not fit the geometry. */
function tile(info: backend_util.Conv2DInfo): Tiling | undefined {
  if (info.dilationHeight !== 1 || info.dilationWidth !== 1) return undefined;
  const { inHeight, outHeight, filterHeight, strideHeight, padInfo } = info;
  const { inWidth, outWidth, filterWidth, strideWidth } = info;
  const down = winogradAxis(inHeight, outHeight, filterHeight, strideHeight, padInfo.top);
  const across = winogradAxis(inWidth, outWidth, filterWidth, strideWidth, padInfo.left);
  return down === undefined || across === undefined ? undefined : { info, down, across };
}

function matrices({ info, down, across }: Tiling): Matrices {
  const { outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const coefficients = [down.coefficients, across.coefficients] as const;
  const tiles = [...coefficients, down.tiles, across.tiles] as const;
  return {
    image: matrix(
      tiles,
      [down.extent, across.extent],
      ([j, i, t, s], [a, b]) => down.image(j, t, a) * across.image(i, s, b),
    ),
    filter: matrix(
      [...coefficients, strideHeight, strideWidth],
      [filterHeight, filterWidth],
      ([j, i, p, q], [u, v]) => down.filter(j, p, u) * across.filter(i, q, v),
    ),
    result: matrix(
      [outHeight, outWidth],
      tiles,
      ([y, x], [j, i, t, s]) => down.result(y, j, t) * across.result(x, i, s),
    ),
  };
}

/** A matrix whose rows and columns are counted along several axes each. */
function matrix(
  rows: readonly number[],
  columns: readonly number[],
  element: (row: readonly number[], column: readonly number[]) => number,
): Matrix {
  const [height, width] = [sizeOf(rows), sizeOf(columns)];
  const elements = new Float32Array(height * width);
  const columnIndices = Array.from({ length: width }, (_, x) => indexOf(x, columns));
  for (let y = 0; y < height; y++) {
    const row = indexOf(y, rows);
    for (let x = 0; x < width; x++) elements[y * width + x] = element(row, columnIndices[x]);
  }
  return { shape: [height, width], elements };
}

/** The index along each axis of the k-th element. */
function indexOf(k: number, shape: readonly number[]): number[] {
  const index = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = k % shape[axis];
    k = Math.floor(k / shape[axis]);
  }
  return index;
}

const constant = (builder: Builder, { elements, shape }: Matrix): Value =>
  builder.constant(elements, shape, 'float32');

/** V: x [n, h, w, c] -> [coefficients, tiles * n, phases * c]. */
function imageTransform(builder: Builder, tiling: Tiling & Matrices, x: Value): Value {
  const { batchSize: n, inChannels: c, strideHeight, strideWidth } = tiling.info;
  const pixels = positionsFirst(builder, x, [strideHeight, strideWidth]);
  const transformed = builder.op('Gemm', [constant(builder, tiling.image), pixels], PLAIN);
  return byCoefficient(builder, tiling, transformed, n, strideHeight * strideWidth * c);
}

/** U: filter [kh, kw, c, m] -> [coefficients, phases * c, m]. */
function filterTransform(builder: Builder, tiling: Tiling & Matrices, filter: Value): Value {
  const [kh, kw, c, m] = filter.shape;
  const flat = reshape(builder, filter, [kh * kw, c * m]);
  const transformed = builder.op('Gemm', [constant(builder, tiling.filter), flat], PLAIN);
  const coefficients = tiling.down.coefficients * tiling.across.coefficients;
  return reshape(builder, transformed, [
    coefficients,
    sizeOf(transformed.shape) / coefficients / m,
    m,
  ]);
}

/** M: dy [n, oh, ow, m] -> [coefficients, tiles * n, m]. */
function resultTransform(builder: Builder, tiling: Tiling & Matrices, dy: Value): Value {
  const transform = constant(builder, tiling.result);
  const transformed = builder.op('Gemm', [transform, positionsFirst(builder, dy)], TRANSPOSED);
  return byCoefficient(builder, tiling, transformed, dy.shape[0], dy.shape[3]);
}

function byCoefficient(
  builder: Builder,
  { down, across }: Tiling,
  transformed: Value,
  n: number,
  channels: number,
): Value {
  return reshape(builder, transformed, [
    down.coefficients * across.coefficients,
    down.tiles * across.tiles * n,
    channels,
  ]);
}

export const conv: Lowering['conv'] = (builder, x, filter, attributes, bias) => {
  const tiling = tilingOf(builder, x.shape, filter.shape, attributes);
  const operands = [imageTransform(builder, tiling, x), filterTransform(builder, tiling, filter)];
  const transform = constant(builder, tiling.result);
  const rows = asRows(builder, builder.op('MatMul', operands, {}), transform.shape[1]);
  const y = builder.op('Gemm', [transform, rows], PLAIN);
  const image = batchFirst(builder, y, tiling.info.outShape);
  return bias === undefined ? image : builder.op('Add', [image, bias], {});
};

export const convTranspose: Lowering['convTranspose'] = (
  builder,
  dy,
  filter,
  inputShape,
  attributes,
) => {
  const tiling = tilingOf(builder, inputShape, filter.shape, attributes);
  const u = builder.op('Transpose', [filterTransform(builder, tiling, filter)], {
    perm: [0, 2, 1],
  });
  const product = builder.op('MatMul', [resultTransform(builder, tiling, dy), u], {});
  const transform = constant(builder, tiling.image);
  const rows = asRows(builder, product, transform.shape[0]);
  const dx = builder.op('Gemm', [transform, rows], TRANSPOSED);
  const { strideHeight, strideWidth } = tiling.info;
  return batchFirst(builder, dx, inputShape, [strideHeight, strideWidth]);
};

export const convFilterGradient: Lowering['convFilterGradient'] = (
  builder,
  x,
  dy,
  filterShape,
  attributes,
) => {
  const tiling = tilingOf(builder, x.shape, filterShape, attributes);
  const v = builder.op('Transpose', [imageTransform(builder, tiling, x)], { perm: [0, 2, 1] });
  const product = builder.op('MatMul', [v, resultTransform(builder, tiling, dy)], {});
  const transform = constant(builder, tiling.filter);
  const rows = asRows(builder, product, transform.shape[0]);
  return reshape(builder, builder.op('Gemm', [transform, rows], TRANSPOSED), filterShape);
};

/** The same elements in that many rows. */
function asRows(builder: Builder, x: Value, rows: number): Value {
  return reshape(builder, x, [rows, sizeOf(x.shape) / rows]);
}
