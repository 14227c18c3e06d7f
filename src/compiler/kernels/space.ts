import {
  backend_util,
  slice_util,
  type BatchToSpaceNDAttrs,
  type DepthToSpaceAttrs,
  type MirrorPadAttrs,
  type SpaceToBatchNDAttrs,
  type StridedSliceAttrs,
} from '@tensorflow/tfjs-core';
import { RunError } from '../../errors.js';
import type { Builder } from '../graph/builder.js';
import { sizeOf, type Value } from '../graph/value.js';
import { range } from './indices.js';
import { reshape, type Rule, type Rules } from './rule.js';
import { padWith, slice } from './windows.js';

const transpose = (builder: Builder, x: Value, perm: readonly number[]): Value =>
  builder.op('Transpose', [x], { perm });

/** Rows of x along an axis, by constant numbers. */
function rows(builder: Builder, x: Value, axis: number, numbers: readonly number[]): Value {
  const places = builder.constant(Int32Array.from(numbers), [numbers.length], 'int32');
  return builder.op('Gather', [x, places], { axis });
}

export const spaceKernels: Rules = {
  BatchToSpaceND: ((builder, { x }, { blockShape, crops }) => {
    const product = sizeOf(blockShape);
    const shape = x.shape as number[];
    const apart = reshape(builder, x, backend_util.getReshaped(shape, blockShape, product));
    const perm = backend_util.getPermuted(apart.shape.length, blockShape.length);
    const joined = reshape(
      builder,
      transpose(builder, apart, perm),
      backend_util.getReshapedPermuted(shape, blockShape, product),
    );
    const begin = backend_util.getSliceBeginCoords(crops, blockShape.length);
    const size = backend_util.getSliceSize([...joined.shape], crops, blockShape.length);
    const from = joined.shape.map((_, axis) => begin[axis] ?? 0);
    const end = joined.shape.map((extent, axis) =>
      size[axis] === undefined ? extent : from[axis] + size[axis],
    );
    return slice(
      builder,
      joined,
      from,
      end,
      from.map(() => 1),
    );
  }) satisfies Rule<BatchToSpaceNDAttrs>,
  DepthToSpace: ((builder, { x }, { blockSize, dataFormat }) => {
    if (dataFormat === 'NCHW')
      throw new RunError('the compiler has a rule for NHWC images, found NCHW');
    const [n, h, w, c] = x.shape;
    const depth = c / blockSize ** 2;
    const apart = reshape(builder, x, [n, h, w, blockSize, blockSize, depth]);
    const turned = transpose(builder, apart, [0, 1, 3, 2, 4, 5]);
    return reshape(builder, turned, [n, h * blockSize, w * blockSize, depth]);
  }) satisfies Rule<DepthToSpaceAttrs>,
  MirrorPad: ((builder, { x }, { paddings, mode }) =>
    paddings.reduce((padded, [before, after], axis) => {
      if (before === 0 && after === 0) return padded;
      const extent = x.shape[axis];
      // "symmetric" repeats the edge itself, "reflect" does not.
      const edge = mode === 'symmetric' ? 0 : 1;
      const numbers = range(before + extent + after).map((k) => {
        const at = k - before;
        if (at < 0) return -at - 1 + edge;
        return at < extent ? at : 2 * extent - 1 - at - edge;
      });
      return rows(builder, padded, axis, numbers);
    }, x)) satisfies Rule<MirrorPadAttrs>,
  SpaceToBatchND: ((builder, { x }, { blockShape, paddings }) => {
    const all = [[0, 0], ...paddings, ...x.shape.slice(1 + blockShape.length).map(() => [0, 0])];
    const padded = padWith(
      builder,
      x,
      all.map(([before]) => before),
      all.map(([, after]) => after),
      0,
    );
    const shape = padded.shape as number[];
    const product = sizeOf(blockShape);
    const apart = reshape(
      builder,
      padded,
      backend_util.getReshaped(shape, blockShape, product, false),
    );
    const perm = backend_util.getPermuted(apart.shape.length, blockShape.length, false);
    return reshape(
      builder,
      transpose(builder, apart, perm),
      backend_util.getReshapedPermuted(shape, blockShape, product, false),
    );
  }) satisfies Rule<SpaceToBatchNDAttrs>,
  StridedSlice: ((builder, { x }, attributes) => {
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } =
      attributes;
    const info = slice_util.sliceInfo(
      [...x.shape],
      begin,
      end,
      strides,
      beginMask,
      endMask,
      ellipsisMask,
      newAxisMask,
      shrinkAxisMask,
    );
    if (info.isIdentity) return reshape(builder, x, info.finalShape);
    if (info.sliceDim0 || info.isSimpleSlice) {
      const part = slice(
        builder,
        x,
        info.begin,
        info.end,
        info.begin.map(() => 1),
      );
      return reshape(builder, part, info.finalShape);
    }
    const counts = slice_util.computeOutShape(info.begin, info.end, info.strides);
    const part = counts.reduce((result, count, axis) => {
      const [first, step] = [info.begin[axis], info.strides[axis]];
      if (step < 0)
        return rows(
          builder,
          result,
          axis,
          range(count).map((k) => first + k * step),
        );
      const whole = result.shape.map(() => 0);
      const last = count === 0 ? first : first + (count - 1) * step + 1;
      return slice(
        builder,
        result,
        whole.with(axis, first),
        result.shape.with(axis, last),
        whole.fill(1).with(axis, step),
      );
    }, x);
    return reshape(builder, part, info.finalShape);
  }) satisfies Rule<StridedSliceAttrs>,
};
