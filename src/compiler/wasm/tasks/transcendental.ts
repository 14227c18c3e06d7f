import { type Code } from '../assembler.js';
import { f32x4, i32x4, v128 } from '../instructions.js';
import type { Keep } from './keep.js';

/**
 * Functions of four float32 at once, to a few units in the last place. The polynomials for exp, log and tanh are those of the
 * Cephes library, single precision (Stephen L. Moshier, https://www.netlib.org/cephes/, expf.c, logf.c, tanhf.c).
 */

type Lanes = readonly Code[];

const { add, sub, mul, div } = f32x4;
const number = f32x4.splat;

/** c[0] x^n + c[1] x^(n-1) + ... */
export const polynomial = (x: Lanes, coefficients: readonly number[]): Lanes =>
  coefficients
    .slice(1)
    .reduce<Lanes>((sum, c) => add(mul(sum, x), number(c)), number(coefficients[0]));

/** 2^n for whole numbers from -126 to 127. */
const powerOfTwo = (n: Lanes): Lanes => i32x4.shiftLeft(i32x4.add(n, i32x4.splat(127)), 23);

/** ln 2 as a sum: the first part times a small whole number is exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;

export function exp(x: Lanes, keep: Keep): Lanes {
  // Beyond these the result is infinite or 0, also in two factors.
  const held = keep(f32x4.min(f32x4.max(x, number(-104)), number(89)));
  const n = keep(f32x4.nearest(mul(held, number(Math.LOG2E))));
  const r = keep(sub(sub(held, mul(n, number(LN2_HIGH))), mul(n, number(LN2_LOW))));
  const p = polynomial(
    r,
    [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 0.5],
  );
  const e = add(add(mul(p, mul(r, r)), r), number(1));
  // In two factors, since results below 2^-126 and above 2^127 have powers that are no float32.
  const whole = keep(i32x4.ofF32(n));
  const half = keep(i32x4.shiftRightSigned(whole, 1));
  return mul(mul(e, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

const LOG_POLYNOMIAL = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];
const SMALLEST_NORMAL = 2 ** -126;

export function log(x: Lanes, keep: Keep): Lanes {
  const small = keep(f32x4.less(x, number(SMALLEST_NORMAL)));
  const scaled = keep(v128.select(small, mul(x, number(2 ** 23)), x));
  // scaled = m 2^e with m in [sqrt(1/2), sqrt(2)): the bits of sqrt(1/2) are taken off before the exponent is read.
  const offset = keep(i32x4.sub(scaled, i32x4.splat(0x3f3504f3)));
  const e = keep(sub(f32x4.ofI32(i32x4.shiftRightSigned(offset, 23)), v128.and(small, number(23))));
  const mantissa = i32x4.add(v128.and(offset, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const r = keep(sub(mantissa, number(1)));
  const square = keep(mul(r, r));
  const tail = add(
    mul(mul(polynomial(r, LOG_POLYNOMIAL), r), square),
    sub(mul(e, number(LN2_LOW)), mul(square, number(0.5))),
  );
  const normal = keep(add(add(r, tail), mul(e, number(LN2_HIGH))));
  const positive = v128.select(f32x4.eq(x, number(Infinity)), x, normal);
  const orZero = keep(v128.select(f32x4.eq(x, number(0)), number(-Infinity), positive));
  return v128.select(f32x4.atLeast(x, number(0)), orZero, number(NaN));
}

/** log(1 + x) for x from 0 to 1. What 1 + x loses of x is added to the logarithm (W. Kahan's correction). */
function logOnePlus(x: Lanes, keep: Keep): Lanes {
  const sum = keep(add(number(1), x));
  return add(log(sum, keep), div(sub(x, sub(sum, number(1))), sum));
}

export function sigmoid(x: Lanes, keep: Keep): Lanes {
  return div(number(1), add(number(1), exp(keep(f32x4.neg(x)), keep)));
}

/** log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)). */
export function softplus(x: Lanes, keep: Keep): Lanes {
  const e = keep(exp(keep(f32x4.neg(f32x4.abs(x))), keep));
  return add(f32x4.max(x, number(0)), logOnePlus(e, keep));
}

/** The error function (ndtrf.c): a series in x below 1, exp(-x^2) times one in 1 / x^2 from 1 to 2 and beyond. */
export function erf(x: Lanes, keep: Keep): Lanes {
  const size = keep(f32x4.abs(x));
  const square = keep(mul(x, x));
  const near = keep(
    mul(
      x,
      polynomial(
        square,
        [
          7.853861353153693e-5, -8.010193625184903e-4, 5.188327685732524e-3, -2.685381193529856e-2,
          1.128358514861418e-1, -3.7612625824233e-1, 1.12837916672671,
        ],
      ),
    ),
  );
  const inverse = keep(div(number(1), size));
  const inverseSquare = keep(mul(inverse, inverse));
  const middle = keep(
    polynomial(
      inverseSquare,
      [
        2.326819970068386e-2, -1.387039388740657e-1, 3.687424674597105e-1, -5.824733027278666e-1,
        6.210004621745983e-1, -4.944515323274145e-1, 3.404879937665872e-1, -2.741127028184656e-1,
        5.638259427386472e-1,
      ],
    ),
  );
  const far = keep(
    polynomial(
      inverseSquare,
      [
        -10.47766399936249, 12.97719955372516, -7.495518717768503, 2.921019019210786,
        -1.0152652792027, 0.4218463358204948, -0.2820767439740514, 0.5641895067754075,
      ],
    ),
  );
  const factor = v128.select(f32x4.less(size, number(2)), middle, far);
  const rest = keep(mul(mul(exp(keep(f32x4.neg(square)), keep), inverse), factor));
  const beyond = keep(sub(number(1), rest));
  const sign = v128.and(x, number(-0));
  return v128.select(f32x4.less(size, number(1)), near, v128.or(beyond, sign));
}

/** a^b as exp(b ln |a|), with the sign of odd powers; to about |b ln a| units in the last place. NaN as Math.pow gives it. */
export function pow(a: Lanes, b: Lanes, keep: Keep): Lanes {
  const size = keep(exp(keep(mul(b, log(keep(f32x4.abs(a)), keep))), keep));
  const half = keep(mul(b, number(0.5)));
  const isWhole = f32x4.eq(b, f32x4.floor(b));
  const isOdd = v128.and(isWhole, f32x4.ne(half, f32x4.floor(half)));
  const sign = v128.and(v128.and(isOdd, a), number(-0));
  const real = keep(v128.or(size, sign));
  const isReal = v128.or(isWhole, f32x4.atLeast(a, number(0)));
  const result = keep(v128.select(isReal, real, number(NaN)));
  return v128.select(f32x4.eq(b, number(0)), number(1), result);
}

export function tanh(x: Lanes, keep: Keep): Lanes {
  const size = keep(f32x4.abs(x));
  const square = keep(mul(x, x));
  const p = polynomial(
    square,
    [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
  );
  const near = keep(add(mul(mul(p, square), x), x));
  const e = exp(keep(add(size, size)), keep);
  const far = keep(sub(number(1), div(number(2), add(e, number(1)))));
  const sign = v128.and(x, number(-0));
  return v128.select(f32x4.less(size, number(0.625)), near, v128.or(far, sign));
}
