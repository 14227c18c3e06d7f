import * as v from 'valibot';
import { wholeUpTo } from '../files/json.js';

/** How images are to be read; what is absent, the images decide. */
export interface ReadOptions {
  /** Height and width in pixels: images are cropped to a square and scaled. */
  readonly size?: number;
  readonly color?: 'gray' | 'rgb';
  /** Leaves out what cannot be read, and names it, instead of refusing the set. */
  readonly skipBad?: boolean;
}

/** How a data set is read: what a run's description keeps, so that the same images come again. */
export interface LoadOptions extends ReadOptions {
  /** Share of the training images that is set aside as test images, where the set has none. */
  readonly testShare?: number;
  /** Of which images are set aside. */
  readonly seed?: number;
}

/** What is said of how images are to be read, without what is not said. */
export function readingOf({ size, color, testShare, skipBad, seed }: LoadOptions): LoadOptions {
  return {
    ...(size !== undefined && { size }),
    ...(color !== undefined && { color }),
    ...(skipBad === true && { skipBad }),
    ...(testShare !== undefined && { testShare, ...(seed !== undefined && { seed }) }),
  };
}

/** The same in a file. */
export const READING = v.object({
  size: v.optional(wholeUpTo(4096)),
  color: v.optional(v.picklist(['gray', 'rgb'])),
  testShare: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))),
  skipBad: v.optional(v.boolean()),
  seed: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});
