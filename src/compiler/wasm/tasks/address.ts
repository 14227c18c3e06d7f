import { sizeOf } from '../../graph/value.js';
import type { Operand } from '../assembler.js';
import { i32 } from '../instructions.js';

/** An axis that is counted through: how many, and how far apart in memory or in elements. */
export interface Stride {
  readonly extent: number;
  readonly stride: number;
}

/** Code for `base` and the distance of a row: its number is divided into indices along axes, the innermost counting fastest. */
export function addressOf(base: Operand, row: Operand, axes: readonly Stride[]): Operand {
  let below = sizeOf(axes.map(({ extent }) => extent));
  return axes.reduce((sum: Operand, { extent, stride }, k) => {
    below /= extent;
    if (stride === 0) return sum;
    const above = i32.div(row, below);
    const term = i32.mul(k === 0 ? above : i32.rem(above, extent), stride);
    return sum === 0 ? term : i32.add(sum, term);
  }, base);
}

/** How many elements lie between two neighbours along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}
