import type { Builder } from '../../graph/builder.js';
import { sizeOf, type Value } from '../../graph/value.js';
import { crop, geometry } from './geometry.js';
import { gatherPixels, pad, windowIndices } from './patches.js';
import type { Lowering } from './lowering.js';
import { reshape } from '../rule.js';

// The transposed convolution (a convolution's gradient by its input) by its phases. With a stride s, the rows y of the
// result with the same y mod s are read by the same rows of the filter: each such phase is a convolution of stride 1 with
// a part of the filter. No products with inserted zeros, no scattered sums. With stride 1 it is one phase: the usual
// convolution with the filter turned round.

/** Where a phase reads along one axis: which part of the filter meets which row of dy, relative to the result's. */
interface Tap {
  readonly filter: number;
  readonly offset: number;
}

/** All phases in one product do products with zeros; above this share of the work they are computed apart. */
const MOST_WASTE = 1.5;

/** The taps of each phase: filter row u, at e = u * dilation, meets row (y + before - e) / stride of dy. */
function phases(stride: number, size: number, dilation: number, before: number): Tap[][] {
  return Array.from({ length: stride }, (_, phase) =>
    Array.from({ length: size }, (_, filter) => ({
      filter,
      offset: (phase + before - filter * dilation) / stride,
    })).filter(({ offset }) => Number.isInteger(offset)),
  );
}

/** dy [n, oh, ow, m] with filter [kh, kw, c, m] -> [n, h, w, c]. */
export const convTransposeByPhases: Lowering['convTranspose'] = (
  builder,
  dy,
  filter,
  inputShape,
  attributes,
) => {
  const info = geometry(inputShape, filter.shape, attributes);
  const [n, oh, ow, m] = dy.shape;
  const [, h, w, c] = inputShape;
  const { strideHeight: sh, strideWidth: sw } = info;
  const vertical = phases(sh, info.filterHeight, info.dilationHeight, info.padInfo.top);
  const horizontal = phases(sw, info.filterWidth, info.dilationWidth, info.padInfo.left);
  const [qh, qw] = [Math.ceil(h / sh), Math.ceil(w / sw)];
  const rows = rangeOf(vertical, qh, oh);
  const columns = rangeOf(horizontal, qw, ow);
  const padded = pad(builder, dy, [rows.before, columns.before, rows.after, columns.after]);
  const width = columns.before + ow + columns.after;
  const pixels = reshape(builder, padded, [n, (rows.before + oh + rows.after) * width, m]);
  const windows = Array.from(
    { length: qh * qw },
    (_, k) => (Math.floor(k / qw) + rows.before) * width + (k % qw) + columns.before,
  );

  /** Windows of these offsets times the parts of the filter that each phase has there: [n * qh * qw, phases * c]. */
  const product = (
    offsets: readonly (readonly [number, number])[],
    parts: readonly (readonly number[])[],
  ): Value => {
    const indices = windowIndices(
      windows,
      offsets.map(([y, x]) => y * width + x),
    );
    const patches = gatherPixels(builder, pixels, indices, n * qh * qw);
    return builder.op('Gemm', [patches, filterRows(builder, filter, parts)], {
      transA: false,
      transB: true,
    });
  };

  const pairs = vertical.flatMap((down) =>
    horizontal.map((across) => down.flatMap((y) => across.map((x) => ({ y, x })))),
  );
  const byPhase = productsByPhase(
    pairs,
    (at) => at.y.filter * info.filterWidth + at.x.filter,
    product,
    (products) => builder.op('Concat', products, { axis: 1 }),
    () => builder.filled(0, [n * qh * qw, c]),
  );
  const interleaved = builder.op('Transpose', [reshape(builder, byPhase, [n, qh, qw, sh, sw, c])], {
    perm: [0, 1, 3, 2, 4, 5],
  });
  return crop(builder, reshape(builder, interleaved, [n, qh * sh, qw * sw, c]), [h, w]);
};

/** A tap along either axis. */
interface Place {
  readonly y: Tap;
  readonly x: Tap;
}

/**
 * What all phases make of their windows, side by side: in one product, or, where that would mostly be of zeros, in one of each.
 *
 * @param pairs the taps of each phase.
 * @param placeOf a tap's place in the filter (row * kw + column).
 * @param product of windows of these offsets and the parts of the filter there, -1 for zeros.
 */
function productsByPhase(
  pairs: readonly (readonly Place[])[],
  placeOf: (at: Place) => number,
  product: (offsets: [number, number][], parts: number[][]) => Value,
  sideBySide: (products: Value[]) => Value,
  zeros: () => Value,
): Value {
  const union = [...new Set(pairs.flat().map(({ y, x }) => `${y.offset},${x.offset}`))].map(
    (key) => key.split(',').map(Number) as [number, number],
  );
  if (union.length * pairs.length > MOST_WASTE * pairs.flat().length)
    return sideBySide(
      pairs.map((taps) =>
        taps.length === 0
          ? zeros()
          : product(
              taps.map(({ y, x }) => [y.offset, x.offset]),
              [taps.map(placeOf)],
            ),
      ),
    );
  const partOf = (taps: readonly Place[], [oy, ox]: [number, number]): number =>
    taps.filter(({ y, x }) => y.offset === oy && x.offset === ox).map(placeOf)[0] ?? -1;
  return product(
    union,
    pairs.map((taps) => union.map((offset) => partOf(taps, offset))),
  );
}

/** Zeros that dy needs before and after an axis so that every tap of every phase finds a row. */
function rangeOf(
  taps: readonly (readonly Tap[])[],
  windows: number,
  extent: number,
): { before: number; after: number } {
  const offsets = taps.flat().map(({ offset }) => offset);
  return {
    before: Math.max(0, -Math.min(...offsets)),
    after: Math.max(0, windows - 1 + Math.max(...offsets) - (extent - 1)),
  };
}

/**
 * Parts of a filter [kh, kw, c, m] as a matrix [parts * c, places * m].
 *
 * @param parts for each part, at each place, the filter's place (row * kw + column) or -1 for zeros.
 */
function filterRows(builder: Builder, filter: Value, parts: readonly (readonly number[])[]): Value {
  const [kh, kw, c, m] = filter.shape;
  const places = kh * kw;
  const flat = reshape(builder, filter, [places, c, m]);
  const needsZeros = parts.some((part) => part.includes(-1));
  const table = needsZeros
    ? builder.op('Concat', [flat, builder.filled(0, [1, c, m])], { axis: 0 })
    : flat;
  const indices = Int32Array.from(parts.flat(), (place) => (place < 0 ? places : place));
  const gathered = builder.op(
    'Gather',
    [table, builder.constant(indices, [indices.length], 'int32')],
    { axis: 0 },
  );
  const split = reshape(builder, gathered, [parts.length, parts[0].length, c, m]);
  const rows = builder.op('Transpose', [split], { perm: [0, 2, 1, 3] });
  return reshape(builder, rows, [parts.length * c, sizeOf(gathered.shape) / (parts.length * c)]);
}
