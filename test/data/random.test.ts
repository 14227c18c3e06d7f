import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/data/random.js';
import { UserError } from '../../src/errors.js';
import { ReferenceXoroshiro } from './xoroshiro-reference.js';

const seeds = fc.maxSafeInteger();
const COUNT = 200_000;

describe('the reference generator of these tests', () => {
  it('gives the values of the published C code from the state 1, 2', () => {
    const reference = new ReferenceXoroshiro(1n, 2n);
    // Also those of the test of rand_xoshiro, the Rust crate.
    expect(Array.from({ length: 10 }, () => reference.next())).toEqual([
      3n,
      412333834243n,
      2360170716294286339n,
      9295852285959843169n,
      2797080929874688578n,
      6019711933173041966n,
      3076529664176959358n,
      3521761819100106140n,
      7493067640054542992n,
      920801338098114767n,
    ]);
  });
});

describe('Random', () => {
  it('starts at the first 128 bits of SHA-256("seed/stream")', () => {
    // printf 7/z | sha256sum
    expect(hex(new Random(7, 'z'))).toBe('ac7ac56b8caec6b7bbf9cbb7dfe7445b');
    // printf 0/shuffle | sha256sum
    expect(hex(new Random(0, 'shuffle'))).toBe('de3e490b2f07dc02e2cd1fde549e0faf');
  });

  it('draws what xoroshiro128+ draws, and ends in its state', () => {
    fc.assert(
      fc.property(seeds, fc.string(), (seed, stream) => {
        const random = new Random(seed, stream);
        const reference = ReferenceXoroshiro.fromWords(random.state());
        const drawn = new Float32Array(20);
        random.uniform(drawn);
        const expected = Array.from(
          drawn,
          () => Math.floor(reference.nextLow() / 256) / 2 ** 23 - 1,
        );
        expect([...drawn]).toEqual(expected);
        expect(random.state()).toEqual(reference.words());
      }),
    );
  });

  it('goes on exactly where a state was taken, through JSON', () => {
    fc.assert(
      fc.property(seeds, fc.nat(50), fc.nat(50), (seed, before, after) => {
        const random = new Random(seed, 'z');
        random.normal(new Float32Array(before));
        const restored = Random.restore(JSON.parse(JSON.stringify(random.state())) as number[]);
        for (const one of [random, restored]) one.below(1000);
        expect(draw(restored, after)).toEqual(draw(random, after));
        expect(restored.state()).toEqual(random.state());
      }),
    );
  });

  it('hands out a copy of its state', () => {
    const random = new Random(1, 'z');
    const state = random.state();
    const kept = [...state];
    random.uniform(new Float32Array(3));
    expect(state).toEqual(kept);
    state.fill(0);
    expect(random.state().some((word) => word !== 0)).toBe(true);
  });

  it.each([
    ['all zeros', [0, 0, 0, 0]],
    ['too few', [1, 2, 3]],
    ['too many', [1, 2, 3, 4, 5]],
    ['a fraction', [1, 2, 3, 0.5]],
    ['more than 32 bits', [1, 2, 3, 2 ** 31]],
    ['text', ['1', '2', '3', '4']],
    ['nothing', undefined],
    ['null in it', [1, 2, 3, null]],
  ])('refuses a state of %s', (_, state) => {
    expect(() => Random.restore(state as number[])).toThrow(UserError);
    expect(() => Random.restore(state as number[])).toThrow(/expected 4 32-bit integers/);
  });

  it.each([NaN, Infinity, 0.5, 2 ** 53])('refuses the seed %s', (seed) => {
    expect(() => new Random(seed, 'z')).toThrow(UserError);
  });

  it('has streams and seeds that do not resemble each other', () => {
    const all = ['z', 'shuffle', 'weights'].flatMap((stream) =>
      [0, 1, -1, 2, 2 ** 32, 2 ** 32 + 1].map((seed) => draw(new Random(seed, stream), 10_000)),
    );
    for (let i = 0; i < all.length; i++) {
      for (let j = 0; j < i; j++) {
        // Uniform on [-1, 1) has the variance 1/3; a correlation's own deviation is 1 / sqrt(10,000).
        const correlation = mean(all[i].map((value, k) => 3 * value * all[j][k]));
        expect(Math.abs(correlation)).toBeLessThan(4.5 / 100);
      }
    }
  });
});

describe('uniform', () => {
  it('stays in [-1, 1) and on multiples of 2^-23', () => {
    const drawn = draw(new Random(3, 'z'), COUNT);
    expect(drawn.every((value) => value >= -1 && value < 1)).toBe(true);
    expect(drawn.every((value) => Number.isInteger(value * 2 ** 23))).toBe(true);
  });

  it.each([1, 2, 3])('has the distribution it should (seed %i)', (seed) => {
    const drawn = draw(new Random(seed, 'z'), COUNT);
    // Means within 4 of their own deviations: sqrt(1/3 / n), and sqrt(4/45 / n) of the square.
    expect(Math.abs(mean(drawn))).toBeLessThan(4 * Math.sqrt(1 / 3 / COUNT));
    const square = mean(drawn.map((value) => value * value));
    expect(Math.abs(square - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / COUNT));
    const sorted = drawn.sort((a, b) => a - b);
    const distance = sorted.reduce((largest, value, i) => {
      const expected = (value + 1) / 2;
      return Math.max(largest, expected - i / COUNT, (i + 1) / COUNT - expected);
    }, 0);
    // Kolmogorov-Smirnov at the level of 0.1%: 1.95 / sqrt(n) (Smirnov's table).
    expect(distance).toBeLessThan(1.95 / Math.sqrt(COUNT));
  });
});

