import type { AttributeOf, OpName } from '../graph/op-attributes.js';
import { ELEMENT_TYPES, type AttributeValue, type ElementType } from './proto.js';

/** What of an op's attributes ONNX wants as int64 tensors after its operands, and what as attributes of the node. */
export interface NodeParts {
  /** Where ONNX's op gives int64 instead of the graph's type: what its result is cast to. */
  readonly castTo?: ElementType;
  readonly tensors?: readonly (readonly number[])[];
  /** float32 numbers that ONNX wants as tensors after its operands. */
  readonly scalars?: readonly number[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

type Parts<Op extends OpName> = (attributes: AttributeOf<Op>) => NodeParts;

const plain = (): NodeParts => ({});
const reduction: Parts<'ReduceSum'> = ({ axes, keepDims }) => ({
  tensors: [axes],
  attributes: { keepdims: Number(keepDims) },
});
const conv: Parts<'Conv'> = ({ strides, pads, dilations }) => ({
  attributes: { strides, pads, dilations },
});

/** Opset 18 and the IR version that goes with it: old enough for every ONNX Runtime of the last years. */
export const OPSET = 18;
export const IR_VERSION = 8;

/** One entry for every op: https://github.com/onnx/onnx/blob/main/docs/Operators.md */
export const NODE_PARTS: { readonly [Op in OpName]: Parts<Op> } = {
  Abs: plain,
  Add: plain,
  And: plain,
  ArgMax: ({ axis }) => ({ attributes: { axis, keepdims: 0 }, castTo: 'int32' }),
  Cast: ({ to }) => ({ attributes: { to: ELEMENT_TYPES[to] } }),
  Ceil: plain,
  Clip: ({ min, max }) => ({ scalars: [min, max] }),
  Concat: ({ axis }) => ({ attributes: { axis } }),
  Conv: conv,
  ConvTranspose: ({ outputPadding, ...rest }) => ({
    attributes: { ...conv(rest).attributes, output_padding: outputPadding },
  }),
  Cos: plain,
  Div: plain,
  Elu: ({ alpha }) => ({ attributes: { alpha: { float: alpha } } }),
  Equal: plain,
  Erf: plain,
  Exp: plain,
  Expand: ({ shape }) => ({ tensors: [shape] }),
  Floor: plain,
  Gather: ({ axis }) => ({ attributes: { axis } }),
  Gemm: ({ transA, transB }) => ({
    attributes: { transA: Number(transA), transB: Number(transB) },
  }),
  Greater: plain,
  GreaterOrEqual: plain,
  LeakyRelu: ({ alpha }) => ({ attributes: { alpha: { float: alpha } } }),
  Less: plain,
  LessOrEqual: plain,
  Log: plain,
  MatMul: plain,
  Max: plain,
  Min: plain,
  Mul: plain,
  Neg: plain,
  Not: plain,
  Or: plain,
  Pad: ({ before, after }) => ({ tensors: [[...before, ...after]] }),
  Pow: plain,
  ReduceMax: reduction,
  ReduceMean: reduction,
  ReduceMin: reduction,
  ReduceProd: reduction,
  ReduceSum: reduction,
  Relu: plain,
  Reshape: ({ shape }) => ({ tensors: [shape] }),
  Round: plain,
  Sigmoid: plain,
  Sign: plain,
  Sin: plain,
  Slice: ({ begin, end, step }) => ({ tensors: [begin, end, begin.map((_, axis) => axis), step] }),
  Softmax: ({ axis }) => ({ attributes: { axis } }),
  Softplus: plain,
  Sqrt: plain,
  Sub: plain,
  Tanh: plain,
  Tile: ({ repeats }) => ({ tensors: [repeats] }),
  Transpose: ({ perm }) => ({ attributes: { perm } }),
  Where: plain,
};
