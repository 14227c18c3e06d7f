import { type Code } from '../assembler.js';
import { f32x4, f64x2, i32x4, v128 } from '../instructions.js';
import type { Keep } from './keep.js';
import { polynomial } from './transcendental.js';

type Lanes = readonly Code[];

const { add, sub, mul } = f32x4;
const number = f32x4.splat;

/** pi / 2 as a sum: the first parts times a whole number below 2^15 are exact. */
const HALF_PI = [1.5703125, 4.837512969970703e-4, 7.549789954891882e-8];

/** Up to here the parts above are exact enough. */
const LARGE_ANGLE = 8192;

/** 24 bits after another of 2 / pi behind the point (fdlibm's e_rem_pio2.c, https://www.netlib.org/fdlibm/): as many as the largest float32 needs. */
const TWO_OVER_PI = [
  0xa2f983, 0x6e4e44, 0x1529fc, 0x2757d1, 0xf534dd, 0xc0db62, 0x95993c, 0x439041, 0xfe5163,
];

/**
 * Of two float64, how often pi / 2 goes into them, 0 to 4, and what is left of a quarter, by the method of Payne and Hanek: a float32
 * times 24 bits is exact, and whole turns are taken off each product.
 */
function quartersOf(x: Lanes, keep: Keep): { whole: Lanes; rest: Lanes } {
  const { add, sub, mul, floor, nearest, splat } = f64x2;
  const turns = TWO_OVER_PI.map((bits, k) => {
    const product = keep(mul(x, splat(bits * 2 ** (-24 * (k + 1) - 2))));
    return sub(product, floor(product));
  });
  const sum = keep(turns.reduce((all, turn) => add(all, turn)));
  const quarters = keep(mul(sub(sum, floor(sum)), splat(4)));
  const whole = keep(nearest(quarters));
  return { whole, rest: mul(sub(quarters, whole), splat(Math.PI / 2)) };
}

/** The sine of x + quarters * pi / 2 (sinf.c), to a few units in the last place. */
export function sine(x: Lanes, quarters: number, keep: Keep): Lanes {
  const n = keep.variable(f32x4.nearest(mul(x, number(2 / Math.PI))));
  const angle = keep.variable(
    HALF_PI.reduce<Lanes>((rest, part) => sub(rest, mul(n.get, number(part))), x),
  );
  const isLarge = keep(f32x4.greater(f32x4.abs(x), number(LARGE_ANGLE)));
  keep.when(v128.anyTrue(isLarge), (inner) => {
    const halves = [x, v128.shuffle(x, x, [2, 3, 2, 3])].map((half) =>
      quartersOf(inner(f64x2.ofF32(half)), inner),
    );
    const joined = (of: (half: { whole: Lanes; rest: Lanes }) => Lanes): Lanes =>
      v128.shuffle(f64x2.toF32(of(halves[0])), f64x2.toF32(of(halves[1])), [0, 1, 4, 5]);
    return [
      n.set(
        v128.select(
          isLarge,
          joined(({ whole }) => whole),
          n.get,
        ),
      ),
      angle.set(
        v128.select(
          isLarge,
          joined(({ rest }) => rest),
          angle.get,
        ),
      ),
    ];
  });
  const [r, quadrant] = [angle.get, keep(i32x4.add(i32x4.ofF32(n.get), i32x4.splat(quarters)))];
  const square = keep(mul(r, r));
  const odd = polynomial(square, [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1]);
  const sin = keep(add(mul(mul(odd, square), r), r));
  const even = polynomial(
    square,
    [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2],
  );
  const cos = keep(add(sub(mul(mul(even, square), square), mul(square, number(0.5))), number(1)));
  const isOdd = i32x4.ne(v128.and(quadrant, i32x4.splat(1)), v128.zero);
  const size = keep(v128.select(isOdd, cos, sin));
  const isLower = i32x4.ne(v128.and(quadrant, i32x4.splat(2)), v128.zero);
  return v128.select(isLower, f32x4.neg(size), size);
}
