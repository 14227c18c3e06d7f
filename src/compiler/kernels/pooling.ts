import {
  backend_util,
  type AvgPoolAttrs,
  type AvgPoolGradAttrs,
  type MaxPoolAttrs,
  type MaxPoolGradAttrs,
} from '@tensorflow/tfjs-core';
import type { Builder } from '../graph/builder.js';
import { sizeOf, type Value } from '../graph/value.js';
import { arithmetic } from './arithmetic.js';
import { reshape, type Rule, type Rules } from './rule.js';
import { fromStrided, shifted, windowsOf, type Windows } from './windows.js';

type Pool = backend_util.Conv2DInfo;
type PoolAttributes = Pick<MaxPoolAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'>;

function poolOf(x: Value, { filterSize, strides, pad, dimRoundingMode }: PoolAttributes): Pool {
  return backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

/** Whether the windows divide the image among them: then a pooling is a reduction. */
function isTiling({ windows, info }: Pooled): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  return (
    filterHeight === strideHeight &&
    filterWidth === strideWidth &&
    windows.pads.every((n) => n === 0)
  );
}

interface Pooled {
  readonly info: Pool;
  readonly windows: Windows;
}

/** The pixels of all windows that tile an image: [n, oh, kh, ow, kw, c]. */
function tiles(builder: Builder, x: Value, { info, windows }: Pooled): Value {
  const { outHeight, outWidth, filterHeight, filterWidth } = info;
  const [n, , , c] = x.shape;
  const read = shifted(
    builder,
    x,
    windows,
    [0, 0],
    [outHeight * filterHeight, outWidth * filterWidth],
    [1, 1],
    0,
  );
  return reshape(builder, read, [n, outHeight, filterHeight, outWidth, filterWidth, c]);
}

/** Each place of the windows, as an array of the result's shape. What is outside of the image is `outside`. */
function places(builder: Builder, x: Value, { info, windows }: Pooled, outside: number): Value[] {
  const { outHeight, outWidth, strideHeight, strideWidth } = info;
  return windows.offsets.map((offset) =>
    shifted(
      builder,
      x,
      windows,
      offset,
      [outHeight, outWidth],
      [strideHeight, strideWidth],
      outside,
    ),
  );
}

/** An array for each place of the windows, added up where the windows took it from. */
function scattered(
  builder: Builder,
  parts: readonly Value[],
  shape: readonly number[],
  { info, windows }: Pooled,
): Value {
  return parts
    .map((part, k) =>
      fromStrided(builder, part, windows, windows.offsets[k], shape, [
        info.strideHeight,
        info.strideWidth,
      ]),
    )
    .reduce((sum, part) => builder.op('Add', [sum, part], {}));
}

/** The number of a window's pixels that lie inside of the image, [1, oh, ow, 1]. */
function countInside(builder: Builder, { info }: Pooled): Value {
  const { inHeight, inWidth, outHeight, outWidth, padInfo } = info;
  const inside = (
    k: number,
    stride: number,
    size: number,
    before: number,
    extent: number,
  ): number => {
    const first = k * stride - before;
    return Math.min(extent, first + size) - Math.max(0, first);
  };
  const counts = Float32Array.from({ length: outHeight * outWidth }, (_, k) => {
    const [row, column] = [Math.floor(k / outWidth), k % outWidth];
    return (
      inside(row, info.strideHeight, info.filterHeight, padInfo.top, inHeight) *
      inside(column, info.strideWidth, info.filterWidth, padInfo.left, inWidth)
    );
  });
  return builder.constant(counts, [1, outHeight, outWidth, 1], 'float32');
}

const pooled = (x: Value, attributes: PoolAttributes): Pooled => {
  const info = poolOf(x, attributes);
  return { info, windows: windowsOf(info) };
};

export const poolingKernels: Rules = {
  AvgPool: ((builder, { x }, attributes) => {
    const pool = pooled(x, attributes);
    if (isTiling(pool))
      return builder.op('ReduceMean', [tiles(builder, x, pool)], { axes: [2, 4], keepDims: false });
    const { add, div } = arithmetic(builder);
    return div(places(builder, x, pool, 0).reduce(add), countInside(builder, pool));
  }) satisfies Rule<AvgPoolAttrs>,
  /** By the whole window's size, also where a part of it lies outside: so TensorFlow.js has it. */
  AvgPoolGrad: ((builder, { dy, input }, attributes) => {
    const pool = pooled(input, attributes);
    const { filterHeight, filterWidth } = pool.info;
    const share = arithmetic(builder).mul(dy, 1 / (filterHeight * filterWidth));
    const parts = pool.windows.offsets.map(() => share);
    return isTiling(pool)
      ? untiled(builder, parts, input.shape, pool)
      : scattered(builder, parts, input.shape, pool);
  }) satisfies Rule<AvgPoolGradAttrs>,
  MaxPool: ((builder, { x }, attributes) => {
    const pool = pooled(x, attributes);
    if (isTiling(pool))
      return builder.op('ReduceMax', [tiles(builder, x, pool)], { axes: [2, 4], keepDims: false });
    return places(builder, x, pool, -Infinity).reduce(arithmetic(builder).max);
  }) satisfies Rule<MaxPoolAttrs>,
  /** Of equal pixels of a window, the first one has the gradient. */
  MaxPoolGrad: ((builder, { dy, input, output }, attributes) => {
    const pool = pooled(input, attributes);
    const { equal, and, or, not, where } = arithmetic(builder);
    let taken: Value | undefined;
    const parts = places(builder, input, pool, -Infinity).map((pixel) => {
      const hit = equal(pixel, output);
      const first = taken === undefined ? hit : and(hit, not(taken));
      taken = taken === undefined ? hit : or(taken, hit);
      return where(first, dy, 0);
    });
    return isTiling(pool)
      ? untiled(builder, parts, input.shape, pool)
      : scattered(builder, parts, input.shape, pool);
  }) satisfies Rule<MaxPoolGradAttrs>,
};

/** An array for each place of windows that tile an image, put together to it; zeros where no window was. */
function untiled(
  builder: Builder,
  parts: readonly Value[],
  shape: readonly number[],
  { info }: Pooled,
): Value {
  const { outHeight, outWidth, filterHeight, filterWidth } = info;
  const [n, h, w, c] = shape;
  const columns = parts.map((part) => reshape(builder, part, [n, outHeight, 1, outWidth, 1, c]));
  const rows = Array.from({ length: filterHeight }, (_, row) =>
    builder.op('Concat', columns.slice(row * filterWidth, (row + 1) * filterWidth), { axis: 4 }),
  );
  const whole = builder.op('Concat', rows, { axis: 2 });
  const [read, across] = [outHeight * filterHeight, outWidth * filterWidth];
  const image = reshape(builder, whole, [n, read, across, c]);
  return sizeOf(image.shape) === sizeOf(shape)
    ? image
    : builder.op('Pad', [image], { before: [0, 0, 0, 0], after: [0, h - read, w - across, 0] });
}
