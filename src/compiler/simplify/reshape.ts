import type { Rewrite } from './rewrite.js';
import { isNode, sameShape, sizeOf } from '../graph/value.js';

/** A reshape of a reshape is one; one that changes nothing is none. */
export const mergeReshapes: Rewrite = (builder, value) => {
  if (isNode(value, 'Expand'))
    return sameShape(value.shape, value.source.operands[0].shape)
      ? value.source.operands[0]
      : undefined;
  if (!isNode(value, 'Reshape')) return undefined;
  const [x] = value.source.operands;
  const origin = isNode(x, 'Reshape') ? x.source.operands[0] : x;
  if (sameShape(origin.shape, value.shape)) return origin;
  return origin === x ? undefined : builder.op('Reshape', [origin], { shape: value.shape });
};

/** One number expanded and reshaped is that number expanded to the other shape. */
export const reshapeExpanded: Rewrite = (builder, value) => {
  if (!isNode(value, 'Reshape')) return undefined;
  const [x] = value.source.operands;
  if (!isNode(x, 'Expand') || sizeOf(x.source.operands[0].shape) !== 1) return undefined;
  const one = builder.op('Reshape', [x.source.operands[0]], { shape: [] });
  return builder.op('Expand', [one], { shape: value.shape });
};

/** A sum, mean or extremum over axes of one element is a reshape. */
export const reshapeForUnitReduction: Rewrite = (builder, value) => {
  if (!isNode(value, 'ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd'))
    return undefined;
  const { operands, attributes } = value.source;
  if (attributes.axes.some((axis) => operands[0].shape[axis] !== 1)) return undefined;
  return builder.op('Reshape', [operands[0]], { shape: value.shape });
};

/** Two transposes are one; one that moves no axis of more than one element is a reshape. */
export const composeTransposes: Rewrite = (builder, value) => {
  if (!isNode(value, 'Transpose')) return undefined;
  const [x] = value.source.operands;
  const { perm } = value.source.attributes;
  const moved = perm.filter((axis) => x.shape[axis] !== 1);
  if (moved.every((axis, k) => k === 0 || axis > moved[k - 1]))
    return builder.op('Reshape', [x], { shape: value.shape });
  if (!isNode(x, 'Transpose')) return undefined;
  const inner = x.source.attributes.perm;
  return builder.op('Transpose', [x.source.operands[0]], { perm: perm.map((axis) => inner[axis]) });
};

/** A sum over a reshape that only adds axes of one element is a sum over what was reshaped: so biases' gradients arrive. */
export const reduceBeforeReshape: Rewrite = (builder, value) => {
  if (!isNode(value, 'ReduceSum', 'ReduceMean') || value.source.attributes.keepDims)
    return undefined;
  const { operands, attributes, op } = value.source;
  const [x] = operands;
  if (!isNode(x, 'Reshape')) return undefined;
  const [origin] = x.source.operands;
  const added = x.shape.length - origin.shape.length;
  const leading = Array<number>(Math.max(0, added)).fill(1);
  if (
    added <= 0 ||
    !sameShape(x.shape, [...leading, ...origin.shape]) ||
    leading.some((_, axis) => !attributes.axes.includes(axis))
  )
    return undefined;
  const axes = attributes.axes.filter((axis) => axis >= added).map((axis) => axis - added);
  return axes.length === 0
    ? builder.op('Reshape', [origin], { shape: value.shape })
    : builder.op(op, [origin], { axes, keepDims: false });
};
