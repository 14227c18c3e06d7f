import { DIGITS } from '../data/mnist.js';
import { MAXIMUM_IMAGES } from '../data/data-set.js';
import { UserError } from '../errors.js';
import { sumOf, type Counts, type Part } from './format.js';

/** The most of each digit, so that `train --data` still reads the set. */
export const MOST_PER_DIGIT = MAXIMUM_IMAGES / DIGITS;

/** MNIST has 60,000 training and 10,000 test images. */
const TRAIN_PER_TEST = 6;

/** As many of each digit. */
export function evenCounts(count: number): Counts {
  return new Array<number>(DIGITS).fill(count);
}

/**
 * Reads `0:1000,8:9000`; digits that are not named have none.
 *
 * @throws UserError that says which part is not a digit and its count.
 */
export function parseCounts(text: string): Counts {
  const counts = new Array<number>(DIGITS).fill(0);
  const seen = new Set<number>();
  for (const part of text.split(',')) {
    const [, digit, count] = /^\s*(\d):(\d{1,7})\s*$/.exec(part) ?? [];
    if (digit === undefined)
      throw new UserError(
        `--counts: found "${part}", expected a digit and its count, as in 0:1000,8:9000`,
      );
    if (seen.has(Number(digit)))
      throw new UserError(`--counts: found the digit ${digit} twice, expected it once`);
    seen.add(Number(digit));
    counts[Number(digit)] = Number(count);
  }
  if (sumOf(counts) === 0)
    throw new UserError('--counts: found no images, expected at least one of a digit');
  if (sumOf(counts) > MAXIMUM_IMAGES)
    throw new UserError(
      `--counts: found ${sumOf(counts)} images, expected at most ${MAXIMUM_IMAGES}, as many as train --data reads`,
    );
  return counts;
}

/**
 * The two parts: the training part has the counts that were asked for, and the test part, of other images, a sixth of each
 * (rounded up), as in MNIST.
 */
export function partsOf(counts: Counts): Record<Part, Counts> {
  return { train: counts, test: counts.map((count) => Math.ceil(count / TRAIN_PER_TEST)) };
}
