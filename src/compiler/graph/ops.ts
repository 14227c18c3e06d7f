import {
  broadcastShapes,
  concatShape,
  convShape,
  convTransposeShape,
  gemmShape,
  reducedShape,
} from './shapes.js';
import type { AttributeOf, Attributes, DType, OpName } from './op-attributes.js';
import { sizeOf, typeText, type Typed, type Value } from './value.js';

/** All of one type, but for the condition of a choice and the indices of a gather. */
type Operands = 'float32' | 'numbers' | 'bools' | 'any' | 'condition' | 'indices';

export interface OpDefinition<Op extends OpName = OpName> {
  /** How many operands it has, at least and at most. */
  readonly arity: readonly [number, number];
  /** Of what types its operands are. */
  readonly takes: Operands;
  /** Each output element depends on one element of each operand (after broadcasting). */
  readonly elementwise?: true;
  /** The result's shape; an error where the operands do not fit. */
  shape(operands: readonly Value[], attributes: AttributeOf<Op>): readonly number[];
  /** The result's type; by default the first operand's. */
  dtype?(operands: readonly Value[], attributes: AttributeOf<Op>): DType;
}

const sameShape = ([x]: readonly Value[]): readonly number[] => x.shape;
const ONE = [1, 1] as const;
const TWO = [2, 2] as const;
const unary: OpDefinition = { arity: ONE, takes: 'numbers', elementwise: true, shape: sameShape };
const real: OpDefinition = { ...unary, takes: 'float32' };
const binary: OpDefinition = {
  arity: TWO,
  takes: 'numbers',
  elementwise: true,
  shape: (operands) => broadcastShapes(operands),
};
const comparison: OpDefinition = { ...binary, dtype: () => 'bool' };
const logical: OpDefinition = { ...binary, takes: 'bools' };
const reduction: OpDefinition<'ReduceSum'> = {
  arity: ONE,
  takes: 'numbers',
  shape: ([x], { axes, keepDims }) => reducedShape(x.shape, axes, keepDims),
};

/** One entry for every op: a missing one does not compile. */
export const OPS: { readonly [Op in OpName]: OpDefinition<Op> } = {
  Abs: unary,
  Add: binary,
  And: logical,
  ArgMax: {
    arity: ONE,
    takes: 'numbers',
    shape: ([x], { axis }) => reducedShape(x.shape, [axis], false),
    dtype: () => 'int32',
  },
  Cast: { ...unary, takes: 'any', dtype: (_, { to }) => to },
  Ceil: real,
  Clip: real,
  Concat: {
    arity: [1, Infinity],
    takes: 'any',
    shape: (operands, { axis }) => concatShape(operands, axis),
  },
  Conv: {
    arity: [2, 3],
    takes: 'float32',
    shape: ([x, filter], attributes) => convShape(x.shape, filter.shape, attributes),
  },
  ConvTranspose: {
    arity: [2, 3],
    takes: 'float32',
    shape: ([x, filter], attributes) => convTransposeShape(x.shape, filter.shape, attributes),
  },
  Cos: real,
  Div: binary,
  Elu: real,
  Equal: { ...comparison, takes: 'any' },
  Erf: real,
  Exp: real,
  Expand: { arity: ONE, takes: 'any', shape: ([x], { shape }) => broadcastShapes([x, { shape }]) },
  Floor: real,
  Gather: {
    arity: TWO,
    takes: 'indices',
    shape: ([data, indices], { axis }) => [
      ...data.shape.slice(0, axis),
      ...indices.shape,
      ...data.shape.slice(axis + 1),
    ],
  },
  Gemm: {
    arity: [2, 3],
    takes: 'float32',
    shape: ([a, b, bias], attributes) => gemmShape(a.shape, b.shape, bias?.shape, attributes),
  },
  Greater: comparison,
  GreaterOrEqual: comparison,
  LeakyRelu: real,
  Less: comparison,
  LessOrEqual: comparison,
  Log: real,
  MatMul: {
    arity: TWO,
    takes: 'float32',
    shape: ([a, b]) => {
      const rank = a.shape.length;
      const batch = broadcastShapes([
        { shape: a.shape.slice(0, -2) },
        { shape: b.shape.slice(0, -2) },
      ]);
      return [
        ...batch,
        ...gemmShape(a.shape.slice(rank - 2), b.shape.slice(-2), undefined, {
          transA: false,
          transB: false,
        }),
      ];
    },
  },
  Max: binary,
  Min: binary,
  Mul: binary,
  Neg: unary,
  Not: { ...unary, takes: 'bools' },
  Or: logical,
  Pad: {
    arity: ONE,
    takes: 'any',
    shape: ([x], { before, after }) =>
      x.shape.map((extent, axis) => before[axis] + extent + after[axis]),
  },
  Pow: binary,
  ReduceMax: reduction,
  ReduceMean: reduction,
  ReduceMin: reduction,
  ReduceProd: reduction,
  ReduceSum: reduction,
  Relu: unary,
  Reshape: {
    arity: ONE,
    takes: 'any',
    shape: ([x], { shape }) => {
      if (sizeOf(x.shape) !== sizeOf(shape))
        throw new Error(`cannot reshape [${x.shape.join(', ')}] to [${shape.join(', ')}]`);
      return shape;
    },
  },
  Round: real,
  Sigmoid: real,
  Sign: unary,
  Sin: real,
  Slice: {
    arity: ONE,
    takes: 'any',
    shape: (_, { begin, end, step }) =>
      begin.map((first, axis) => Math.max(0, Math.ceil((end[axis] - first) / step[axis]))),
  },
  Softmax: { arity: ONE, takes: 'float32', shape: sameShape },
  Softplus: real,
  Sqrt: real,
  Sub: binary,
  Tanh: real,
  Tile: {
    arity: ONE,
    takes: 'any',
    shape: ([x], { repeats }) => x.shape.map((extent, axis) => extent * repeats[axis]),
  },
  Transpose: {
    arity: ONE,
    takes: 'any',
    shape: ([x], { perm }) => perm.map((axis) => x.shape[axis]),
  },
  Where: {
    arity: [3, 3],
    takes: 'condition',
    elementwise: true,
    shape: (operands) => broadcastShapes(operands),
    dtype: ([, x]) => x.dtype,
  },
};

