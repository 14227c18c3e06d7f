import {
  broadcastShapes,
  concatShape,
  convShape,
  convTransposeShape,
  gemmShape,
  reducedShape,
} from './shapes.js';
import type { AttributeOf, DType, OpName } from './op-attributes.js';
import { sizeOf, type Value } from './value.js';

export interface OpDefinition<Op extends OpName = OpName> {
  /** Each output element depends on one element of each operand (after broadcasting). */
  readonly elementwise?: true;
  /** The result's shape; an error where the operands do not fit. */
  shape(operands: readonly Value[], attributes: AttributeOf<Op>): readonly number[];
  /** The result's type; by default the first operand's. */
  dtype?(operands: readonly Value[], attributes: AttributeOf<Op>): DType;
}

const sameShape = ([x]: readonly Value[]): readonly number[] => x.shape;
const unary: OpDefinition = { elementwise: true, shape: sameShape };
const binary: OpDefinition = { elementwise: true, shape: (operands) => broadcastShapes(operands) };
const comparison: OpDefinition = { ...binary, dtype: () => 'bool' };
const reduction: OpDefinition<'ReduceSum'> = {
  shape: ([x], { axes, keepDims }) => reducedShape(x.shape, axes, keepDims),
};

/** One entry for every op: a missing one does not compile. */
export const OPS: { readonly [Op in OpName]: OpDefinition<Op> } = {
  Abs: unary,
  Add: binary,
  And: comparison,
  ArgMax: {
    shape: ([x], { axis }) => reducedShape(x.shape, [axis], false),
    dtype: () => 'int32',
  },
  Cast: { elementwise: true, shape: sameShape, dtype: (_, { to }) => to },
  Ceil: unary,
  Clip: unary,
  Concat: { shape: (operands, { axis }) => concatShape(operands, axis) },
  Conv: { shape: ([x, filter], attributes) => convShape(x.shape, filter.shape, attributes) },
  ConvTranspose: {
    shape: ([x, filter], attributes) => convTransposeShape(x.shape, filter.shape, attributes),
  },
  Cos: unary,
  Div: binary,
  Elu: unary,
  Equal: comparison,
  Erf: unary,
  Exp: unary,
  Expand: { shape: ([x], { shape }) => broadcastShapes([x, { shape }]) },
  Floor: unary,
  Gather: {
    shape: ([data, indices], { axis }) => [
      ...data.shape.slice(0, axis),
      ...indices.shape,
      ...data.shape.slice(axis + 1),
    ],
  },
  Gemm: {
    shape: ([a, b, bias], attributes) => gemmShape(a.shape, b.shape, bias?.shape, attributes),
  },
  Greater: comparison,
  GreaterOrEqual: comparison,
  LeakyRelu: unary,
  Less: comparison,
  LessOrEqual: comparison,
  Log: unary,
  MatMul: {
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
  Not: { ...unary, dtype: () => 'bool' },
  Or: comparison,
  Pad: {
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
    shape: ([x], { shape }) => {
      if (sizeOf(x.shape) !== sizeOf(shape))
        throw new Error(`cannot reshape [${x.shape.join(', ')}] to [${shape.join(', ')}]`);
      return shape;
    },
  },
  Round: unary,
  Sigmoid: unary,
  Sign: unary,
  Sin: unary,
  Slice: {
    shape: (_, { begin, end, step }) =>
      begin.map((first, axis) => Math.max(0, Math.ceil((end[axis] - first) / step[axis]))),
  },
  Softmax: { shape: sameShape },
  Softplus: unary,
  Sqrt: unary,
  Sub: binary,
  Tanh: unary,
  Tile: { shape: ([x], { repeats }) => x.shape.map((extent, axis) => extent * repeats[axis]) },
  Transpose: { shape: ([x], { perm }) => perm.map((axis) => x.shape[axis]) },
  Where: {
    elementwise: true,
    shape: (operands) => broadcastShapes(operands),
    dtype: ([, x]) => x.dtype,
  },
};
