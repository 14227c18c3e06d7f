import { sizeOf } from '../../graph/value.js';
import type { Operand } from '../assembler.js';
import { i32 } from '../instructions.js';

/**
 * An axis that is gone through: its extent, and for each array how many elements its neighbours are apart, 0 where the same ones
 * are used again. A list of axes begins with the outermost.
 */
export interface Axis {
  readonly extent: number;
  readonly strides: readonly number[];
}

/** Axes of which one goes on where the next ends as one; those of extent 1 are nothing. */
export function mergeAxes(axes: readonly Axis[]): Axis[] {
  const merged: Axis[] = [];
  for (const { extent, strides } of axes) {
    const last = merged.at(-1);
    if (extent === 1) continue;
    if (last?.strides.every((stride, k) => stride === extent * strides[k]))
      merged[merged.length - 1] = { extent: last.extent * extent, strides };
    else merged.push({ extent, strides });
  }
  return merged;
}

/** How many elements lie between two neighbours along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** Code for `base` and the distance of an element or row by its number, which is divided into indices along the axes, the innermost fastest. */
export function addressOf(
  base: Operand,
  number: Operand,
  axes: readonly Axis[],
  { array = 0, bytes = 1 } = {},
): Operand {
  let below = sizeOf(axes.map(({ extent }) => extent));
  return axes.reduce((sum: Operand, { extent, strides }, k) => {
    below /= extent;
    if (strides[array] === 0) return sum;
    const above = i32.div(number, below);
    const term = i32.mul(k === 0 ? above : i32.rem(above, extent), strides[array] * bytes);
    return sum === 0 ? term : i32.add(sum, term);
  }, base);
}

/** How an operand is read over a result's elements, its one stride 0 where it is broadcast. */
export type Pattern = readonly Axis[];

/** An operand that is broadcast to a shape, as NumPy does. */
export function broadcastPattern(result: readonly number[], operand: readonly number[]): Pattern {
  const missing = result.length - operand.length;
  const strides = stridesOf(operand);
  const isKept = (axis: number): boolean => axis >= missing && operand[axis - missing] !== 1;
  return mergeAxes(
    result.map((extent, axis) => ({
      extent,
      strides: [isKept(axis) ? strides[axis - missing] : 0],
    })),
  );
}

/** An operand that is repeated along its axes. */
export function tilePattern(operand: readonly number[], repeats: readonly number[]): Pattern {
  const strides = stridesOf(operand);
  return mergeAxes(
    operand.flatMap((extent, axis) => [
      { extent: repeats[axis], strides: [0] },
      { extent, strides: [strides[axis]] },
    ]),
  );
}

const isKept = ({ strides }: Axis): boolean => strides[0] !== 0;

/** Whether each element is read once, in order. */
export const isWhole = (pattern: Pattern): boolean => pattern.every(isKept);

/** Whether it is one number. */
export const isNumber = (pattern: Pattern): boolean => !pattern.some(isKept);

/**
 * Elements of a row within which each operand's elements lie together or are one number: what the innermost axes of those that
 * are broadcast have in common; 0 where none is.
 */
export const rowOf = (patterns: readonly Pattern[]): number =>
  patterns
    .filter((pattern) => !isWhole(pattern) && !isNumber(pattern))
    .reduce((row, pattern) => gcd(row, pattern[pattern.length - 1].extent), 0);

/** The greatest common divisor; 0 is divided by everything. */
export const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** The axes over rows of so many elements, and whether a row's elements lie together; else they are one number. */
export function overRows(pattern: Pattern, elements: number): { rows: Pattern; together: boolean } {
  const { extent, strides } = pattern[pattern.length - 1];
  const rows = { extent: extent / elements, strides: [strides[0] * elements] };
  return { rows: mergeAxes([...pattern.slice(0, -1), rows]), together: strides[0] !== 0 };
}
