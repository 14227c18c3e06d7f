import fc from 'fast-check';
import { EXACT } from '../oracle.js';
import {
  anyNumber,
  broadcastable,
  integers,
  mask,
  notNegative,
  one,
  oneInteger,
  positive,
  shapeOf,
  tensor,
  two,
  twoIntegers,
  twoMasks,
  wholeNumber,
  type KernelCase,
  type KernelEntries,
} from './cases.js';

const withAttributes = (attributes: fc.Arbitrary<object>): fc.Arbitrary<KernelCase> =>
  fc.tuple(one(), attributes).map(([{ inputs }, chosen]) => ({ inputs, attributes: chosen }));

const dtypes = ['float32', 'int32', 'bool'] as const;

const exactUnary = { cases: fc.oneof(one(), oneInteger), tolerance: EXACT };
const exactFloat = { cases: one(), tolerance: EXACT };
const exactBinary = { cases: fc.oneof(two(), twoIntegers), tolerance: EXACT };
const masks = { cases: twoMasks, tolerance: EXACT };

export const elementwiseEntries: KernelEntries = {
  Abs: exactUnary,
  Add: exactBinary,
  AddN: {
    cases: fc
      .tuple(shapeOf(0, 4), fc.integer({ min: 1, max: 5 }))
      .chain(([shape, count]) => fc.array(tensor(shape), { minLength: count, maxLength: count }))
      .map((inputs) => ({ inputs, attributes: {} })),
  },
  Cast: {
    cases: fc
      .tuple(shapeOf(0, 4), fc.constantFrom(...dtypes))
      .chain(([shape, dtype]) =>
        fc
          .oneof(tensor(shape), integers(shape), mask(shape))
          .map((x) => ({ inputs: { x }, attributes: { dtype } })),
      ),
    tolerance: EXACT,
  },
  Ceil: exactFloat,
  ClipByValue: {
    cases: fc.oneof(
      withAttributes(
        fc
          .tuple(anyNumber, notNegative)
          .map(([low, more]) => ({ clipValueMin: low, clipValueMax: low + more })),
      ),
      oneInteger.map(({ inputs }) => ({
        inputs,
        attributes: { clipValueMin: -3, clipValueMax: 5 },
      })),
    ),
  },
  Cos: { cases: one() },
  Elu: { cases: one() },
  EluGrad: {
    cases: shapeOf(0, 4)
      .chain((shape) => fc.tuple(tensor(shape), tensor(shape)))
      .map(([dy, y]) => ({ inputs: { dy, y }, attributes: {} })),
  },
  Equal: { cases: fc.oneof(two(wholeNumber), twoIntegers, twoMasks), tolerance: EXACT },
  Erf: { cases: one() },
  Exp: { cases: one() },
  Expm1: { cases: one() },
  Floor: exactFloat,
  Greater: exactBinary,
  GreaterEqual: exactBinary,
  Identity: exactUnary,
  LeakyRelu: { cases: withAttributes(fc.record({ alpha: anyNumber })) },
  Less: exactBinary,
  LessEqual: exactBinary,
  Log: { cases: one(notNegative) },
  Log1p: { cases: one(notNegative) },
  LogicalAnd: masks,
  LogicalNot: {
    cases: shapeOf(0, 4)
      .chain(mask)
      .map((x) => ({ inputs: { x }, attributes: {} })),
    tolerance: EXACT,
  },
  LogicalOr: masks,
  Maximum: exactBinary,
  Minimum: exactBinary,
  Multiply: exactBinary,
  Neg: exactUnary,
  NotEqual: { cases: fc.oneof(two(wholeNumber), twoIntegers, twoMasks), tolerance: EXACT },
  Pow: {
    cases: fc.oneof(two(positive, anyNumber), two(anyNumber, fc.integer({ min: 0, max: 4 }))),
  },
  Prelu: {
    cases: broadcastable(2)
      .chain(([x, alpha]) => fc.tuple(tensor(x), tensor(alpha)))
      .map(([x, alpha]) => ({ inputs: { x, alpha }, attributes: {} })),
  },
  RealDiv: { cases: two(anyNumber, positive) },
  Reciprocal: { cases: one(positive) },
  Relu: exactUnary,
  Relu6: { cases: one(anyNumber.map((x) => 3 * x)), tolerance: EXACT },
  Round: exactFloat,
  Rsqrt: { cases: one(positive) },
  Select: {
    cases: shapeOf(0, 4)
      .chain((shape) =>
        fc.oneof(
          fc.tuple(mask(shape), tensor(shape), tensor(shape)),
          fc.tuple(mask(shape), integers(shape), integers(shape)),
        ),
      )
      .map(([condition, t, e]) => ({ inputs: { condition, t, e }, attributes: {} })),
    tolerance: EXACT,
  },
  Sigmoid: { cases: one(anyNumber.map((x) => 10 * x)) },
  Sign: exactUnary,
  Sin: { cases: one() },
  Softplus: { cases: one(anyNumber.map((x) => 30 * x)) },
  Sqrt: { cases: one(notNegative) },
  Square: exactUnary,
  SquaredDifference: { cases: fc.oneof(two(), twoIntegers) },
  Step: { cases: withAttributes(fc.record({ alpha: anyNumber })), tolerance: EXACT },
  Sub: exactBinary,
  Tanh: { cases: one() },
};
