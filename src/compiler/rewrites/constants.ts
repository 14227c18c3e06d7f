import { typedValues } from '../builder.js';
import type { OpName } from '../op-attributes.js';
import type { Rewrite } from './rewrite.js';
import { isNode, scalarOf, sizeOf, type Value } from '../value.js';

/** Above this many elements a constant stays an expression: it would only make the model larger. */
const LARGEST_JOINED = 4096;

type Fold = (...x: number[]) => number;

/** Ops on single numbers. Each result is rounded to float32 once, as the op itself would. */
const FOLDS: Partial<Record<OpName, Fold>> = {
  Abs: Math.abs,
  Add: (a, b) => a + b,
  Ceil: Math.ceil,
  Div: (a, b) => a / b,
  Exp: Math.exp,
  Floor: Math.floor,
  Log: Math.log,
  Max: Math.max,
  Min: Math.min,
  Mul: (a, b) => a * b,
  Neg: (x) => -x,
  Sqrt: Math.sqrt,
  Sub: (a, b) => a - b,
};

/** An op on constants of one element is a constant. */
export const foldConstants: Rewrite = (builder, value) => {
  const { source, dtype, shape } = value;
  if (source.kind !== 'node' || sizeOf(shape) !== 1) return undefined;
  const numbers = source.operands.map(scalarOf);
  if (!numbers.every((x) => x !== undefined)) return undefined;
  if (isNode(value, 'Reshape', 'Expand'))
    return builder.constant(typedValues(dtype, numbers), shape, dtype);
  if (isNode(value, 'Cast') && dtype !== 'bool')
    return builder.constant(typedValues(dtype, numbers), shape, dtype);
  const fold = FOLDS[source.op];
  return fold === undefined || dtype !== 'float32'
    ? undefined
    : builder.constant(Float32Array.of(fold(...numbers)), shape, dtype);
};

/** Constants put together are one constant: the labels of a batch that is half real and half fake. */
export const joinConstants: Rewrite = (builder, value) => {
  if (!isNode(value, 'Concat') || sizeOf(value.shape) > LARGEST_JOINED) return undefined;
  const { operands, attributes } = value.source;
  // Joined along the first axis, the elements simply follow one another.
  if (attributes.axis !== 0) return undefined;
  const parts = operands.map(elementsOf);
  if (!parts.every((part) => part !== undefined)) return undefined;
  return builder.constant(typedValues(value.dtype, parts.flat()), value.shape, value.dtype);
};

/** All elements of a constant, or of one number expanded. */
function elementsOf(value: Value): number[] | undefined {
  if (value.source.kind === 'constant') return Array.from(value.source.data);
  const repeated = isNode(value, 'Expand') ? scalarOf(value.source.operands[0]) : undefined;
  return repeated === undefined ? undefined : Array<number>(sizeOf(value.shape)).fill(repeated);
}
