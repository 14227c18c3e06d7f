import { OPS } from '../graph/ops.js';
import { isNode, sameShape, sizeOf, type NodeValue, type Value } from '../graph/value.js';
import type { Rewrite } from './rewrite.js';

type Layout = NodeValue<'Reshape'> | NodeValue<'Transpose'>;

const isLayout = (value: Value): value is Layout =>
  isNode(value, 'Reshape') || isNode(value, 'Transpose');

/** Whether two values are arranged anew in the same way. */
function sameLayout(a: Layout, b: Value): b is Layout {
  if (!isLayout(b) || !sameShape(a.source.operands[0].shape, b.source.operands[0].shape))
    return false;
  if (isNode(a, 'Transpose') && isNode(b, 'Transpose'))
    return sameShape(a.source.attributes.perm, b.source.attributes.perm);
  return isNode(a, 'Reshape') && isNode(b, 'Reshape') && sameShape(a.shape, b.shape);
}

/** Whether the elements along the last axis stay together, in their order. */
function keepsLastAxis(layout: Layout): boolean {
  const rank = layout.shape.length;
  const { shape } = layout.source.operands[0];
  return isNode(layout, 'Transpose')
    ? layout.source.attributes.perm[rank - 1] === rank - 1
    : shape.length > 0 && shape[shape.length - 1] === layout.shape[rank - 1];
}

/**
 * An element-wise op is computed before its operands are arranged anew, all in the same way: arrangements come together
 * and cancel, as between two convolutions that both have positions before the batch.
 */
export const arrangeLate: Rewrite = (builder, value, graph) => {
  const { source } = value;
  if (source.kind !== 'node' || OPS[source.op].elementwise !== true) return undefined;
  const layout = source.operands.find(
    (operand): operand is Layout => isLayout(operand) && sameShape(operand.shape, value.shape),
  );
  if (layout === undefined || sizeOf(value.shape) === 1 || graph.isUpdate()) return undefined;
  const operands = source.operands.map((operand) => {
    if (sameLayout(layout, operand)) return operand.source.operands[0];
    const size = sizeOf(operand.shape);
    if (size === 1) return builder.op('Reshape', [operand], { shape: [] });
    const vector = size === operand.shape[operand.shape.length - 1] && keepsLastAxis(layout);
    return vector ? builder.op('Reshape', [operand], { shape: [size] }) : undefined;
  });
  if (!operands.every((operand) => operand !== undefined)) return undefined;
  const early = builder.op(source.op, operands, source.attributes);
  if (!sameShape(early.shape, layout.source.operands[0].shape)) return undefined;
  return builder.op(layout.source.op, [early], layout.source.attributes);
};

/**
 * Where only one operand of an element-wise op is transposed and its result is transposed back, the other is transposed
 * instead: one transpose in the place of two. Sums over rows may need the result as well, in any order.
 */
export const arrangeOther: Rewrite = (builder, value, graph) => {
  if (!isNode(value, 'Transpose') && !isRowSum(value)) return undefined;
  const [result] = value.source.operands;
  const { source } = result;
  if (source.kind !== 'node' || OPS[source.op].elementwise !== true) return undefined;
  const arrays = source.operands.filter(({ shape }) => sameShape(shape, result.shape));
  const transposed = arrays.find((operand) => isNode(operand, 'Transpose'));
  const others = source.operands.filter(({ shape }) => sizeOf(shape) > 1).length - 1;
  if (transposed === undefined || arrays.length !== 2 || others !== 1) return undefined;
  const { perm } = transposed.source.attributes;
  const back = perm.map((_, axis) => perm.indexOf(axis));
  const isBack = (user: Value): boolean =>
    isNode(user, 'Transpose') && sameShape(user.source.attributes.perm, back);
  const users = graph.users(result);
  if (!users.some(isBack)) return undefined;
  if (!users.every((user) => isBack(user) || (isRowSum(user) && keepsLastAxis(transposed))))
    return undefined;
  const operands = source.operands.map((operand) => {
    if (operand === transposed) return transposed.source.operands[0];
    return arrays.includes(operand) ? builder.op('Transpose', [operand], { perm: back }) : operand;
  });
  const turned = builder.op(source.op, operands, source.attributes);
  return isRowSum(value) ? builder.op(value.source.op, [turned], value.source.attributes) : turned;
};

/** A sum over all axes but the last is the same however the others are arranged: so biases' gradients arrive. */
export const sumBeforeArranging: Rewrite = (builder, value) => {
  if (!isRowSum(value)) return undefined;
  const { op, operands } = value.source;
  let [x] = operands;
  while (isLayout(x) && keepsLastAxis(x)) [x] = x.source.operands;
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  return x === operands[0] || axes.length === 0
    ? undefined
    : builder.op(op, [x], { axes, keepDims: false });
};

/** Whether a value is the sum or mean over all axes but the last. */
function isRowSum(value: Value): value is NodeValue<'ReduceSum'> | NodeValue<'ReduceMean'> {
  if (!isNode(value, 'ReduceSum', 'ReduceMean')) return false;
  const { axes, keepDims } = value.source.attributes;
  const last = value.source.operands[0].shape.length - 1;
  return !keepDims && axes.length === last && !axes.includes(last);
}
