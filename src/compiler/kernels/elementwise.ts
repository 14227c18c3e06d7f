import type {
  CastAttrs,
  ClipByValueAttrs,
  EluGradInputs,
  LeakyReluAttrs,
  StepAttrs,
} from '@tensorflow/tfjs-core';
import { typedValues } from '../graph/builder.js';
import type { OpName } from '../graph/op-attributes.js';
import type { DType, Value } from '../graph/value.js';
import type { Rule, Rules } from './rule.js';

const unary =
  (op: OpName): Rule =>
  (builder, { x }) =>
    builder.op(op, [x], {});

const binary =
  (op: OpName): Rule =>
  (builder, { a, b }) =>
    builder.op(op, [a, b], {});

export const elementwiseKernels: Rules = {
  Abs: unary('Abs'),
  Add: binary('Add'),
  AddN: (builder, inputs) =>
    Object.values(inputs).reduce((sum, x) => builder.op('Add', [sum, x], {})),
  Cast: ((builder, { x }, { dtype }) =>
    x.dtype === dtype
      ? x
      : builder.op('Cast', [x], { to: dtype as DType })) satisfies Rule<CastAttrs>,
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
  Equal: binary('Equal'),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  Expm1: (builder, { x }) => builder.op('Sub', [builder.op('Exp', [x], {}), builder.scalar(1)], {}),
  Floor: unary('Floor'),
  Greater: binary('Greater'),
  GreaterEqual: binary('GreaterOrEqual'),
  Identity: (_, { x }) => x,
  LeakyRelu: ((builder, { x }, { alpha }) =>
    builder.op('LeakyRelu', [x], { alpha })) satisfies Rule<LeakyReluAttrs>,
  Less: binary('Less'),
  LessEqual: binary('LessOrEqual'),
  Log: unary('Log'),
  Log1p: (builder, { x }) => builder.op('Log', [builder.op('Add', [x, builder.scalar(1)], {})], {}),
  LogicalAnd: binary('And'),
  LogicalNot: unary('Not'),
  LogicalOr: binary('Or'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Multiply: binary('Mul'),
  Neg: unary('Neg'),
  NotEqual: (builder, { a, b }) => builder.op('Not', [builder.op('Equal', [a, b], {})], {}),
  Pow: binary('Pow'),
  Prelu: (builder, { x, alpha }) =>
    builder.op(
      'Where',
      [builder.op('Less', [x, builder.scalar(0)], {}), builder.op('Mul', [alpha, x], {}), x],
      {},
    ),
  RealDiv: binary('Div'),
  Reciprocal: (builder, { x }) => builder.op('Div', [builder.scalar(1), x], {}),
  Relu: unary('Relu'),
  Relu6: (builder, { x }) =>
    builder.op('Min', [builder.op('Relu', [x], {}), builder.scalar(6)], {}),
  Round: unary('Round'),
  Rsqrt: (builder, { x }) =>
    builder.op('Div', [builder.scalar(1), builder.op('Sqrt', [x], {})], {}),
  Select: (builder, { condition, t, e }) => builder.op('Where', [condition, t, e], {}),
  Sigmoid: unary('Sigmoid'),
  Sign: unary('Sign'),
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
