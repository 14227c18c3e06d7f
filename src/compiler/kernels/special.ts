import { backend_util } from '@tensorflow/tfjs-core';
import { RunError } from '../../errors.js';
import type { Builder } from '../graph/builder.js';
import { scalarOf, type Value } from '../graph/value.js';
import { arithmetic } from './arithmetic.js';
import type { Rules } from './rule.js';

// Functions that ONNX has not, or not for small numbers, said in ops for which there is generated code everywhere.

type Function = (builder: Builder, x: Value) => Value;

/** The rule of a function of floats. */
const ofFloat =
  (name: string, f: Function) =>
  (builder: Builder, { x }: Record<string, Value>): Value => {
    if (x.dtype !== 'float32')
      throw new RunError(
        `the compiler has a rule for tf.${name} of float32, found ${x.dtype}: cast it with tf.cast(x, 'float32')`,
      );
    return f(builder, x);
  };

/** log(1 + x), of small x too: what 1 + x loses is divided out (W. Kahan; Higham, Accuracy and Stability, 1.14.1). */
const log1p: Function = (builder, x) => {
  const { add, sub, mul, div, log, equal, where } = arithmetic(builder);
  const sum = add(x, 1);
  const corrected = mul(log(sum), div(x, sub(sum, 1)));
  return where(equal(sum, 1), x, where(equal(sum, Infinity), sum, corrected));
};

/** exp(x) - 1, of small x too (the same). */
const expm1: Function = (builder, x) => {
  const { sub, mul, div, exp, log, abs, less, equal, where } = arithmetic(builder);
  const power = exp(x);
  const plain = sub(power, 1);
  const corrected = where(equal(power, 1), x, mul(plain, div(x, log(power))));
  return where(less(abs(x), 1), corrected, plain);
};

const sinh: Function = (builder, x) => {
  const { add, mul, div, abs, where, less, neg } = arithmetic(builder);
  const power = expm1(builder, abs(x));
  const size = mul(0.5, add(power, div(power, add(power, 1))));
  return where(less(x, 0), neg(size), size);
};

const cosh: Function = (builder, x) => {
  const { add, mul, div, exp, abs } = arithmetic(builder);
  const power = exp(abs(x));
  return mul(0.5, add(power, div(1, power)));
};

const asinh: Function = (builder, x) => {
  const { add, mul, div, sqrt, abs, neg, less, where } = arithmetic(builder);
  const size = abs(x);
  const square = mul(x, x);
  // sqrt(1 + x^2) - 1 without the difference.
  const distance = log1p(builder, add(size, div(square, add(1, sqrt(add(1, square))))));
  return where(less(x, 0), neg(distance), distance);
};

const acosh: Function = (builder, x) => {
  const { add, sub, mul, sqrt } = arithmetic(builder);
  const more = sub(x, 1);
  return log1p(builder, add(more, sqrt(add(mul(2, more), mul(more, more)))));
};

const atanh: Function = (builder, x) => {
  const { sub, mul, div, abs, neg, less, where } = arithmetic(builder);
  // Of the size: near -1 the logarithm's operand were a difference.
  const size = abs(x);
  const half = mul(0.5, log1p(builder, div(mul(2, size), sub(1, size))));
  return where(less(x, 0), neg(half), half);
};

/** Cephes' atanf (Stephen L. Moshier, https://www.netlib.org/cephes/): reduced to |x| < tan(pi / 8). */
const atan: Function = (builder, x) => {
  const { add, sub, mul, div, abs, neg, greater, less, where, polynomial } = arithmetic(builder);
  const size = abs(x);
  const [far, near] = [
    greater(size, Math.tan((3 * Math.PI) / 8)),
    greater(size, Math.tan(Math.PI / 8)),
  ];
  const reduced = where(far, div(-1, size), where(near, div(sub(size, 1), add(size, 1)), size));
  const offset = where(
    far,
    builder.scalar(Math.PI / 2),
    where(near, builder.scalar(Math.PI / 4), 0),
  );
  const square = mul(reduced, reduced);
  const series = polynomial(
    square,
    [8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1],
  );
  const angle = add(offset, add(mul(mul(series, square), reduced), reduced));
  return where(less(x, 0), neg(angle), angle);
};

const asin: Function = (builder, x) => {
  const { add, sub, mul, div, sqrt } = arithmetic(builder);
  return mul(2, atan(builder, div(x, add(1, sqrt(sub(1, mul(x, x)))))));
};

const acos: Function = (builder, x) => {
  const { add, sub, mul, div, sqrt } = arithmetic(builder);
  return mul(2, atan(builder, sqrt(div(sub(1, x), add(1, x)))));
};

/** The angle of the point (x, y), from -pi to pi. */
function atan2(builder: Builder, y: Value, x: Value): Value {
  const { add, sub, mul, div, abs, less, greater, equal, and, where } = arithmetic(builder);
  const [pi, nought] = [builder.scalar(Math.PI), builder.scalar(0)];
  const angle = atan(builder, div(y, x));
  const left = where(less(y, 0), sub(angle, pi), add(angle, pi));
  const turned = where(less(x, 0), left, angle);
  const origin = and(equal(y, 0), equal(abs(x), 0));
  // Without a direction, as Math.atan2: 0, or pi beside -0.
  const still = where(less(div(1, x), 0), pi, nought);
  return where(origin, mul(still, where(greater(div(1, y), 0), builder.scalar(1), -1)), turned);
}

