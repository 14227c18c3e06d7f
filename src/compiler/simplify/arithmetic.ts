import type { Rewrite } from './rewrite.js';
import { typedValues } from '../graph/builder.js';
import { OPS } from '../graph/ops.js';
import { isNode, sameShape, scalarOf, sizeOf, type Value } from '../graph/value.js';

/** x + 0, x - 0, x * 1 and x / 1 are x; a product with -1 is a negation. */
export const dropNeutral: Rewrite = (builder, value) => {
  if (!isNode(value, 'Add', 'Sub', 'Mul', 'Div')) return undefined;
  const [a, b] = value.source.operands;
  const neutral = isNode(value, 'Add', 'Sub') ? 0 : 1;
  const commutes = isNode(value, 'Add', 'Mul');
  const whole = (x: Value): boolean => sameShape(x.shape, value.shape);
  if (scalarOf(b) === neutral && whole(a)) return a;
  if (commutes && scalarOf(a) === neutral && whole(b)) return b;
  if (isNode(value, 'Mul') && value.dtype === 'float32') {
    if (scalarOf(b) === -1 && whole(a)) return builder.op('Neg', [a], {});
    if (scalarOf(a) === -1 && whole(b)) return builder.op('Neg', [b], {});
  }
  return undefined;
};

/**
 * A single number beside an array whose last axis has length 1 gets as many axes: ONNX Runtime would broadcast it along that last axis,
 * an element at a time, which takes twenty times as long.
 */
export const scalarOfFullRank: Rewrite = (builder, value) => {
  const { source, shape } = value;
  if (source.kind !== 'node' || OPS[source.op].elementwise !== true) return undefined;
  if (shape.at(-1) !== 1 || sizeOf(shape) === 1) return undefined;
  const ones = shape.map(() => 1);
  const operands = source.operands.map((operand) => {
    const x = operand.shape.length < shape.length ? scalarOf(operand) : undefined;
    return x === undefined
      ? operand
      : builder.constant(typedValues(operand.dtype, [x]), ones, operand.dtype);
  });
  return operands.every((operand, k) => operand === source.operands[k])
    ? undefined
    : builder.op(source.op, operands, source.attributes);
};
