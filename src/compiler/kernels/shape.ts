import {
  slice_util,
  util,
  type ConcatAttrs,
  type ExpandDimsAttrs,
  type FillAttrs,
  type GatherV2Attrs,
  type PadV2Attrs,
  type ReshapeAttrs,
  type ReverseAttrs,
  type SliceAttrs,
  type StridedSliceAttrs,
  type TensorInfo,
  type TileAttrs,
  type TransposeAttrs,
} from '@tensorflow/tfjs-core';
import { RunError } from '../../errors.js';
import { sizeOf, type DType } from '../value.js';
import { reshape, type Rule, type Rules } from './rule.js';

export const shapeKernels: Rules = {
  Concat: ((builder, inputs, { axis }) => {
    const operands = Object.values(inputs).filter(({ shape }) => sizeOf(shape) > 0);
    return builder.op('Concat', operands, {
      axis: util.parseAxisParam(axis, operands[0].shape as number[])[0],
    });
  }) satisfies Rule<ConcatAttrs>,
  ExpandDims: ((builder, { input }, { dim }) => {
    const shape = [...input.shape];
    shape.splice(dim < 0 ? shape.length + 1 + dim : dim, 0, 1);
    return reshape(builder, input, shape);
  }) satisfies Rule<ExpandDimsAttrs>,
  Fill: ((builder, _, { shape, value, dtype }) =>
    builder.filled(
      value as number,
      shape,
      (dtype as DType) ?? 'float32',
    )) satisfies Rule<FillAttrs>,
  GatherV2: ((builder, { x, indices }, { axis, batchDims }) => {
    if (batchDims) throw new RunError('the compiler has no rule for tf.gather with batchDims');
    return builder.op('Gather', [x, indices], {
      axis: util.parseAxisParam(axis, x.shape as number[])[0],
    });
  }) satisfies Rule<GatherV2Attrs>,
  OnesLike: (builder, { x }) => builder.filled(1, x.shape, x.dtype),
  PadV2: ((builder, { x }, { paddings, constantValue }) => {
    if (constantValue !== 0)
      throw new RunError(`the compiler pads with zeros, found tf.pad with ${constantValue}`);
    return builder.op('Pad', [x], {
      before: paddings.map(([before]) => before),
      after: paddings.map(([, after]) => after),
    });
  }) satisfies Rule<PadV2Attrs>,
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
  StridedSlice: ((
    builder,
    { x },
    { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask },
  ) => {
    if (
      beginMask ||
      endMask ||
      ellipsisMask ||
      newAxisMask ||
      shrinkAxisMask ||
      strides.some((step) => step <= 0)
    ) {
      throw new RunError(
        'the compiler has a rule for tf.stridedSlice with positive steps and without masks only',
      );
    }
    const from = begin.map((first, axis) => (first < 0 ? first + x.shape[axis] : first));
    const to = end.map((last, axis) =>
      Math.min(last < 0 ? last + x.shape[axis] : last, x.shape[axis]),
    );
    return builder.op('Slice', [x], { begin: from, end: to, step: strides });
  }) satisfies Rule<StridedSliceAttrs>,
  Tile: ((builder, { x }, { reps }) =>
    reps.every((n) => n === 1)
      ? x
      : builder.op('Tile', [x], { repeats: reps })) satisfies Rule<TileAttrs>,
  Transpose: ((builder, { x }, { perm }) =>
    builder.op('Transpose', [x], { perm })) satisfies Rule<TransposeAttrs>,
  ZerosLike: (builder, { x }) => builder.filled(0, x.shape, x.dtype),
};