/** x to a power that is the same for all elements, where that is a product or a root. */
const POWERS: ReadonlyMap<number, Function> = new Map<number, Function>([
  [0, (builder, x) => builder.filled(1, x.shape, x.dtype)],
  [1, (_, x) => x],
  [2, (builder, x) => arithmetic(builder).mul(x, x)],
  [3, (builder, x) => arithmetic(builder).mul(arithmetic(builder).mul(x, x), x)],
  [4, (builder, x) => POWERS.get(2)!(builder, POWERS.get(2)!(builder, x))],
]);
const ROOTS: ReadonlyMap<number, Function> = new Map<number, Function>([
  [0.5, (builder, x) => arithmetic(builder).sqrt(x)],
  [1.5, (builder, x) => arithmetic(builder).mul(x, arithmetic(builder).sqrt(x))],
  [-0.5, (builder, x) => arithmetic(builder).div(1, arithmetic(builder).sqrt(x))],
  [-1, (builder, x) => arithmetic(builder).div(1, x)],
  [-1.5, (builder, x) => arithmetic(builder).div(1, ROOTS.get(1.5)!(builder, x))],
  [-2, (builder, x) => arithmetic(builder).div(1, POWERS.get(2)!(builder, x))],
]);

/** The largest float32 that is an int32. */
const LARGEST_WHOLE = 2 ** 31 - 2 ** 7;

/** floor(a / b) of int32, and what is left, which has the sign of b; 0 where b is 0. */
function dividedWhole(builder: Builder, a: Value, b: Value): { quotient: Value; rest: Value } {
  const { add, sub, mul, div, min, max, floor, abs, equal, less, and, not, ...others } =
    arithmetic(builder);
  const { cast, whole, where } = others;
  const divisor = cast(b, 'float32');
  // A float32 has 24 bits: the first is near the quotient, the second of what is then left at most one off.
  const near = (x: Value): Value =>
    whole(min(max(floor(div(cast(x, 'float32'), divisor)), -LARGEST_WHOLE), LARGEST_WHOLE));
  const first = near(a);
  const left = sub(a, mul(first, b));
  const second = near(left);
  const rest = sub(left, mul(second, b));
  const isOther = and(not(equal(rest, 0)), not(equal(less(rest, 0), less(b, 0))));
  const isWhole = not(less(abs(rest), abs(b)));
  const one = builder.constant(Int32Array.of(1), [], 'int32');
  const off = where(isOther, -1, where(isWhole, one, 0));
  const orZero = (x: Value): Value => where(equal(b, 0), 0, x);
  return {
    quotient: orZero(add(add(first, second), off)),
    rest: orZero(sub(rest, mul(off, b))),
  };
}

export const specialKernels: Rules = {
  Acos: ofFloat('acos', acos),
  Acosh: ofFloat('acosh', acosh),
  Asin: ofFloat('asin', asin),
  Asinh: ofFloat('asinh', asinh),
  Atan: ofFloat('atan', atan),
  Atan2: (builder, { a, b }) => atan2(builder, a, b),
  Atanh: ofFloat('atanh', atanh),
  Cosh: ofFloat('cosh', cosh),
  Expm1: ofFloat('expm1', expm1),
  /** int32, whatever the operands are. */
  FloorDiv: (builder, { a, b }) => {
    const { floor, div, whole } = arithmetic(builder);
    return a.dtype === 'float32' ? whole(floor(div(a, b))) : dividedWhole(builder, a, b).quotient;
  },
  Log1p: ofFloat('log1p', log1p),
  /** The remainder with the divisor's sign; of whole numbers by 0 it is 0. */
  Mod: (builder, { a, b }) => {
    if (a.dtype !== 'float32') return dividedWhole(builder, a, b).rest;
    const { add, sub, mul, div, floor, less, equal, where } = arithmetic(builder);
    const rest = sub(a, mul(floor(div(a, b)), b));
    // Where the quotient, or the difference, was rounded to a whole number of divisors.
    const within = where(less(mul(rest, b), 0), add(rest, b), rest);
    return where(equal(within, b), 0, within);
  },
  Pow: (builder, { a, b }) => {
    const exponent = scalarOf(b);
    const short =
      exponent === undefined
        ? undefined
        : (POWERS.get(exponent) ?? (a.dtype === 'float32' ? ROOTS.get(exponent) : undefined));
    return short?.(builder, a) ?? builder.op('Pow', [a, b], {});
  },
  Selu: ofFloat('selu', (builder, x) => {
    const { mul, greater, where } = arithmetic(builder);
    const below = mul(backend_util.SELU_SCALEALPHA, expm1(builder, x));
    return where(greater(x, 0), mul(backend_util.SELU_SCALE, x), below);
  }),
  Sinh: ofFloat('sinh', sinh),
  Tan: ofFloat('tan', (builder, x) =>
    arithmetic(builder).div(builder.op('Sin', [x], {}), builder.op('Cos', [x], {})),
  ),
};
