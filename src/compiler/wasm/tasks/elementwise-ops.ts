import type { DType, OpName } from '../../graph/op-attributes.js';
import { isNode, type Value } from '../../graph/value.js';
import { type Code, type Operand } from '../assembler.js';
import { f32x4, i32x4, v128 } from '../instructions.js';
import type { Keep } from './keep.js';
import { sine } from './sine.js';
import { erf, exp, log, pow, sigmoid, softplus, tanh } from './transcendental.js';

type Lanes = readonly Code[];
type Instruction = (...operands: Operand[]) => Lanes;

/** In lanes of 32 bits a bool has all bits set or none; in memory it is a byte. */

/** Ops that are one instruction, on float32 and on int32. */
const DIRECT: Partial<Record<OpName, { float32?: Instruction; int32?: Instruction }>> = {
  Abs: { float32: f32x4.abs, int32: i32x4.abs },
  Add: { float32: f32x4.add, int32: i32x4.add },
  Ceil: { float32: f32x4.ceil },
  Div: { float32: f32x4.div },
  Equal: { float32: f32x4.eq, int32: i32x4.eq },
  Floor: { float32: f32x4.floor },
  Greater: { float32: f32x4.greater, int32: i32x4.greater },
  GreaterOrEqual: { float32: f32x4.atLeast, int32: i32x4.atLeast },
  Less: { float32: f32x4.less, int32: i32x4.less },
  LessOrEqual: { float32: f32x4.atMost, int32: i32x4.atMost },
  Max: { float32: f32x4.max, int32: i32x4.max },
  Min: { float32: f32x4.min, int32: i32x4.min },
  Mul: { float32: f32x4.mul, int32: i32x4.mul },
  Neg: { float32: f32x4.neg, int32: i32x4.neg },
  Round: { float32: f32x4.nearest },
  Sqrt: { float32: f32x4.sqrt },
  Sub: { float32: f32x4.sub, int32: i32x4.sub },
};

/** Ops on bools. */
const LOGICAL: Partial<Record<OpName, Instruction>> = {
  And: v128.and,
  Equal: i32x4.eq,
  Not: v128.not,
  Or: v128.or,
};

const TRANSCENDENTAL: Partial<Record<OpName, (x: Lanes, keep: Keep) => Lanes>> = {
  Cos: (x, keep) => sine(x, 1, keep),
  Erf: erf,
  Exp: exp,
  Log: log,
  Sigmoid: sigmoid,
  Sin: (x, keep) => sine(x, 0, keep),
  Softplus: softplus,
  Tanh: tanh,
};

/** Ops of one float32 that are a few instructions. */
const COMPOSED: Partial<Record<OpName, (x: Lanes, value: Value, keep: Keep) => Lanes>> = {
  Clip: (x, value) => {
    const { min, max } = (value as Value & { source: { attributes: { min: number; max: number } } })
      .source.attributes;
    return f32x4.min(f32x4.max(x, f32x4.splat(min)), f32x4.splat(max));
  },
  Elu: (x, value, keep) => {
    const below = keep(
      f32x4.mul(f32x4.splat(alphaOf(value)), f32x4.sub(exp(x, keep), f32x4.splat(1))),
    );
    return v128.select(f32x4.greater(x, v128.zero), x, below);
  },
  LeakyRelu: (x, value) =>
    v128.select(f32x4.greater(x, v128.zero), x, f32x4.mul(x, f32x4.splat(alphaOf(value)))),
  Relu: (x) => f32x4.max(x, v128.zero),
  Sign: (x) =>
    v128.or(
      v128.and(f32x4.greater(x, v128.zero), f32x4.splat(1)),
      v128.and(f32x4.less(x, v128.zero), f32x4.splat(-1)),
    ),
};

/** The same on int32. */
const COMPOSED_INTEGER: Partial<Record<OpName, (x: Lanes) => Lanes>> = {
  Relu: (x) => i32x4.max(x, v128.zero),
  Sign: (x) => i32x4.max(i32x4.min(x, i32x4.splat(1)), i32x4.splat(-1)),
};

const alphaOf = (value: Value): number =>
  isNode(value, 'Elu', 'LeakyRelu') ? value.source.attributes.alpha : NaN;

/** Ops whose result is their operand, repeated. */
const isRepeated = (value: Value): boolean => isNode(value, 'Expand', 'Tile');

/** Whether an element-wise loop can compute the value. */
export function isLaneOp(value: Value): boolean {
  if (value.source.kind !== 'node') return false;
  const { op, operands } = value.source;
  const { dtype } = operands[0] ?? value;
  if (isRepeated(value) || op === 'Where' || op === 'Cast') return true;
  if (dtype === 'bool') return op in LOGICAL;
  if (dtype === 'float32' && (op in TRANSCENDENTAL || op in COMPOSED || op === 'Pow')) return true;
  if (dtype === 'int32' && op in COMPOSED_INTEGER) return true;
  return DIRECT[op]?.[dtype] !== undefined;
}

/** The value from its operands, in lanes. */
export function laneCode(value: Value, operands: readonly Lanes[], keep: Keep): Lanes {
  if (value.source.kind !== 'node') throw new Error('compiler bug: nothing to compute');
  const { op, operands: from } = value.source;
  const [x] = operands;
  const { dtype } = from[0];
  if (isRepeated(value)) return x;
  if (op === 'Where') return v128.select(x, operands[1], operands[2]);
  if (op === 'Cast') return castLanes(x, dtype, value.dtype);
  if (op === 'Pow') return pow(x, operands[1], keep);
  const instruction = dtype === 'bool' ? LOGICAL[op] : DIRECT[op]?.[dtype];
  if (instruction !== undefined) return instruction(...operands);
  if (dtype === 'int32' && op in COMPOSED_INTEGER) return COMPOSED_INTEGER[op]!(x);
  const code = TRANSCENDENTAL[op]?.(x, keep) ?? COMPOSED[op]?.(x, value, keep);
  if (code === undefined) throw new Error(`compiler bug: no lanes for ${op}`);
  return code;
}

function castLanes(x: Lanes, from: DType, to: DType): Lanes {
  if (from === to) return x;
  if (to === 'bool') return from === 'float32' ? f32x4.ne(x, v128.zero) : i32x4.ne(x, v128.zero);
  if (to === 'float32') return from === 'bool' ? v128.and(x, f32x4.splat(1)) : f32x4.ofI32(x);
  if (from === 'float32') return i32x4.ofF32(x);
  return from === 'bool' ? v128.and(x, i32x4.splat(1)) : x;
}

/** A constant's number in all lanes. */
export function splatConstant(x: number, dtype: DType): Lanes {
  if (dtype === 'float32') return f32x4.splat(x);
  return i32x4.splat(dtype === 'bool' ? -Number(x !== 0) : x);
}
