import {
  util,
  type ArgMinAttrs,
  type CumprodAttrs,
  type CumsumAttrs,
  type GatherV2Attrs,
  type ScatterNdAttrs,
  type TopKAttrs,
  type UnsortedSegmentSumAttrs,
} from '@tensorflow/tfjs-core';
import { typedValues, type Builder } from '../graph/builder.js';
import { sizeOf, type Value } from '../graph/value.js';
import { arithmetic } from './arithmetic.js';
import { range } from './indices.js';
import { reshape, type Rule, type Rules } from './rule.js';
import { padWith, slice } from './windows.js';

const positions = (builder: Builder, n: number): Value =>
  builder.constant(Int32Array.from(range(n)), [n], 'int32');

const LARGEST_FLOAT = (2 - 2 ** -23) * 2 ** 127;

/** Rows of `segments` sums of x's rows [n, d], by their ids [n]; ids that are none of them are left out. */
function segmentSum(builder: Builder, x: Value, ids: Value, segments: number): Value {
  const { equal, cast, where } = arithmetic(builder);
  const hits = equal(reshape(builder, positions(builder, segments), [segments, 1]), ids);
  if (x.dtype === 'int32') {
    // Not as float32, which has not all whole numbers.
    const column = reshape(builder, hits, [segments, x.shape[0], 1]);
    return builder.op('ReduceSum', [where(column, x, 0)], { axes: [1], keepDims: false });
  }
  return builder.op('Gemm', [cast(hits, 'float32'), x], { transA: false, transB: false });
}

/** The rows of x that the indices [..., r] along its first axes point to, as numbers of rows, and their shape. */
function rowNumbers(builder: Builder, indices: Value, shape: readonly number[]): Value {
  const rank = indices.shape[indices.shape.length - 1];
  const count = sizeOf(indices.shape) / rank;
  const strides = range(rank).map((k) => sizeOf(shape.slice(k + 1, rank)));
  const { mul } = arithmetic(builder);
  const flat = reshape(builder, indices, [count, rank]);
  const weights = builder.constant(Int32Array.from(strides), [rank], 'int32');
  return rank === 1
    ? reshape(builder, flat, [count])
    : builder.op('ReduceSum', [mul(flat, weights)], { axes: [1], keepDims: false });
}

/** The first `before` axes of data are those of the indices: each has rows of its own. */
function gatherInBatches(
  builder: Builder,
  x: Value,
  indices: Value,
  axis: number,
  before: number,
): Value {
  const batch = sizeOf(x.shape.slice(0, before));
  const outer = x.shape.slice(before, axis);
  const inner = x.shape.slice(axis + 1);
  const rows = x.shape[axis];
  const chosen = indices.shape.slice(before);
  const count = sizeOf(chosen);
  const blocks = reshape(builder, x, [batch, sizeOf(outer), rows, sizeOf(inner)]);
  const table = builder.op('Transpose', [blocks], { perm: [0, 2, 1, 3] });
  const width = sizeOf(outer) * sizeOf(inner);
  const { add } = arithmetic(builder);
  const starts = builder.constant(
    Int32Array.from(range(batch), (k) => k * rows),
    [batch, 1],
    'int32',
  );
  const places = reshape(builder, add(reshape(builder, indices, [batch, count]), starts), [
    batch * count,
  ]);
  const gathered = builder.op('Gather', [reshape(builder, table, [batch * rows, width]), places], {
    axis: 0,
  });
  const turned = builder.op(
    'Transpose',
    [reshape(builder, gathered, [batch, count, sizeOf(outer), sizeOf(inner)])],
    { perm: [0, 2, 1, 3] },
  );
  return reshape(builder, turned, [...x.shape.slice(0, before), ...outer, ...chosen, ...inner]);
}

/** Sums or products of all elements up to each, by doubling: log2(n) steps, each of an array shifted against itself. */
function scan(
  builder: Builder,
  x: Value,
  { axis, exclusive, reverse }: { axis: number; exclusive: boolean; reverse: boolean },
  op: 'Add' | 'Mul',
): Value {
  const [along] = util.parseAxisParam(axis, x.shape as number[]);
  const neutral = op === 'Add' ? 0 : 1;
  const extent = x.shape[along];
  const zeros = x.shape.map(() => 0);
  const moved = (array: Value, by: number): Value => {
    if (by >= extent) return builder.filled(neutral, x.shape, x.dtype);
    const [begin, end] = [
      zeros.with(along, reverse ? by : 0),
      x.shape.with(along, reverse ? extent : extent - by),
    ];
    const kept = slice(
      builder,
      array,
      begin,
      end,
      x.shape.map(() => 1),
    );
    const pad = zeros.with(along, by);
    return reverse
      ? padWith(builder, kept, zeros, pad, neutral)
      : padWith(builder, kept, pad, zeros, neutral);
  };
  let sums = exclusive ? moved(x, 1) : x;
  for (let by = 1; by < extent; by *= 2) sums = builder.op(op, [sums, moved(sums, by)], {});
  return sums;
}

