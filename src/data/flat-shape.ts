import { bytesOf, type ImageShape } from './image-set.js';

/**
 * The shape of an image of which only the number of values is known: a square, gray or of three channels.
 *
 * @param known the shape that the set's manifest says.
 * @returns undefined where there is none.
 */
export function flatShape(values: number, known?: ImageShape): ImageShape | undefined {
  if (known !== undefined) return bytesOf(known) === values ? known : undefined;
  for (const channels of [1, 3] as const) {
    const side = Math.round(Math.sqrt(values / channels));
    if (side > 0 && side * side * channels === values) return [side, side, channels];
  }
  return undefined;
}
