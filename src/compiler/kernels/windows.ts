import type { backend_util } from '@tensorflow/tfjs-core';
import type { Builder } from '../graph/builder.js';
import { sameShape, type Value } from '../graph/value.js';
import { reshape } from './rule.js';

type Pair = readonly [number, number];

/** The windows that a filter or a pooling slides over images [n, h, w, c]. */
export interface Windows {
  /** Rows and columns outside of the image: top, left, bottom, right. Negative where windows do not reach the end. */
  readonly pads: readonly [number, number, number, number];
  /** Each place of a window, row by row, from its first pixel. */
  readonly offsets: readonly Pair[];
}

export function windowsOf(info: backend_util.Conv2DInfo): Windows {
  const { filterHeight, filterWidth, dilationHeight, dilationWidth, padInfo } = info;
  const reach = (outputs: number, stride: number, size: number): number =>
    (outputs - 1) * stride + size;
  const down = reach(info.outHeight, info.strideHeight, info.effectiveFilterHeight);
  const across = reach(info.outWidth, info.strideWidth, info.effectiveFilterWidth);
  const offsets = Array.from({ length: filterHeight * filterWidth }, (_, k): Pair => [
    Math.floor(k / filterWidth) * dilationHeight,
    (k % filterWidth) * dilationWidth,
  ]);
  const { top, left } = padInfo;
  const bottom = Math.max(0, down - top - info.inHeight);
  const right = Math.max(0, across - left - info.inWidth);
  return { pads: [top, left, bottom, right], offsets };
}

/**
 * The pixel at one place of every window: x [n, h, w, c] -> [n, ...extents, c].
 *
 * @param outside what is around the image.
 */
export function shifted(
  builder: Builder,
  x: Value,
  { pads: [top, left, bottom, right] }: Windows,
  offset: Pair,
  extents: Pair,
  strides: Pair,
  outside: number,
): Value {
  const padded = padWith(builder, x, [0, top, left, 0], [0, bottom, right, 0], outside);
  const [n, , , c] = x.shape;
  const end = extents.map((extent, k) => offset[k] + (extent - 1) * strides[k] + 1);
  return slice(builder, padded, [0, ...offset, 0], [n, ...end, c], [1, ...strides, 1]);
}

/** The transpose of {@link shifted}: each pixel back at its place, zeros everywhere else. */
export function fromStrided(
  builder: Builder,
  part: Value,
  { pads: [top, left] }: Windows,
  offset: Pair,
  [n, h, w, c]: readonly number[],
  [down, across]: Pair,
): Value {
  const [, oh, ow] = part.shape;
  // Zeros after each row and column, as far as the next one of the stride.
  const apart = builder.op('Pad', [reshape(builder, part, [n, oh, 1, ow, 1, c])], {
    before: [0, 0, 0, 0, 0, 0],
    after: [0, 0, down - 1, 0, across - 1, 0],
  });
  const image = reshape(builder, down * across === 1 ? part : apart, [
    n,
    oh * down,
    ow * across,
    c,
  ]);
  const [first, last] = [
    [offset[0] - top, offset[1] - left],
    [h, w].map((extent, k) => extent - (offset[k] - [top, left][k]) - image.shape[k + 1]),
  ];
  const crop = (k: number): Pair => [
    Math.max(0, -first[k]),
    image.shape[k + 1] - Math.max(0, -last[k]),
  ];
  const [rows, columns] = [crop(0), crop(1)];
  // Where no window has this place inside of the image.
  if (rows[0] >= rows[1] || columns[0] >= columns[1]) return builder.filled(0, [n, h, w, c]);
  const cropped = slice(
    builder,
    image,
    [0, rows[0], columns[0], 0],
    [n, rows[1], columns[1], c],
    [1, 1, 1, 1],
  );
  return padWith(
    builder,
    cropped,
    [0, Math.max(0, first[0]), Math.max(0, first[1]), 0],
    [0, Math.max(0, last[0]), Math.max(0, last[1]), 0],
    0,
  );
}

/** One number around an array. */
export function padWith(
  builder: Builder,
  x: Value,
  before: readonly number[],
  after: readonly number[],
  outside: number,
): Value {
  if ([...before, ...after].every((n) => n === 0)) return x;
  if (Object.is(outside, 0) && x.dtype !== 'bool') return builder.op('Pad', [x], { before, after });
  return before.reduce((padded, first, axis) => {
    const filled = (extent: number): Value[] =>
      extent === 0 ? [] : [builder.filled(outside, padded.shape.with(axis, extent), x.dtype)];
    const parts = [...filled(first), padded, ...filled(after[axis])];
    return parts.length === 1 ? padded : builder.op('Concat', parts, { axis });
  }, x);
}

/** A part of an array; none where it is the whole. */
export function slice(
  builder: Builder,
  x: Value,
  begin: readonly number[],
  end: readonly number[],
  step: readonly number[],
): Value {
  const whole =
    begin.every((n) => n === 0) && step.every((n) => n === 1) && sameShape(end, x.shape);
  return whole ? x : builder.op('Slice', [x], { begin, end, step });
}
