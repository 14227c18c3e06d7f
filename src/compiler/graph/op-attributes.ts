/** Element types of a traced step. `bool` is a byte an element, as in ONNX. */
export type DType = 'float32' | 'int32' | 'bool';

/**
 * The ops of the graph: those of ONNX, with the operands that ONNX wants as int64 tensors (axes, shapes, pads)
 * kept as attributes. https://onnx.ai/onnx/operators/
 */
export interface OpAttributes {
  Abs: NoAttributes;
  Add: NoAttributes;
  And: NoAttributes;
  Cast: { to: DType };
  Ceil: NoAttributes;
  /** No less than `min`, no more than `max`. */
  Clip: { min: number; max: number };
  /** Joins along `axis`. */
  Concat: { axis: number };
  /** x [n, c, h, w], filter [m, c, kh, kw], bias [m]?; pads: top, left, bottom, right. */
  Conv: ConvAttributes;
  /** x [n, c, h, w], filter [c, m, kh, kw], bias [m]?. */
  ConvTranspose: ConvAttributes & { outputPadding: readonly number[] };
  Cos: NoAttributes;
  Div: NoAttributes;
  Elu: { alpha: number };
  Equal: NoAttributes;
  Erf: NoAttributes;
  Exp: NoAttributes;
  Expand: { shape: readonly number[] };
  Floor: NoAttributes;
  /** data, indices (int32). */
  Gather: { axis: number };
  /** a [m, k] x b [k, n] + bias [n]?, either transposed first. */
  Gemm: { transA: boolean; transB: boolean };
  Greater: NoAttributes;
  GreaterOrEqual: NoAttributes;
  LeakyRelu: { alpha: number };
  Less: NoAttributes;
  LessOrEqual: NoAttributes;
  Log: NoAttributes;
  /** Batched product: a [..., m, k] x b [..., k, n]. */
  MatMul: NoAttributes;
  Max: NoAttributes;
  Min: NoAttributes;
  Mul: NoAttributes;
  Neg: NoAttributes;
  Not: NoAttributes;
  Or: NoAttributes;
  /** Zeros around: `before` and `after` an axis. */
  Pad: { before: readonly number[]; after: readonly number[] };
  Pow: NoAttributes;
  ReduceMax: ReduceAttributes;
  ReduceMean: ReduceAttributes;
  ReduceMin: ReduceAttributes;
  ReduceProd: ReduceAttributes;
  ReduceSum: ReduceAttributes;
  Relu: NoAttributes;
  Reshape: { shape: readonly number[] };
  Round: NoAttributes;
  Sigmoid: NoAttributes;
  Sign: NoAttributes;
  Sin: NoAttributes;
  /** begin, end (exclusive) and step for every axis; begin counts from 0. */
  Slice: { begin: readonly number[]; end: readonly number[]; step: readonly number[] };
  Softmax: { axis: number };
  Softplus: NoAttributes;
  Sqrt: NoAttributes;
  Sub: NoAttributes;
  Tanh: NoAttributes;
  Tile: { repeats: readonly number[] };
  Transpose: { perm: readonly number[] };
  /** condition, where true, where false. */
  Where: NoAttributes;
  /** The largest element's index along `axis`, which is dropped. */
  ArgMax: { axis: number };
}

type NoAttributes = Readonly<Record<never, never>>;
interface ReduceAttributes {
  axes: readonly number[];
  keepDims: boolean;
}
interface ConvAttributes {
  strides: readonly number[];
  pads: readonly number[];
  dilations: readonly number[];
}

export type OpName = keyof OpAttributes;
export type AttributeOf<Op extends OpName> = Readonly<OpAttributes[Op]>;
export type Attributes = Readonly<Record<string, unknown>>;
