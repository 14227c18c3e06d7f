import { sizeOf } from '../../graph/value.js';
import type { Operand } from '../assembler.js';
import { addressOf } from './address.js';

/** A run of a result's axes: along it an operand's elements go on, or the same one stays. */
export interface Part {
  readonly extent: number;
  readonly kept: boolean;
}

/** How an operand is read over a result's elements, from the outermost part; neighbours differ. */
export type Pattern = readonly Part[];

/** An operand that is broadcast to a shape, as NumPy does. */
export function broadcastPattern(result: readonly number[], operand: readonly number[]): Pattern {
  const missing = result.length - operand.length;
  return mergeParts(
    result.map((extent, axis) => ({
      extent,
      kept: axis >= missing && operand[axis - missing] !== 1,
    })),
  );
}

/** An operand that is repeated along its axes. */
export function tilePattern(operand: readonly number[], repeats: readonly number[]): Pattern {
  return mergeParts(
    operand.flatMap((extent, axis) => [
      { extent: repeats[axis], kept: false },
      { extent, kept: true },
    ]),
  );
}

/** Neighbours of one kind as one; axes of extent 1 are nothing. */
export function mergeParts(parts: readonly Part[]): Part[] {
  const merged: Part[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (part.extent === 1) continue;
    if (last?.kept === part.kept)
      merged[merged.length - 1] = { extent: last.extent * part.extent, kept: part.kept };
    else merged.push(part);
  }
  return merged;
}

/** Whether each element is read once, in order. */
export const isWhole = (pattern: Pattern): boolean => pattern.every(({ kept }) => kept);

/** Whether it is one number. */
export const isNumber = (pattern: Pattern): boolean => !pattern.some(({ kept }) => kept);

/**
 * Elements of a row within which each operand's elements lie together or are one number: what the innermost parts of those that
 * are broadcast have in common; 0 where none is.
 */
export const rowOf = (patterns: readonly Pattern[]): number =>
  patterns
    .filter((pattern) => !isWhole(pattern) && !isNumber(pattern))
    .reduce((row, pattern) => gcd(row, pattern[pattern.length - 1].extent), 0);

/** The greatest common divisor; 0 is divided by everything. */
export const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Code for the operand's element index that belongs to an element index of the result. */
export function operandIndex(pattern: Pattern, index: Operand): Operand {
  let below = sizeOf(pattern.filter(({ kept }) => kept).map(({ extent }) => extent));
  const axes = pattern.map(({ extent, kept }) => ({
    extent,
    stride: kept ? (below /= extent) : 0,
  }));
  return addressOf(0, index, axes);
}

/** The parts with the innermost one divided, so that `extent` of it are on their own; what is left above it, and it. */
export function splitInner(pattern: Pattern, extent: number): { outer: Pattern; kept: boolean } {
  const inner = pattern[pattern.length - 1];
  return {
    outer: mergeParts([...pattern.slice(0, -1), { ...inner, extent: inner.extent / extent }]),
    kept: inner.kept,
  };
}
