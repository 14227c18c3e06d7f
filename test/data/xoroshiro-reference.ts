const MASK = (1n << 64n) - 1n;

const rotateLeft = (x: bigint, k: bigint) => ((x << k) | (x >> (64n - k))) & MASK;

/**
 * xoroshiro128+ 1.0 after the published C code (https://prng.di.unimi.it/xoroshiro128plus.c), in 64-bit integers:
 * an oracle that shares nothing with pure-rand's 32-bit one.
 */
export class ReferenceXoroshiro {
  constructor(
    public s0: bigint,
    public s1: bigint,
  ) {}

  /** From the four 32-bit words of `Random.state()`. */
  static fromWords(words: number[]): ReferenceXoroshiro {
    const [high0, low0, high1, low1] = words.map((word) => BigInt(word >>> 0));
    return new ReferenceXoroshiro((high0 << 32n) | low0, (high1 << 32n) | low1);
  }

  /** 64 bits. */
  next(): bigint {
    const result = (this.s0 + this.s1) & MASK;
    const mixed = this.s1 ^ this.s0;
    this.s0 = rotateLeft(this.s0, 24n) ^ mixed ^ ((mixed << 16n) & MASK);
    this.s1 = rotateLeft(mixed, 37n);
    return result;
  }

  /** The low half of the next 64 bits, as a number from 0 to 2^32 - 1. */
  nextLow(): number {
    return Number(this.next() & 0xffff_ffffn);
  }

  words(): number[] {
    return [this.s0 >> 32n, this.s0, this.s1 >> 32n, this.s1].map((word) =>
      Number(BigInt.asIntN(32, word)),
    );
  }
}
