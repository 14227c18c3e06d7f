import {
  upcastType,
  type CastAttrs,
  type ClipByValueAttrs,
  type EluGradInputs,
  type LeakyReluAttrs,
  type StepAttrs,
} from '@tensorflow/tfjs-core';
import { RunError } from '../../errors.js';
import { typedValues } from '../graph/builder.js';
import type { OpName } from '../graph/op-attributes.js';
import type { DType, Value } from '../graph/value.js';
import { arithmetic } from './arithmetic.js';
import type { Rule, Rules } from './rule.js';

const unary =
  (op: OpName): Rule =>
  (builder, { x }) =>
    builder.op(op, [x], {});

const binary =
  (op: OpName): Rule =>
  (builder, { a, b }) => {
    if (a.dtype === 'bool') throw new RunError("found bools: cast them with tf.cast(x, 'int32')");
    return builder.op(op, [a, b], {});
  };

/** Of bools, what it is of 0 and 1. */
const comparison =
  (op: OpName): Rule =>
  (builder, { a, b }) => {
    const { cast } = arithmetic(builder);
    return builder.op(op, a.dtype === 'bool' ? [cast(a, 'int32'), cast(b, 'int32')] : [a, b], {});
  };

const logical =
  (op: 'And' | 'Or'): Rule =>
  (builder, { a, b }) =>
    builder.op(op, [a, b], {});

const extremum =
  (op: 'Max' | 'Min'): Rule =>
  (builder, { a, b }) =>
    builder.op(a.dtype === 'bool' ? (op === 'Max' ? 'Or' : 'And') : op, [a, b], {});

export const elementwiseKernels: Rules = {
  Abs: unary('Abs'),
  Add: binary('Add'),
  AddN: (builder, inputs) =>
    Object.values(inputs).reduce((sum, x) => builder.op('Add', [sum, x], {})),
  Cast: ((builder, { x }, { dtype }) =>
    x.dtype === 'float32' && dtype === 'int32'
      ? arithmetic(builder).whole(x)
      : arithmetic(builder).cast(x, dtype as DType)) satisfies Rule<CastAttrs>,
  Ceil: unary('Ceil'),
  ClipByValue: ((builder, { x }, { clipValueMin, clipValueMax }) => {
    const bound = (value: number): Value =>
      builder.constant(typedValues(x.dtype, [value]), [], x.dtype);
    const atLeast = builder.op('Max', [x, bound(clipValueMin)], {});
    return builder.op('Min', [atLeast, bound(clipValueMax)], {});
  }) satisfies Rule<ClipByValueAttrs>,
  Cos: unary('Cos'),
  Elu: (builder, { x }) => builder.op('Elu', [x], { alpha: 1 }),
  EluGrad: ((builder, { dy, y }: Record<keyof EluGradInputs, Value>) => {
    const slope = builder.op(
      'Where',
      [
        builder.op('GreaterOrEqual', [y, builder.scalar(0)], {}),
        builder.scalar(1),
        builder.op('Add', [y, builder.scalar(1)], {}),
      ],
      {},
    );
    return builder.op('Mul', [dy, slope], {});
  }) as Rule,
  Equal: (builder, { a, b }) => builder.op('Equal', [a, b], {}),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  Floor: unary('Floor'),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Identity: (_, { x }) => x,
  IsFinite: (builder, { x }) => {
    const { equal, sub } = arithmetic(builder);
    return equal(sub(x, x), 0);
  },
  IsInf: (builder, { x }) => {
    const { equal, abs } = arithmetic(builder);
    return x.dtype === 'float32' ? equal(abs(x), Infinity) : builder.filled(0, x.shape, 'bool');
  },
  IsNan: (builder, { x }) => arithmetic(builder).not(arithmetic(builder).equal(x, x)),
  LeakyRelu: ((builder, { x }, { alpha }) =>
    builder.op('LeakyRelu', [x], { alpha })) satisfies Rule<LeakyReluAttrs>,
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  Log: unary('Log'),
  LogicalAnd: logical('And'),
  LogicalNot: unary('Not'),
  LogicalOr: logical('Or'),
  Maximum: extremum('Max'),
  Minimum: extremum('Min'),
  Multiply: binary('Mul'),
  Neg: unary('Neg'),
  NotEqual: (builder, { a, b }) => builder.op('Not', [builder.op('Equal', [a, b], {})], {}),
  Prelu: (builder, { x, alpha }) =>
    builder.op(
      'Where',
      [builder.op('Less', [x, builder.scalar(0)], {}), builder.op('Mul', [alpha, x], {}), x],
      {},
    ),
  RealDiv: binary('Div'),
  Reciprocal: (builder, { x }) => builder.op('Div', [builder.scalar(1), x], {}),
  Relu: unary('Relu'),
  Relu6: (builder, { x }) => arithmetic(builder).min(builder.op('Relu', [x], {}), 6),
  Round: (builder, { x }) => (x.dtype === 'int32' ? x : builder.op('Round', [x], {})),
  Rsqrt: (builder, { x }) =>
    builder.op('Div', [builder.scalar(1), builder.op('Sqrt', [x], {})], {}),
  Select: (builder, { condition, t, e }) => {
    const { cast, where } = arithmetic(builder);
    const dtype = upcastType(t.dtype, e.dtype) as DType;
    return where(condition, cast(t, dtype), cast(e, dtype));
  },
  Sigmoid: unary('Sigmoid'),
  /** Of NaN 0, as TensorFlow.js has it. */
  Sign: (builder, { x }) => {
    const { greater, less, cast, sub } = arithmetic(builder);
    return sub(cast(greater(x, 0), x.dtype), cast(less(x, 0), x.dtype));
  },
  Sin: unary('Sin'),
  Softplus: unary('Softplus'),
  Sqrt: unary('Sqrt'),
  Square: (builder, { x }) => builder.op('Mul', [x, x], {}),
  SquaredDifference: (builder, { a, b }) => {
    const difference = builder.op('Sub', [a, b], {});
    return builder.op('Mul', [difference, difference], {});
  },
  /** The derivative of (leaky) ReLU; `alpha` on the negative side, -1 for Abs. */
  Step: ((builder, { x }, { alpha }) =>
    builder.op(
      'Where',
      [
        builder.op('Greater', [x, builder.scalar(0)], {}),
        builder.scalar(1),
        builder.scalar(alpha ?? 0),
      ],
      {},
    )) satisfies Rule<StepAttrs>,
  Sub: binary('Sub'),
  Tanh: unary('Tanh'),
};