/** The k largest along the last axis, one after the other; of equal ones the first. */
function topK(builder: Builder, x: Value, k: number): Value[] {
  const { equal, max, where } = arithmetic(builder);
  const last = x.shape.length - 1;
  // Below all that is not taken yet, also where x is as small as a number can be.
  const [least, above] =
    x.dtype === 'float32' ? [-Infinity, -LARGEST_FLOAT] : [-(2 ** 31), 1 - 2 ** 31];
  const order = positions(builder, x.shape[last]);
  const [values, indices]: [Value[], Value[]] = [[], []];
  let rest = max(x, above);
  for (let taken = 1; taken <= k; taken++) {
    const index = builder.op('ArgMax', [rest], { axis: last });
    const column = reshape(builder, index, [...index.shape, 1]);
    const isFound = equal(order, column);
    values.push(
      builder.op('ReduceMax', [where(isFound, x, least)], { axes: [last], keepDims: true }),
    );
    indices.push(column);
    if (taken < k) rest = where(isFound, least, rest);
  }
  return [values, indices].map((columns) => builder.op('Concat', columns, { axis: last }));
}

export const selectKernels: Rules = {
  ArgMin: ((builder, { x }, { axis }) =>
    builder.op('ArgMax', [arithmetic(builder).neg(x)], {
      axis: util.parseAxisParam(axis, x.shape as number[])[0],
    })) satisfies Rule<ArgMinAttrs>,
  Cumprod: ((builder, { x }, attributes) =>
    scan(builder, x, attributes, 'Mul')) satisfies Rule<CumprodAttrs>,
  Cumsum: ((builder, { x }, attributes) => {
    const numbers = x.dtype === 'bool' ? arithmetic(builder).cast(x, 'int32') : x;
    return scan(builder, numbers, attributes, 'Add');
  }) satisfies Rule<CumsumAttrs>,
  GatherNd: (builder, { params, indices }) => {
    const rank = indices.shape[indices.shape.length - 1];
    const rest = params.shape.slice(rank);
    const rows = reshape(builder, params, [sizeOf(params.shape.slice(0, rank)), ...rest]);
    const gathered = builder.op('Gather', [rows, rowNumbers(builder, indices, params.shape)], {
      axis: 0,
    });
    return reshape(builder, gathered, [...indices.shape.slice(0, -1), ...rest]);
  },
  GatherV2: ((builder, { x, indices }, { axis, batchDims }) => {
    const [along] = util.parseAxisParam(axis, x.shape as number[]);
    const places = arithmetic(builder).cast(indices, 'int32');
    return batchDims
      ? gatherInBatches(builder, x, places, along, batchDims)
      : builder.op('Gather', [x, places], { axis: along });
  }) satisfies Rule<GatherV2Attrs>,
  ScatterNd: ((builder, { indices, updates }, { shape }) => {
    const rank = indices.shape[indices.shape.length - 1];
    const count = sizeOf(shape.slice(0, rank));
    // Numbers of rows by themselves, since Gather stops at one that there is not, as TensorFlow.js does.
    const rows = builder.op(
      'Gather',
      [positions(builder, count), rowNumbers(builder, indices, shape)],
      { axis: 0 },
    );
    const width = sizeOf(shape.slice(rank));
    const { cast } = arithmetic(builder);
    const numbers = updates.dtype === 'bool' ? cast(updates, 'int32') : updates;
    const flat = reshape(builder, numbers, [rows.shape[0], width]);
    return reshape(builder, cast(segmentSum(builder, flat, rows, count), updates.dtype), shape);
  }) satisfies Rule<ScatterNdAttrs>,
  TopK: ((builder, { x }, { k }) => topK(builder, x, k)) satisfies Rule<TopKAttrs>,
  /** The gradient of tf.gather: an embedding's. */
  UnsortedSegmentSum: ((builder, { x, segmentIds }, { numSegments }) => {
    const rest = x.shape.slice(1);
    const rows = reshape(builder, x, [x.shape[0], sizeOf(rest)]);
    return reshape(builder, segmentSum(builder, rows, segmentIds, numSegments), [
      numSegments,
      ...rest,
    ]);
  }) satisfies Rule<UnsortedSegmentSumAttrs>,
  Diag: (builder, { x }) => {
    const n = sizeOf(x.shape);
    const { equal, where } = arithmetic(builder);
    const order = positions(builder, n);
    const diagonal = equal(reshape(builder, order, [n, 1]), order);
    const zero = builder.constant(typedValues(x.dtype, [0]), [], x.dtype);
    return reshape(builder, where(diagonal, reshape(builder, x, [n, 1]), zero), [
      ...x.shape,
      ...x.shape,
    ]);
  },
};