/** Which operands must be of one type, and what of which. */
const OPERANDS: Readonly<
  Record<
    Operands,
    {
      readonly among: (types: readonly DType[]) => readonly DType[];
      readonly found: (types: readonly DType[]) => boolean;
      readonly expected: string;
    }
  >
> = {
  any: { among: (types) => types, found: () => true, expected: '' },
  float32: {
    among: (types) => types,
    found: ([x]) => x === 'float32',
    expected: "float32: cast it with tf.cast(x, 'float32')",
  },
  numbers: {
    among: (types) => types,
    found: ([x]) => x !== 'bool',
    expected: "numbers: cast it with tf.cast(x, 'float32') or 'int32'",
  },
  bools: { among: (types) => types, found: ([x]) => x === 'bool', expected: 'bools' },
  condition: {
    among: (types) => types.slice(1),
    found: ([x]) => x === 'bool',
    expected: 'a bool to choose by',
  },
  indices: { among: () => [], found: ([, k]) => k === 'int32', expected: 'indices of type int32' },
};

/**
 * The type of what an op gives.
 *
 * @throws Error that names the op, where it has too few or too many operands, or ones of types or shapes that it does not take.
 */
export function resultType(op: OpName, operands: readonly Value[], attributes: Attributes): Typed {
  const definition = OPS[op] as unknown as OpDefinition;
  const { arity, takes } = definition;
  const fail = (what: string): never => {
    throw new Error(`${op} of ${operands.map(typeText).join(' and ') || 'nothing'}, ${what}`);
  };
  const [least, most] = arity;
  if (operands.length < least || operands.length > most)
    fail(`which takes ${least === most ? '' : `from ${least} to `}${most} operands`);
  const { among, found, expected } = OPERANDS[takes];
  const types = operands.map(({ dtype }) => dtype);
  if (new Set(among(types)).size > 1) fail('which are not of one type');
  if (!found(types)) fail(`which takes ${expected}`);
  return {
    shape: definition.shape(operands, attributes),
    dtype: definition.dtype?.(operands, attributes) ?? operands[0].dtype,
  };
}
