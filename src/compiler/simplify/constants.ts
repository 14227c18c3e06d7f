import { typedValues } from '../graph/builder.js';
import type { OpName } from '../graph/op-attributes.js';
import type { Rewrite } from './rewrite.js';
import { isNode, sameShape, scalarOf, sizeOf, type Value } from '../graph/value.js';

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

/** An op on constants is a constant. */
export const foldConstants: Rewrite = (builder, value, graph) => {
  const { source, dtype, shape } = value;
  if (source.kind !== 'node') return undefined;
  if (sizeOf(shape) === 0) return builder.constant(typedValues(dtype, []), shape, dtype);
  if (sizeOf(shape) !== 1) return foldArrays(builder, value, graph);
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

/** The same for arrays of the result's shape, and single numbers beside them. */
const foldArrays: Rewrite = (builder, value) => {
  const { source, dtype, shape } = value;
  const fold = source.kind === 'node' ? FOLDS[source.op] : undefined;
  if (source.kind !== 'node' || fold === undefined || dtype !== 'float32') return undefined;
  const parts = source.operands.map((operand) => {
    const constant = operand.source.kind === 'constant' ? operand.source.data : undefined;
    return constant !== undefined && (constant.length === 1 || sameShape(operand.shape, shape))
      ? constant
      : undefined;
  });
  if (!parts.every((part) => part !== undefined)) return undefined;
  const folded = Float32Array.from({ length: sizeOf(shape) }, (_, k) =>
    fold(...parts.map((part) => part[part.length === 1 ? 0 : k])),
  );
  return builder.constant(folded, shape, dtype);
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
