import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import { UserError } from '../errors.js';

/** The 32-bit words of xoroshiro128+'s state: s[0] high, s[0] low, s[1] high, s[1] low. */
const STATE_WORDS = 4;

/**
 * A seeded random generator whose state is four integers.
 *
 * The generator is xoroshiro128+ (D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators",
 * ACM TOMS 47(4), 2021; the 2018 constants 24, 16, 37) as pure-rand has it: each draw is the low half of the
 * 64-bit sum. The lowest bits of that sum are the weak ones, so what is made of a draw here uses its upper bits.
 */
export class Random {
  #generator: JumpableRandomGenerator;

  /**
   * Opens one of the independent streams of a seed.
   *
   * The state is the first 128 bits of SHA-256("seed/stream"), big-endian: neighbouring seeds and names start
   * at unrelated places of one sequence of length 2^128 - 1, as Blackman and Vigna advise (seed a generator by
   * one of another kind), and two such streams overlap with a chance of about length / 2^127.
   *
   * @param seed a whole number, at most 2^53 - 1 either way.
   * @param stream what the numbers are for, as "shuffle" or "z"; streams of one seed do not depend on each other.
   * @throws UserError for a seed that is no such number.
   */
  constructor(seed: number, stream: string) {
    if (!Number.isSafeInteger(seed)) {
      throw new UserError(
        `the seed is ${seed}; expected a whole number of at most ${Number.MAX_SAFE_INTEGER}`,
      );
    }
    const digest = createHash('sha256').update(`${seed}/${stream}`).digest();
    const words = Array.from({ length: STATE_WORDS }, (_, i) => digest.readInt32BE(4 * i));
    // xoroshiro128+ never leaves the state of all zeros.
    if (!words.some((word) => word !== 0)) words[STATE_WORDS - 1] = 1;
    this.#generator = xoroshiro128plusFromState(words);
  }

  /**
   * A generator that goes on where `state()` was taken.
   *
   * @throws UserError for anything but four 32-bit integers that are not all zero.
   */
  static restore(state: readonly number[]): Random {
    const random = new Random(0, '');
    random.goOn(state);
    return random;
  }

  /**
   * Goes on where `state()` was taken, for whoever holds this generator already.
   *
   * @throws UserError as {@link restore}.
   */
  goOn(state: readonly number[]): void {
    const words: unknown = state;
    const sound =
      Array.isArray(words) &&
      words.length === STATE_WORDS &&
      words.every((word) => Number.isInteger(word) && word === ((word as number) | 0)) &&
      words.some((word) => word !== 0);
    if (!sound) {
      throw new UserError(
        `the state of a random generator is ${JSON.stringify(state)}; ` +
          `expected ${STATE_WORDS} 32-bit integers, not all zero`,
      );
    }
    this.#generator = xoroshiro128plusFromState(state);
  }

  /** The four signed 32-bit words that {@link restore} takes; they survive JSON. */
  state(): number[] {
    return [...this.#generator.getState()];
  }

  /**
   * Fills with numbers uniform in [-1, 1): the 2^24 multiples of 2^-23 there, each a float32 exactly and each
   * equally likely. Takes one draw a number.
   */
  uniform(into: Float32Array): void {
    const generator = this.#generator;
    for (let i = 0; i < into.length; i++) into[i] = (generator.next() >>> 8) * 2 ** -23 - 1;
  }

  /** Fills with numbers uniform in [0, 1): the 2^24 multiples of 2^-24 there. Takes one draw a number. */
  unit(into: Float32Array): void {
    const generator = this.#generator;
    for (let i = 0; i < into.length; i++) into[i] = (generator.next() >>> 8) * 2 ** -24;
  }

  /** Fills with 1, with this probability (to 2^-32), and 0. Takes one draw a number; of the probability 1/2, 24 numbers a draw. */
  bernoulli(into: Float32Array, probability: number): void {
    if (probability === 0.5) return this.#coins(into);
    const generator = this.#generator;
    const below = Math.round(probability * 2 ** 32);
    for (let i = 0; i < into.length; i++) into[i] = generator.next() >>> 0 < below ? 1 : 0;
  }

  /** Fills with 0 and 1, each bit of the upper 24 of a draw a number: of a step's signs there are 100,000 and more. */
  #coins(into: Float32Array): void {
    const generator = this.#generator;
    const whole = into.length - (into.length % 24);
    for (let i = 0; i < whole; i += 24) {
      const bits = generator.next();
      for (let bit = 0; bit < 24; bit++) into[i + bit] = (bits >>> (bit + 8)) & 1;
    }
    const bits = generator.next();
    for (let i = whole; i < into.length; i++) into[i] = (bits >>> (i - whole + 8)) & 1;
  }

  /**
   * Fills with standard normal numbers: mean 0, variance 1.
   *
   * Marsaglia's polar method (G. Marsaglia and T. A. Bray, "A convenient method for generating normal variables",
   * SIAM Review 6(3), 1964; Knuth, TAOCP 2, 3.4.1, algorithm P). It needs no sine or cosine, whose last digits
   * differ between versions of V8. Numbers come in pairs; the second of an odd last pair is dropped, so that the
   * state stays the generator's alone.
   */
  normal(into: Float32Array): void {
    const generator = this.#generator;
    for (let i = 0; i < into.length; i += 2) {
      let x: number;
      let y: number;
      let square: number;
      do {
        x = generator.next() * 2 ** -31;
        y = generator.next() * 2 ** -31;
        square = x * x + y * y;
      } while (square >= 1 || square === 0);
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      into[i] = x * scale;
      if (i + 1 < into.length) into[i + 1] = y * scale;
    }
  }

  /**
   * A whole number uniform in [0, n), without bias: as many upper bits as n - 1 has, drawn again while they
   * make n or more.
   *
   * @param n from 1 to 2^32.
   */
  below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new RangeError(`below(${n}): expected a whole number from 1 to 2^32`);
    }
    if (n === 1) return 0;
    const shift = Math.clz32(n - 1);
    let value: number;
    do value = this.#generator.next() >>> shift;
    while (value >= n);
    return value;
  }

  /** 0 to n - 1 in a random order: the Fisher-Yates shuffle (Knuth, TAOCP 2, 3.4.2, algorithm P). */
  shuffled(n: number, into = new Uint32Array(n)): Uint32Array<ArrayBuffer> {
    for (let i = 0; i < n; i++) into[i] = i;
    for (let last = n - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const kept = into[last];
      into[last] = into[other];
      into[other] = kept;
    }
    return into;
  }
}
