import type { Builder } from '../../graph/builder.js';
import { sizeOf, type Value } from '../../graph/value.js';
import { geometry, type ConvAttributes } from './geometry.js';
import { indicesOf, range } from '../indices.js';
import { batchFirst, positionsFirst } from './positions.js';
import type { Lowering } from './lowering.js';
import { reshape } from '../rule.js';

// Convolutions of images of one channel, as one product. The results of a block of 2 x 2 neighbours are computed together
// from the one window that they all read (7 x 7 pixels for kernels of 5 x 5 with stride 2), with a matrix that has a shifted
// copy of the filter for each: twice the multiplications, of which there are few, half of the patches, and a product
// that is wide enough to be quick. Positions come before the batch, so that a pixel of a whole batch is copied as one row.

const PLAIN = { transA: false, transB: false };
/** Results of a block along each axis, where that divides them; else 1. */
const LARGEST_BLOCK = 2;

/** One axis of the convolution: blocks of results, and the pixels that each reads. */
interface Axis {
  /** Results of a block, and blocks. */
  readonly block: number;
  readonly blocks: number;
  /** Pixels of a block's window. */
  readonly window: number;
  /** The pixel of the image at a place of a block's window, or -1 outside of it. */
  pixel(block: number, place: number): number;
  /** The filter element that result p of a block multiplies with what is at a place of the window, or -1. */
  tap(place: number, p: number): number;
}

interface Blocks {
  readonly n: number;
  readonly m: number;
  /** Rows and columns of a block's results. */
  readonly block: readonly [number, number];
  /** Pixels of a window. */
  readonly places: number;
  /** For each place of a window and each block, the pixel there, or -1 outside of the image. */
  readonly windowPixels: readonly number[];
  readonly pixels: number;
  /** For each place of a window and each result of a block, the filter element between them, or -1. */
  readonly matrixTaps: readonly number[];
  readonly taps: number;
  readonly outShape: readonly number[];
}

function blocks(
  builder: Builder,
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvAttributes,
): Blocks {
  const key = `blocks ${JSON.stringify([xShape, filterShape, attributes])}`;
  return builder.once(key, () => {
    const info = geometry(xShape, filterShape, attributes);
    const { padInfo, inHeight, outHeight, filterHeight, strideHeight, dilationHeight } = info;
    const { inWidth, outWidth, filterWidth, strideWidth, dilationWidth } = info;
    const down = axis(inHeight, outHeight, filterHeight, strideHeight, dilationHeight, padInfo.top);
    const across = axis(inWidth, outWidth, filterWidth, strideWidth, dilationWidth, padInfo.left);
    const block = [down.block, across.block] as const;
    const window = [down.window, across.window];
    return {
      n: info.batchSize,
      m: info.outChannels,
      block,
      places: down.window * across.window,
      windowPixels: indicesOf([...window, down.blocks, across.blocks]).map(([v, u, b, a]) =>
        place(down.pixel(b, v), across.pixel(a, u), inWidth),
      ),
      pixels: inHeight * inWidth,
      matrixTaps: indicesOf([...window, ...block]).map(([v, u, p, q]) =>
        place(down.tap(v, p), across.tap(u, q), filterWidth),
      ),
      taps: filterHeight * filterWidth,
      outShape: info.outShape,
    };
  });
}

const place = (row: number, column: number, columns: number): number =>
  row < 0 || column < 0 ? -1 : row * columns + column;

function axis(
  size: number,
  resultSize: number,
  filterSize: number,
  stride: number,
  dilation: number,
  before: number,
): Axis {
  const block = resultSize % LARGEST_BLOCK === 0 ? LARGEST_BLOCK : 1;
  const offsets = range(block).flatMap((p) =>
    range(filterSize).map((u) => p * stride + u * dilation),
  );
  const places = [...new Set(offsets)].sort((a, b) => a - b);
  return {
    block,
    blocks: resultSize / block,
    window: places.length,
    pixel(b, place) {
      const pixel = b * block * stride + places[place] - before;
      return pixel >= 0 && pixel < size ? pixel : -1;
    },
    tap(place, p) {
      const u = (places[place] - p * stride) / dilation;
      return Number.isInteger(u) && u >= 0 && u < filterSize ? u : -1;
    },
  };
}

