import { OPS } from '../graph/ops.js';
import type { Rewrite } from './rewrite.js';
import { broadcastShapes } from '../graph/shapes.js';
import { isNode, sameShape, type Value } from '../graph/value.js';

const unexpanded = (x: Value): Value => (isNode(x, 'Expand') ? x.source.operands[0] : x);

/** An element-wise op broadcasts by itself: an operand need not be expanded beside one of the full shape. */
export const liftExpand: Rewrite = (builder, value) => {
  const { source } = value;
  if (source.kind !== 'node' || OPS[source.op].elementwise !== true) return undefined;
  const operands = [...source.operands];
  operands.forEach((operand, k) => {
    if (!isNode(operand, 'Expand')) return;
    const lifted = operands.map((other, j) => (j === k ? unexpanded(operand) : other));
    if (sameShape(broadcastShapes(lifted), value.shape)) operands[k] = unexpanded(operand);
  });
  if (operands.every((operand, k) => operand === source.operands[k])) return undefined;
  return builder.op(source.op, operands, source.attributes);
};

/** An element-wise op on expanded operands only is computed before expanding: once instead of for each element. */
export const liftFullExpand: Rewrite = (builder, value) => {
  const { source } = value;
  if (
    source.kind !== 'node' ||
    OPS[source.op].elementwise !== true ||
    !source.operands.some((x) => isNode(x, 'Expand'))
  )
    return undefined;
  const operands = source.operands.map(unexpanded);
  const small = builder.op(source.op, operands, source.attributes);
  return sameShape(small.shape, value.shape)
    ? small
    : builder.op('Expand', [small], { shape: value.shape });
};
