import { IMAGE_PIXELS } from './idx.js';
import { firstImages, onlyDigit, type DigitSet } from './mnist.js';
import { UserError } from '../errors.js';

/**
 * The first images of some digits.
 *
 * @param digits absent for all of them.
 * @param most images at most.
 * @throws UserError where the set has none of those digits.
 */
export function partOf(
  set: DigitSet,
  digits: readonly number[] | undefined,
  most: number,
): DigitSet {
  const chosen = digits === undefined ? set : ofDigits(set, digits);
  return firstImages(chosen, Math.min(most, chosen.count));
}

/** So many images from one on; bytes are shared. */
export function sliceOf(set: DigitSet, from: number, count: number): DigitSet {
  return {
    images: set.images.subarray(from * IMAGE_PIXELS, (from + count) * IMAGE_PIXELS),
    labels: set.labels.subarray(from, from + count),
    count,
  };
}

function ofDigits(set: DigitSet, digits: readonly number[]): DigitSet {
  if (digits.length === 1) return onlyDigit(set, digits[0]);
  const places = [...set.labels.keys()].filter((k) => digits.includes(set.labels[k]));
  if (places.length === 0)
    throw new UserError(
      `there is none of ${digits.join(', ')} among the ${set.count} images; expected at least 1`,
    );
  const images = new Uint8Array(places.length * IMAGE_PIXELS);
  places.forEach((place, k) => images.set(sliceOf(set, place, 1).images, k * IMAGE_PIXELS));
  return {
    images,
    labels: Uint8Array.from(places, (place) => set.labels[place]),
    count: places.length,
  };
}