export const conv: Lowering['conv'] = (builder, x, filter, attributes, bias) => {
  const b = blocks(builder, x.shape, filter.shape, attributes);
  const operands = [windows(builder, b, x), filterMatrix(builder, b, filter)];
  if (bias !== undefined)
    operands.push(builder.op('Tile', [bias], { repeats: [b.block[0] * b.block[1]] }));
  const y = builder.op('Gemm', operands, { transA: true, transB: false });
  return batchFirst(builder, y, b.outShape, b.block);
};

export const convTranspose: Lowering['convTranspose'] = (
  builder,
  dy,
  filter,
  inputShape,
  attributes,
) => {
  const b = blocks(builder, inputShape, filter.shape, attributes);
  const byPlace = builder.op('Gemm', [filterMatrix(builder, b, filter), toBlocks(builder, b, dy)], {
    transA: false,
    transB: true,
  });
  const rows = reshape(builder, byPlace, [sizeOf(byPlace.shape) / b.n, b.n]);
  const pixels = sumOfGathered(builder, rows, b.windowPixels, b.pixels);
  return batchFirst(builder, pixels, inputShape);
};

export const convFilterGradient: Lowering['convFilterGradient'] = (
  builder,
  x,
  dy,
  filterShape,
  attributes,
) => {
  const b = blocks(builder, x.shape, filterShape, attributes);
  const matrix = builder.op('Gemm', [windows(builder, b, x), toBlocks(builder, b, dy)], PLAIN);
  const rows = reshape(builder, matrix, [sizeOf(matrix.shape) / b.m, b.m]);
  return reshape(builder, sumOfGathered(builder, rows, b.matrixTaps, b.taps), filterShape);
};

/** x [n, h, w, 1] -> [places of a window, blocks * n]. */
function windows(builder: Builder, b: Blocks, x: Value): Value {
  const gathered = gatherRows(builder, positionsFirst(builder, x), b.windowPixels);
  return reshape(builder, gathered, [b.places, sizeOf(gathered.shape) / b.places]);
}

/** filter [kh, kw, 1, m] -> [places of a window, results of a block * m]. */
function filterMatrix(builder: Builder, b: Blocks, filter: Value): Value {
  const gathered = gatherRows(builder, reshape(builder, filter, [b.taps, b.m]), b.matrixTaps);
  return reshape(builder, gathered, [b.places, sizeOf(gathered.shape) / b.places]);
}

/** dy [n, oh, ow, m] -> [blocks * n, results of a block * m]. */
function toBlocks(builder: Builder, { m, block }: Blocks, dy: Value): Value {
  const width = block[0] * block[1] * m;
  const rows = sizeOf(dy.shape) / width;
  return reshape(builder, positionsFirst(builder, dy, block), [rows, width]);
}

/** Rows of a matrix, zeros for -1. */
function gatherRows(builder: Builder, matrix: Value, indices: readonly number[]): Value {
  const [rows, columns] = matrix.shape;
  const outside = indices.includes(-1);
  const table = outside
    ? builder.op('Concat', [matrix, builder.filled(0, [1, columns])], { axis: 0 })
    : matrix;
  const places = Int32Array.from(indices, (row) => (row < 0 ? rows : row));
  return builder.op('Gather', [table, builder.constant(places, [places.length], 'int32')], {
    axis: 0,
  });
}

/** The transpose of {@link gatherRows}: each of `count` rows is the sum of those that were gathered from it. */
function sumOfGathered(
  builder: Builder,
  gathered: Value,
  indices: readonly number[],
  count: number,
): Value {
  const sources = Array.from({ length: count }, (): number[] => []);
  indices.forEach((row, k) => {
    if (row >= 0) sources[row].push(k);
  });
  const most = Math.max(...sources.map(({ length }) => length));
  // Windows that stride over the only pixels: nothing was gathered.
  if (most === 0) return builder.filled(0, [count, gathered.shape[1]]);
  return range(most)
    .map((k) =>
      gatherRows(
        builder,
        gathered,
        sources.map((places) => places[k] ?? -1),
      ),
    )
    .reduce((sum, rows) => builder.op('Add', [sum, rows], {}));
}
