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

const share = fc.integer({ min: -100, max: 100 }).map((x) => x / 100);
const wide = fc.integer({ min: -400, max: 400 }).map((x) => x / 4);
/** Numbers that 1 + x loses. */
const small = fc.integer({ min: -99, max: 99 }).map((x) => x * 1e-9);
const anything = fc.oneof(anyNumber, fc.constantFrom(NaN, Infinity, -Infinity));
const divisor = fc.integer({ min: 1, max: 5 }).chain((x) => fc.constantFrom(x, -x));
const divisorOrZero = fc.oneof(divisor, fc.constant(0));
/** Without an absolute part, which would hide the loss of small results. */
const RELATIVE = { relative: 1e-5, absolute: 1e-20 };

const dtypes = ['float32', 'int32', 'bool'] as const;

const exactUnary = { cases: fc.oneof(one(), oneInteger), tolerance: EXACT };
const exactFloat = { cases: one(), tolerance: EXACT };
const exactBinary = { cases: fc.oneof(two(), twoIntegers), tolerance: EXACT };
/** Of comparisons and extrema, which are defined for bools, too. */
const exactOrdered = { cases: fc.oneof(two(), twoIntegers, twoMasks), tolerance: EXACT };
const masks = { cases: twoMasks, tolerance: EXACT };

export const elementwiseEntries: KernelEntries = {
  Abs: exactUnary,
  Acos: { cases: one(share) },
  Acosh: { cases: one(positive.map((x) => 1 + x)) },
  Add: exactBinary,
  AddN: {
    cases: fc
      .tuple(shapeOf(0, 4), fc.integer({ min: 1, max: 5 }))
      .chain(([shape, count]) => fc.array(tensor(shape), { minLength: count, maxLength: count }))
      .map((inputs) => ({ inputs, attributes: {} })),
  },
  Asin: { cases: one(share) },
  Asinh: { cases: one(wide) },
  Atan: { cases: one(wide) },
  Atan2: { cases: two(anyNumber.map((x) => (Object.is(x, -0) ? 0 : x))) },
  Atanh: { cases: one(share.map((x) => 0.99 * x)) },
  Cast: {
    cases: fc
      .tuple(shapeOf(0, 4), fc.constantFrom(...dtypes))
      .chain(([shape, dtype]) =>
        fc
          .oneof(tensor(shape), tensor(shape, anything), integers(shape), mask(shape))
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
  Cos: { cases: one(wide) },
  Cosh: { cases: one() },
  Elu: { cases: one() },
  EluGrad: {
    cases: shapeOf(0, 4)
      .chain((shape) => fc.tuple(tensor(shape), tensor(shape)))
      .map(([dy, y]) => ({ inputs: { dy, y }, attributes: {} })),
  },
  Equal: { cases: fc.oneof(two(wholeNumber), twoIntegers, twoMasks), tolerance: EXACT },
  Erf: { cases: one() },
  Exp: { cases: one() },
  Expm1: { cases: fc.oneof(one(), one(small)), tolerance: RELATIVE },
  Floor: exactFloat,
  FloorDiv: {
    cases: fc.oneof(
      two(wholeNumber, divisorOrZero, 'int32'),
      two(
        wholeNumber.map((x) => x + 0.25),
        divisorOrZero,
      ),
    ),
    tolerance: EXACT,
  },
  Greater: exactOrdered,
  GreaterEqual: exactOrdered,
  Identity: exactUnary,
  IsFinite: { cases: fc.oneof(one(anything), oneInteger), tolerance: EXACT },
  IsInf: { cases: fc.oneof(one(anything), oneInteger), tolerance: EXACT },
  IsNan: { cases: fc.oneof(one(anything), oneInteger), tolerance: EXACT },
  LeakyRelu: { cases: withAttributes(fc.record({ alpha: anyNumber })) },
  Less: exactOrdered,
  LessEqual: exactOrdered,
  Log: { cases: one(notNegative) },
  Log1p: { cases: fc.oneof(one(notNegative), one(small)), tolerance: RELATIVE },
  LogicalAnd: masks,
  LogicalNot: {
    cases: shapeOf(0, 4)
      .chain(mask)
      .map((x) => ({ inputs: { x }, attributes: {} })),
    tolerance: EXACT,
  },
  LogicalOr: masks,
  Maximum: exactOrdered,
  Minimum: exactOrdered,
  Mod: {
    cases: fc.oneof(
      two(wholeNumber, divisorOrZero, 'int32'),
      two(
        wholeNumber.map((x) => x + 0.25),
        divisor,
      ),
      // Beside a whole number of divisors.
      two(fc.constantFrom(-1e-40, -1e-20, 1e-20, -1e-6, 5.9999995, -5.9999995), divisor),
    ),
  },
  Multiply: exactBinary,
  Neg: exactUnary,
  NotEqual: { cases: fc.oneof(two(wholeNumber), twoIntegers, twoMasks), tolerance: EXACT },
  Pow: {
    cases: fc.oneof(
      two(positive, anyNumber),
      two(anyNumber, fc.integer({ min: 0, max: 4 })),
      two(wholeNumber, fc.integer({ min: 0, max: 4 }), 'int32'),
    ),
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
  Selu: { cases: one() },
  Select: {
    cases: shapeOf(0, 4)
      .chain((shape) =>
        fc.oneof(
          fc.tuple(mask(shape), tensor(shape), tensor(shape)),
          fc.tuple(mask(shape), integers(shape), integers(shape)),
          fc.tuple(mask(shape), integers(shape), tensor(shape)),
          fc.tuple(mask(shape), mask(shape), mask(shape)),
        ),
      )
      .map(([condition, t, e]) => ({ inputs: { condition, t, e }, attributes: {} })),
    tolerance: EXACT,
  },
  Sigmoid: { cases: one(anyNumber.map((x) => 10 * x)) },
  Sign: exactUnary,
  Sin: { cases: one(wide) },
  Sinh: { cases: fc.oneof(one(), one(small)), tolerance: RELATIVE },
  Softplus: { cases: one(anyNumber.map((x) => 30 * x)) },
  Sqrt: { cases: one(notNegative) },
  Square: exactUnary,
  SquaredDifference: { cases: fc.oneof(two(), twoIntegers) },
  Step: { cases: withAttributes(fc.record({ alpha: anyNumber })), tolerance: EXACT },
  Sub: exactBinary,
  Tan: { cases: one(share) },
  Tanh: { cases: one() },
};