describe('unit', () => {
  it('is uniform in [0, 1): half of uniform, plus a half', () => {
    const [unit, uniform] = [new Float32Array(COUNT), new Float32Array(COUNT)];
    new Random(4, 'z').unit(unit);
    new Random(4, 'z').uniform(uniform);
    expect(unit.every((x, k) => x >= 0 && x < 1 && x === (uniform[k] + 1) / 2)).toBe(true);
  });
});

describe('bernoulli', () => {
  it.each([0.001, 0.3, 0.5, 0.9])('gives 1 with probability %s, independently', (probability) => {
    const drawn = new Float32Array(COUNT);
    new Random(6, 'mask').bernoulli(drawn, probability);
    expect(drawn.every((x) => x === 0 || x === 1)).toBe(true);
    const variance = probability * (1 - probability);
    const centred = [...drawn].map((x) => x - probability);
    expect(Math.abs(mean(centred))).toBeLessThan(4 * Math.sqrt(variance / COUNT));
    const products = centred.slice(1).map((x, k) => x * centred[k]);
    expect(Math.abs(mean(products))).toBeLessThan((4 * variance) / Math.sqrt(COUNT));
  });

  it('gives only zeros with 0 and only ones with 1', () => {
    const drawn = new Float32Array(COUNT);
    new Random(6, 'mask').bernoulli(drawn, 0);
    expect(drawn.some((x) => x !== 0)).toBe(false);
    new Random(6, 'mask').bernoulli(drawn, 1);
    expect(drawn.every((x) => x === 1)).toBe(true);
  });
});

describe('normal', () => {
  it.each([1, 2, 3])('has the moments and deciles of the normal distribution (seed %i)', (seed) => {
    const drawn = new Float32Array(COUNT);
    new Random(seed, 'z').normal(drawn);
    const values = [...drawn];
    // E x^k is 0, 1, 0, 3; the variance of x^k is 1, 2, 15, 96.
    [0, 1, 0, 3].forEach((expected, i) => {
      const deviation = Math.sqrt([1, 2, 15, 96][i] / COUNT);
      const moment = mean(values.map((value) => value ** (i + 1)));
      expect(Math.abs(moment - expected)).toBeLessThan(4 * deviation);
    });
    // The deciles from the tables of the normal distribution; chi-square of 9 degrees at 0.1% is 27.88.
    const deciles = [-1.281552, -0.841621, -0.524401, -0.253347, 0];
    const edges = [...deciles, ...deciles.slice(0, 4).map((decile) => -decile)];
    edges.sort((a, b) => a - b);
    const bins = new Array<number>(10).fill(0);
    for (const value of values) bins[edges.filter((edge) => value >= edge).length]++;
    expect(chiSquare(bins)).toBeLessThan(27.88);
    // Neighbours, which one circle of the method gives, are independent.
    const products = values
      .filter((_, i) => i % 2 === 0)
      .map((value, i) => value * values[2 * i + 1]);
    expect(Math.abs(mean(products))).toBeLessThan(4 / Math.sqrt(products.length));
  });

  it('is the polar method on the reference generator', () => {
    const random = new Random(5, 'z');
    const reference = ReferenceXoroshiro.fromWords(random.state());
    const drawn = new Float32Array(101);
    random.normal(drawn);
    const expected: number[] = [];
    while (expected.length < drawn.length) {
      const x = (reference.nextLow() | 0) / 2 ** 31;
      const y = (reference.nextLow() | 0) / 2 ** 31;
      const square = x ** 2 + y ** 2;
      if (square >= 1) continue;
      const radius = Math.sqrt(-2 * Math.log(square));
      // Box and Muller's form of it: a normal radius along the point's direction.
      const angle = Math.atan2(y, x);
      expected.push(radius * Math.cos(angle), radius * Math.sin(angle));
    }
    drawn.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
    expect(random.state()).toEqual(reference.words());
  });
});

describe('below', () => {
  it('is uniform, also where n is no power of two', () => {
    // Critical values of chi-square at 0.1% for 1, 6, 9 and 63 degrees of freedom.
    for (const [n, critical] of [
      [2, 10.83],
      [7, 22.46],
      [10, 27.88],
      [64, 103.44],
    ]) {
      const random = new Random(11, `below ${n}`);
      const bins = new Array<number>(n).fill(0);
      for (let i = 0; i < 100_000; i++) bins[random.below(n)]++;
      expect(chiSquare(bins)).toBeLessThan(critical);
    }
  });

  it('is always a whole number from 0 to n - 1', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 2 ** 32 }), (seed, n) => {
        const value = new Random(seed, 'below').below(n);
        expect(Number.isInteger(value) && value >= 0 && value < n).toBe(true);
      }),
    );
  });

  it.each([0, -1, 1.5, NaN, 2 ** 32 + 1])('refuses n = %s', (n) => {
    expect(() => new Random(1, 'z').below(n)).toThrow(RangeError);
  });
});

function hex(random: Random): string {
  return random
    .state()
    .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('');
}

function draw(random: Random, count: number): number[] {
  const into = new Float32Array(count);
  random.uniform(into);
  return [...into];
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function chiSquare(bins: number[]): number {
  const expected = bins.reduce((sum, bin) => sum + bin, 0) / bins.length;
  return bins.reduce((sum, bin) => sum + (bin - expected) ** 2 / expected, 0);
}
