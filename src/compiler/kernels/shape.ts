import {
  backend_util,
  slice_util,
  util,
  type ConcatAttrs,
  type ExpandDimsAttrs,
  type FillAttrs,
  type LinSpaceAttrs,
  type OneHotAttrs,
  type PackAttrs,
  type PadV2Attrs,
  type RangeAttrs,
  type ReshapeAttrs,
  type ReverseAttrs,
  type SliceAttrs,
  type SplitVAttrs,
  type Tensor,
  type TensorInfo,
  type TileAttrs,
  type TransposeAttrs,
  type UnpackAttrs,
} from '@tensorflow/tfjs-core';
import { typedValues, type Builder } from '../graph/builder.js';
import { sizeOf, type DType, type TypedValues, type Value } from '../graph/value.js';
import { arithmetic } from './arithmetic.js';
import { reshape, type Rule, type Rules } from './rule.js';
import { padWith } from './windows.js';

/** The shape with a new axis of one element at `axis`, counted from the end where it is negative. */
function withAxis(shape: readonly number[], axis: number): readonly number[] {
  return shape.toSpliced(axis < 0 ? shape.length + 1 + axis : axis, 0, 1);
}

/** What is from `begin` up to `end` along an axis. */
function part(builder: Builder, x: Value, axis: number, begin: number, end: number): Value {
  return builder.op('Slice', [x], {
    begin: x.shape.map((_, k) => (k === axis ? begin : 0)),
    end: x.shape.map((extent, k) => (k === axis ? end : extent)),
    step: x.shape.map(() => 1),
  });
}

/** start, start + step, ..., added up in the array's own precision, as TensorFlow.js does. */
function counted<Numbers extends TypedValues>(into: Numbers, start: number, step: number): Numbers {
  into[0] = start;
  for (let k = 1; k < into.length; k++) into[k] = into[k - 1] + step;
  return into;
}

export const shapeKernels: Rules = {
  Concat: ((builder, inputs, { axis }) => {
    const operands = Object.values(inputs).filter(({ shape }) => sizeOf(shape) > 0);
    return builder.op('Concat', operands, {
      axis: util.parseAxisParam(axis, operands[0].shape as number[])[0],
    });
  }) satisfies Rule<ConcatAttrs>,
  ExpandDims: ((builder, { input }, { dim }) =>
    reshape(builder, input, withAxis(input.shape, dim))) satisfies Rule<ExpandDimsAttrs>,
  Fill: ((builder, _, { shape, value, dtype }) =>
    builder.filled(
      value as number,
      shape,
      (dtype as DType) ?? 'float32',
    )) satisfies Rule<FillAttrs>,
  LinSpace: ((builder, _, { start, stop, num }) => {
    const numbers = counted(new Float32Array(num), start, (stop - start) / (num - 1));
    return builder.constant(numbers, [num], 'float32');
  }) satisfies Rule<LinSpaceAttrs>,
  OneHot: ((builder, { indices }, { depth, onValue, offValue, dtype = 'int32' }) => {
    const positions = Int32Array.from({ length: depth }, (_, k) => k);
    const number = (x: number): Value =>
      builder.constant(typedValues(dtype as DType, [x]), [], dtype as DType);
    const column = reshape(builder, indices, [...indices.shape, 1]);
    const { equal, where } = arithmetic(builder);
    const hit = equal(column, builder.constant(positions, [depth], 'int32'));
    return where(hit, number(onValue), number(offValue));
  }) satisfies Rule<OneHotAttrs>,
  OnesLike: (builder, { x }) => builder.filled(1, x.shape, x.dtype),
  Pack: ((builder, inputs, { axis }) => {
    const operands = Object.values(inputs).map((x) => reshape(builder, x, withAxis(x.shape, axis)));
    const rank = operands[0].shape.length;
    return builder.op('Concat', operands, { axis: axis < 0 ? axis + rank : axis });
  }) satisfies Rule<PackAttrs>,
  PadV2: ((builder, { x }, { paddings, constantValue }) => {
    const [before, after] = [0, 1].map((k) => paddings.map((pads) => pads[k]));
    return padWith(builder, x, before, after, constantValue);
  }) satisfies Rule<PadV2Attrs>,
  Range: ((builder, _, { start, stop, step, dtype }) => {
    const empty = start === stop || (start < stop && step < 0) || (stop < start && step > 1);
    const length = empty ? 0 : Math.abs(Math.ceil((stop - start) / step));
    const numbers = typedValues(dtype, new Float32Array(length));
    // A step of 1, which is the default, goes down where stop is below.
    counted(numbers, start, stop < start && step === 1 ? -1 : step);
    return builder.constant(numbers, [length], dtype);
  }) satisfies Rule<RangeAttrs>,
  Reshape: ((builder, { x }, { shape }) =>
    reshape(
      builder,
      x,
      util.inferFromImplicitShape(shape, sizeOf(x.shape)),
    )) satisfies Rule<ReshapeAttrs>,
  Reverse: ((builder, { x }, { dims }) => {
    const axes = util.parseAxisParam(dims, x.shape as number[]);
    return axes.reduce((reversed, axis) => {
      const last = Int32Array.from({ length: x.shape[axis] }, (_, k) => x.shape[axis] - 1 - k);
      return builder.op('Gather', [reversed, builder.constant(last, [last.length], 'int32')], {
        axis,
      });
    }, x);
  }) satisfies Rule<ReverseAttrs>,
  Slice: ((builder, { x }, attributes) => {
    const [begin, size] = slice_util.parseSliceParams(
      { shape: x.shape } as TensorInfo,
      attributes.begin,
      attributes.size,
    );
    return builder.op('Slice', [x], {
      begin,
      end: begin.map((first, axis) => first + size[axis]),
      step: begin.map(() => 1),
    });
  }) satisfies Rule<SliceAttrs>,
  SplitV: ((builder, { x }, { numOrSizeSplits, axis }) => {
    const [along] = util.parseAxisParam(axis, x.shape as number[]);
    const like = { shape: x.shape } as Tensor;
    let begin = 0;
    return backend_util
      .prepareSplitSize(like, numOrSizeSplits, along)
      .map((size) => part(builder, x, along, begin, (begin += size)));
  }) satisfies Rule<SplitVAttrs>,
  /** Along axes of one element a repetition is a broadcast, which element-wise ops do without. */
  Tile: ((builder, { x }, { reps }) => {
    if (reps.every((n) => n === 1)) return x;
    if (reps.every((n, axis) => n === 1 || x.shape[axis] === 1))
      return builder.op('Expand', [x], { shape: reps.map((n, axis) => n * x.shape[axis]) });
    return builder.op('Tile', [x], { repeats: reps });
  }) satisfies Rule<TileAttrs>,
  Transpose: ((builder, { x }, { perm }) =>
    builder.op('Transpose', [x], { perm })) satisfies Rule<TransposeAttrs>,
  Unpack: ((builder, { value }, { axis }) => {
    const [along] = util.parseAxisParam(axis, value.shape as number[]);
    const shape = value.shape.filter((_, k) => k !== along);
    return Array.from({ length: value.shape[along] }, (_, k) =>
      reshape(builder, part(builder, value, along, k, k + 1), shape),
    );
  }) satisfies Rule<UnpackAttrs>,
  ZerosLike: (builder, { x }) => builder.filled(0, x.shape, x.dtype),
};
