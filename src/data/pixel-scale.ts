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
const FEW_SHADES = 16;
const BYTE = 255;
const WORD = 65_535;

/** Of bytes with more than few shades, all that bytes may be: nobody has to look at the rest. */
export function rangeOf(values: ArrayLike<number>): Range {
  if (values instanceof Uint8Array && values.some((value) => value > FEW_SHADES))
    return { min: 0, max: BYTE, areWhole: true };
  let [min, max, areWhole] = [Infinity, -Infinity, true];
  for (let k = 0; k < values.length; k++) {
    const value = values[k];
    if (value < min) min = value;
    if (value > max) max = value;
    areWhole &&= Number.isInteger(value);
  }
  return { min, max, areWhole };
}

/** Whether numbers have few shades, as 0 and 1. */
export const hasFewShades = ({ min, max, areWhole }: Range): boolean =>
  areWhole && min >= 0 && max <= FEW_SHADES;

/**
 * The scale of a set: one for the training and the test part, so that a number means the same gray in both.
 *
 * @param parts the numbers of each.
 * @throws as {@link scaleFor}.
 */
export function scaleOfSet(
  parts: readonly ArrayLike<number>[],
  known: boolean,
  what: string,
): PixelScale {
  const ranges = parts.map(rangeOf);
  const all = {
    min: Math.min(...ranges.map(({ min }) => min)),
    max: Math.max(...ranges.map(({ max }) => max)),
    areWhole: ranges.every(({ areWhole }) => areWhole),
  };
  const scale = scaleFor(all, known, what);
  const [first, second] = ranges;
  if (known || second === undefined || hasFewShades(first) === hasFewShades(second)) return scale;
  return {
    ...scale,
    remark: `${what} has training images of 0 to ${first.max} and test images of 0 to ${second.max}: both are read by one scale, and one of them is nearly black`,
  };
}

/** Brings bytes that were read as they are to a scale. */
export function rescale(pixels: Uint8Array, { toByte }: PixelScale): void {
  if (toByte !== Math.round) pixels.forEach((value, k) => (pixels[k] = toByte(value)));
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
  if (hasFewShades({ min, max, areWhole }) && max > 0) return linear(0, max);
  if (areWhole && min >= 0 && max > BYTE && max <= WORD) return linear(0, WORD);
  if (min === 0 && max === 0) return { min: 0, max: BYTE, toByte: Math.round };
  throw new UserError(
    `${what} has pixels from ${min} to ${max}; expected 0 to ${BYTE}, 0 to 1 or -1 to 1`,
  );
}
