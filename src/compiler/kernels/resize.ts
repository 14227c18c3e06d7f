import type {
  ResizeBilinearAttrs,
  ResizeBilinearGradAttrs,
  ResizeNearestNeighborAttrs,
  ResizeNearestNeighborGradAttrs,
} from '@tensorflow/tfjs-core';
import type { Builder } from '../graph/builder.js';
import type { Value } from '../graph/value.js';
import { reshape, type Rule, type Rules } from './rule.js';

// Resizing is linear, an axis at a time: a product with a constant matrix [new extent, old extent]; its gradient is one with the transpose.
// A nearest neighbour with a whole factor is a repetition, and its gradient a sum.

interface Alignment {
  readonly alignCorners: boolean;
  readonly halfPixelCenters?: boolean;
}

/** Where a new pixel lies among the old ones, as TensorFlow.js' cpu kernels have it. */
function sourceOf(size: number, from: number, { alignCorners }: Alignment, at: number): number {
  const corners = alignCorners && size > 1;
  return ((corners ? from - 1 : from) / (corners ? size - 1 : size)) * at;
}

/** The row of the nearest old pixel, for each new one. */
function nearest(size: number, from: number, alignment: Alignment): number[] {
  const { alignCorners, halfPixelCenters = false } = alignment;
  return Array.from({ length: size }, (_, k) => {
    const source = sourceOf(size, from, alignment, halfPixelCenters ? k + 0.5 : k);
    const row = alignCorners ? Math.round(source) : Math.floor(source);
    return Math.max(0, Math.min(from - 1, row));
  });
}

/** [size, from]: what of each old pixel is in each new one. */
type Weights = (size: number, from: number, alignment: Alignment) => Float32Array;

const nearestWeights: Weights = (size, from, alignment) => {
  const weights = new Float32Array(size * from);
  nearest(size, from, alignment).forEach((row, k) => (weights[k * from + row] = 1));
  return weights;
};

const linearWeights: Weights = (size, from, alignment) => {
  const half = alignment.halfPixelCenters === true;
  const weights = new Float32Array(size * from);
  for (let k = 0; k < size; k++) {
    const source = sourceOf(size, from, alignment, half ? k + 0.5 : k) - (half ? 0.5 : 0);
    const below = Math.max(0, Math.floor(source));
    const above = Math.min(from - 1, Math.ceil(source));
    weights[k * from + below] += 1 - (source - below);
    weights[k * from + above] += source - below;
  }
  return weights;
};

/** x [n, h, w, c] along both axes to `sizes`, or a gradient of that size back to it. */
function byMatrices(
  builder: Builder,
  x: Value,
  sizes: readonly number[],
  weights: Weights,
  alignment: Alignment,
  transposed = false,
): Value {
  const [n, h, w, c] = x.shape;
  const matrix = (size: number, from: number): Value => {
    const [rows, columns] = transposed ? [from, size] : [size, from];
    const constant = builder.constant(
      weights(rows, columns, alignment),
      [rows, columns],
      'float32',
    );
    return transposed ? builder.op('Transpose', [constant], { perm: [1, 0] }) : constant;
  };
  const along = (array: Value, size: number, shape: readonly number[]): Value =>
    array.shape[1] === size && size === 1
      ? reshape(builder, array, shape)
      : reshape(builder, builder.op('MatMul', [matrix(size, array.shape[1]), array], {}), shape);
  const [height, width] = sizes;
  const down = along(reshape(builder, x, [n, h, w * c]), height, [n * height, w, c]);
  return along(down, width, [n, height, width, c]);
}

/** How many times each pixel is repeated, where that is the same for all. */
function factorOf(
  sizes: readonly number[],
  from: readonly number[],
  alignment: Alignment,
): number[] | undefined {
  const factors = sizes.map((size, k) => size / from[k]);
  const regular = sizes.every(
    (size, k) =>
      Number.isInteger(factors[k]) &&
      nearest(size, from[k], alignment).every((row, at) => row === Math.floor(at / factors[k])),
  );
  return regular ? factors : undefined;
}

export const resizeKernels: Rules = {
  ResizeBilinear: ((builder, { images }, { size, ...alignment }) =>
    byMatrices(
      builder,
      images,
      size,
      linearWeights,
      alignment,
    )) satisfies Rule<ResizeBilinearAttrs>,
  ResizeBilinearGrad: ((builder, { images, dy }, alignment) =>
    byMatrices(
      builder,
      dy,
      images.shape.slice(1, 3),
      linearWeights,
      alignment,
      true,
    )) satisfies Rule<ResizeBilinearGradAttrs>,
  ResizeNearestNeighbor: ((builder, { images }, { size, ...alignment }) => {
    const [n, h, w, c] = images.shape;
    const factors = factorOf(size, [h, w], alignment);
    if (factors !== undefined) {
      const pixels = reshape(builder, images, [n, h, 1, w, 1, c]);
      const repeated = builder.op('Expand', [pixels], {
        shape: [n, h, factors[0], w, factors[1], c],
      });
      return reshape(builder, repeated, [n, ...size, c]);
    }
    return size.reduce((x, extent, k) => {
      const rows = Int32Array.from(nearest(extent, [h, w][k], alignment));
      return builder.op('Gather', [x, builder.constant(rows, [extent], 'int32')], { axis: k + 1 });
    }, images);
  }) satisfies Rule<ResizeNearestNeighborAttrs>,
  ResizeNearestNeighborGrad: ((builder, { images, dy }, alignment) => {
    const [n, h, w, c] = images.shape;
    const factors = factorOf(dy.shape.slice(1, 3), [h, w], alignment);
    if (factors === undefined)
      return byMatrices(builder, dy, [h, w], nearestWeights, alignment, true);
    const pixels = reshape(builder, dy, [n, h, factors[0], w, factors[1], c]);
    return builder.op('ReduceSum', [pixels], { axes: [2, 4], keepDims: false });
  }) satisfies Rule<ResizeNearestNeighborGradAttrs>,
};
