import type { backend_util } from '@tensorflow/tfjs-core';
import type { Builder } from '../../graph/builder.js';
import { sizeOf, type Value } from '../../graph/value.js';
import { crop, geometry, reachOf } from './geometry.js';
import type { Lowering } from './lowering.js';
import { reshape } from '../rule.js';

// Convolutions as one matrix product each, of patches: every window of the image laid out as a row. ONNX Runtime's
// products reach several times the speed of its convolutions, since those have to rearrange weights that change at each step.

/** x [n, h, w, c] -> [n * oh * ow, kh * kw * c]: a row a window, its pixels in the filter's order. */
function patches(builder: Builder, x: Value, info: backend_util.Conv2DInfo): Value {
  const { read, pads } = reachOf(info);
  const [top, left, bottom, right] = pads;
  const [n, , , c] = x.shape;
  const padded = pad(builder, crop(builder, x, read), pads);
  const columns = read[1] + left + right;
  const pixels = reshape(builder, padded, [n, (read[0] + top + bottom) * columns, c]);
  const {
    outHeight,
    outWidth,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
  } = info;
  const indices = windowIndices(
    grid(outHeight, strideHeight, outWidth, strideWidth, columns),
    grid(filterHeight, dilationHeight, filterWidth, dilationWidth, columns),
  );
  return gatherPixels(builder, pixels, indices, n * outHeight * outWidth);
}

/** Zeros around an image [n, h, w, c]: top, left, bottom, right. */
export function pad(
  builder: Builder,
  x: Value,
  [top, left, bottom, right]: readonly number[],
): Value {
  if (top + left + bottom + right === 0) return x;
  return builder.op('Pad', [x], { before: [0, top, left, 0], after: [0, bottom, right, 0] });
}

/** Places of a grid of rows and columns in an image of that many columns. */
function grid(
  rows: number,
  rowStep: number,
  columns: number,
  columnStep: number,
  imageColumns: number,
): number[] {
  return Array.from(
    { length: rows * columns },
    (_, k) => Math.floor(k / columns) * rowStep * imageColumns + (k % columns) * columnStep,
  );
}

/** For each window, in turn, the place of each of its pixels. */
export function windowIndices(windows: readonly number[], offsets: readonly number[]): Int32Array {
  return Int32Array.from(windows.flatMap((window) => offsets.map((offset) => window + offset)));
}

/** pixels [n, places, c] at the indices of all windows -> [rows, pixels of a window * c]. */
export function gatherPixels(
  builder: Builder,
  pixels: Value,
  indices: Int32Array,
  rows: number,
): Value {
  const places = builder.constant(indices, [indices.length], 'int32');
  const gathered = builder.op('Gather', [pixels, places], { axis: 1 });
  return reshape(builder, gathered, [rows, sizeOf(gathered.shape) / rows]);
}

export const conv: Lowering['conv'] = (builder, x, filter, attributes, bias) => {
  const info = geometry(x.shape, filter.shape, attributes);
  const [kh, kw, c, m] = filter.shape;
  const operands = [patches(builder, x, info), reshape(builder, filter, [kh * kw * c, m])];
  const y = builder.op('Gemm', bias === undefined ? operands : [...operands, bias], {
    transA: false,
    transB: false,
  });
  return reshape(builder, y, info.outShape);
};

/** The gradient by the filter, from the patches of the forward pass: x [n, h, w, c], dy [n, oh, ow, m] -> [kh, kw, c, m]. */
export const convFilterGradient: Lowering['convFilterGradient'] = (
  builder,
  x,
  dy,
  filterShape,
  attributes,
) => {
  const info = geometry(x.shape, filterShape, attributes);
  const m = filterShape[3];
  const rows = reshape(builder, dy, [sizeOf(dy.shape) / m, m]);
  return reshape(
    builder,
    builder.op('Gemm', [patches(builder, x, info), rows], { transA: true, transB: false }),
    filterShape,
  );
};
