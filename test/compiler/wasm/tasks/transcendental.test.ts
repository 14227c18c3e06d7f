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

/** By its series, and for large x by the continued fraction of its complement (Abramowitz and Stegun 7.1.5, 7.1.14). */
function errorFunction(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const size = Math.abs(x);
  if (size > 3) {
    let fraction = 0;
    for (let k = 60; k > 0; k--) fraction = k / 2 / (size + fraction);
    return Math.sign(x) * (1 - Math.exp(-size * size) / Math.sqrt(Math.PI) / (size + fraction));
  }
  let [term, sum] = [x, x];
  for (let n = 1; n < 80; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const FUNCTIONS: Record<'Erf' | 'Exp' | 'Log' | 'Tanh' | 'Sigmoid' | 'Softplus', Function> = {
  Erf: { exact: errorFunction, from: -5, to: 5, error: 3 },
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

describe.each([
  ['Sin', Math.sin],
  ['Cos', Math.cos],
] as const)('%s', (op, exact) => {
  const run = async (values: number[]): Promise<ArrayLike<number>> => {
    const x = { shape: [values.length], values };
    return (await runOps({ x }, (builder, given) => ({ y: builder.op(op, [given.x], {}) }))).y;
  };

  it.each([
    [100, 2 ** -23],
    [8192, 2 ** -22],
    [1e6, 2 ** -23],
    [1e15, 2 ** -23],
    [3e38, 2 ** -23],
  ])('is within some last places of 1 up to %i', async (to, error) => {
    const values = samples(-to, to);
    const found = await run(values);
    const worst = values.reduce((most, x, k) => Math.max(most, Math.abs(found[k] - exact(x))), 0);
    expect(worst).toBeLessThan(error);
  });

  it('is a number from -1 to 1 for any, and NaN of infinities', async () => {
    const found = await run(SPECIAL);
    SPECIAL.forEach((x, k) => {
      if (Number.isFinite(x)) expect(Math.abs(found[k]), `of ${x}`).toBeLessThanOrEqual(1);
      else expect(found[k], `of ${x}`).toBe(NaN);
    });
  });
});

describe('Pow', () => {
  const run = async (pairs: readonly (readonly [number, number])[]): Promise<ArrayLike<number>> => {
    const part = (k: 0 | 1): { shape: number[]; values: number[] } => ({
      shape: [pairs.length],
      values: pairs.map((pair) => pair[k]),
    });
    const outputs = await runOps({ a: part(0), b: part(1) }, (builder, { a, b }) => ({
      y: builder.op('Pow', [a, b], {}),
    }));
    return outputs.y;
  };

  it('is within 1e-6 of float64 for each e-fold of the result', async () => {
    const pairs = Array.from({ length: 5000 }, (_, k) => {
      const a = Math.fround(((k * 7919) % 5000) / 500 + 1e-3);
      return [a, Math.fround(((k * 104729) % 1000) / 50 - 10)] as const;
    });
    const found = await run(pairs);
    pairs.forEach(([a, b], k) => {
      const folds = Math.max(1, Math.abs(b * Math.log(a)));
      const exact = a ** b;
      if (exact > 1e-37 && exact < 1e38)
        expect(Math.abs(found[k] - exact) / exact, `${a} ^ ${b}`).toBeLessThan(1e-6 * folds);
    });
  });

  it('has the signs and ends of Math.pow', async () => {
    const bases = [0, -0, 1, -1, 2, -2, 0.5, -0.5, Infinity, NaN];
    const pairs = bases.flatMap((a) =>
      [0, -0, 1, 2, 3, -1, -2, 0.5, 2.5].map((b) => [a, b] as const),
    );
    const found = await run(pairs);
    pairs.forEach(([a, b], k) => {
      const wanted = a ** b;
      if (Number.isFinite(wanted)) expect(found[k], `${a} ^ ${b}`).toBeCloseTo(wanted, 5);
      else expect(found[k], `${a} ^ ${b}`).toBe(wanted);
    });
  });
});
