import { describe, expect, it } from 'vitest';
import { runOps } from '../run-graph.js';

/** The distance between neighbouring float32 at x. */
function unitInLastPlace(x: number): number {
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(x))));
  return 2 ** (exponent - 23);
}

/** Numbers of a range, evenly, and others as many around zero by their exponents. */
function samples(from: number, to: number): number[] {
  const even = Array.from({ length: 20_000 }, (_, k) => from + ((to - from) * k) / 19_999);
  const small = Array.from({ length: 4_000 }, (_, k) => 2 ** (-40 + (k % 4000) / 100));
  const both = [...even, ...small, ...small.map((x) => -x)];
  return both.map(Math.fround).filter((x) => x >= from && x <= to);
}

const SPECIAL = [0, -0, NaN, Infinity, -Infinity, 3e38, -3e38, 1e-40, -1e-40, 200, -200];

interface Function {
  readonly exact: (x: number) => number;
  readonly from: number;
  readonly to: number;
  /** In units in the last place. */
  readonly error: number;
}

const FUNCTIONS: Record<'Exp' | 'Log' | 'Tanh' | 'Sigmoid' | 'Softplus', Function> = {
  Exp: { exact: Math.exp, from: -87, to: 88, error: 2 },
  Log: { exact: Math.log, from: 2 ** -130, to: 1000, error: 2 },
  Tanh: { exact: Math.tanh, from: -12, to: 12, error: 3 },
  Sigmoid: { exact: (x) => 1 / (1 + Math.exp(-x)), from: -80, to: 40, error: 3 },
  Softplus: {
    exact: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    from: -80,
    to: 100,
    error: 4,
  },
};

describe.each(Object.entries(FUNCTIONS))('%s', (op, { exact, from, to, error }) => {
  const run = async (values: number[]): Promise<ArrayLike<number>> => {
    const x = { shape: [values.length], values };
    const outputs = await runOps({ x }, (builder, given) => ({
      y: builder.op(op as 'Exp', [given.x], {}),
    }));
    return outputs.y;
  };

  it(`is within ${error} units in the last place of float64`, async () => {
    const values = samples(from, to);
    const found = await run(values);
    let worst = 0;
    values.forEach((x, k) => {
      worst = Math.max(worst, Math.abs(found[k] - exact(x)) / unitInLastPlace(exact(x)));
    });
    expect(worst).toBeLessThanOrEqual(error);
  });

  it('is right at the ends: zeros, infinities, NaN, and numbers too large or small', async () => {
    const found = await run(SPECIAL);
    SPECIAL.forEach((x, k) => {
      const wanted = Math.fround(exact(Math.fround(x)));
      if (Number.isFinite(wanted) && wanted !== 0)
        expect(Math.abs(found[k] - wanted) / unitInLastPlace(wanted), `of ${x}`).toBeLessThan(5);
      else expect(found[k] + 0, `of ${x}`).toBe(wanted + 0);
    });
  });
});
