import { UserError } from '../errors.js';

/** The least and the greatest of some numbers, and whether all are whole. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly areWhole: boolean;
}

/** How numbers of a file become bytes, 0 (black) to 255 (white). */
export interface PixelScale {
  readonly toByte: (value: number) => number;
  /** Numbers outside are an error. */
  readonly min: number;
  readonly max: number;
  /** What is done to the numbers, in a sentence; absent where they are bytes as they are. */
  readonly remark?: string;
}

/** Whole numbers up to here are taken for few shades (scikit-learn's digits have 0 to 16) and not for a dark picture. */
export const FEW_SHADES = 16;
const BYTE = 255;
const WORD = 65_535;

export function rangeOf(values: ArrayLike<number>): Range {
  let [min, max, areWhole] = [Infinity, -Infinity, true];
  for (let k = 0; k < values.length; k++) {
    const value = values[k];
    if (value < min) min = value;
    if (value > max) max = value;
    areWhole &&= Number.isInteger(value);
  }
  return { min, max, areWhole };
}

/**
 * The scale of the numbers that people write for pixels: 0 to 255, 0 to 1, -1 to 1, 0 to 16, 0 to 65,535.
 *
 * @param known that they are bytes, whatever their range.
 * @param what they are, for messages.
 * @throws UserError for other numbers.
 */
export function scaleFor({ min, max, areWhole }: Range, known: boolean, what: string): PixelScale {
  const linear = (from: number, to: number): PixelScale => ({
    min: from,
    max: to,
    toByte: (value) => Math.round(((value - from) * BYTE) / (to - from)),
    remark: `${what} has pixels from ${from} to ${to}, which are stretched to 0 to ${BYTE}`,
  });
  if (known || (min >= 0 && max <= BYTE && max > (areWhole ? FEW_SHADES : 1)))
    return { min: 0, max: BYTE, toByte: Math.round };
  if (min >= 0 && max <= 1 && max > 0) return linear(0, 1);
  if (min >= -1 && min < 0 && max <= 1) return linear(-1, 1);
  if (areWhole && min >= 0 && max <= FEW_SHADES && max > 0) return linear(0, max);
  if (areWhole && min >= 0 && max > BYTE && max <= WORD) return linear(0, WORD);
  if (min === 0 && max === 0) return { min: 0, max: BYTE, toByte: Math.round };
  throw new UserError(
    `${what} has pixels from ${min} to ${max}; expected 0 to ${BYTE}, 0 to 1 or -1 to 1`,
  );
}
