import { describe, expect, it } from 'vitest';
import { toFloat16 } from '../../../src/compiler/onnx/float16.js';

const bitsOf = (...values: number[]): number[] => [...toFloat16(Float32Array.from(values))];

describe('half precision', () => {
  it('has the bits that IEEE 754 gives: of Wikipedia, "Half-precision floating-point format", examples', () => {
    expect(bitsOf(1, -2, 65504, 1 / 3, 0, -0)).toEqual([
      0x3c00, 0xc000, 0x7bff, 0x3555, 0x0000, 0x8000,
    ]);
    // The least normal number, the greatest and the least below it, and what is next to 1.
    expect(bitsOf(2 ** -14, (1023 / 1024) * 2 ** -14, 2 ** -24, 1 + 2 ** -10)).toEqual([
      0x0400, 0x03ff, 0x0001, 0x3c01,
    ]);
  });

  it('rounds to the nearest, ties to even', () => {
    expect(bitsOf(1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 + 2 ** -20)).toEqual([
      0x3c00, 0x3c02, 0x3c01,
    ]);
    expect(bitsOf(2 ** -25, 3 * 2 ** -25, 2 ** -25 * 1.001)).toEqual([0, 2, 1]);
    // A carry goes on into the exponent.
    expect(bitsOf(2 - 2 ** -12, (1 - 2 ** -12) * 2 ** -14)).toEqual([0x4000, 0x0400]);
  });

  it('refuses what it cannot hold', () => {
    expect(bitsOf(65519)).toEqual([0x7bff]);
    expect(() => bitsOf(65520)).toThrow(/65520 is no number of half precision/);
    expect(() => bitsOf(Infinity)).toThrow(RangeError);
    expect(() => bitsOf(NaN)).toThrow(RangeError);
  });
});
