import { classNamed } from '../data/class-folder.js';
import { MAXIMUM_IMAGES } from '../data/data-set.js';
import { MNIST_LIKE } from '../data/known-set.js';
import { UserError } from '../errors.js';
import { sumOf, type Counts, type Part } from './format.js';

/** The most of each class; of as many classes as MNIST has, `train --data` still reads the set. */
export const MOST_PER_CLASS = MAXIMUM_IMAGES / MNIST_LIKE.classes.length;

/** MNIST has 60,000 training and 10,000 test images. */
const TRAIN_PER_TEST = 6;

/** As many of each class. @throws UserError for more than `train --data` reads. */
export function evenCounts(count: number, classes: readonly string[]): Counts {
  return checked('--per-digit', new Array<number>(classes.length).fill(count));
}

/**
 * Reads `0:1000,8:9000` or `cat:500,dog:500`; classes that are not named have none.
 *
 * @throws UserError that says which part is not a class and its count.
 */
export function parseCounts(text: string, classes: readonly string[]): Counts {
  const counts = new Array<number>(classes.length).fill(0);
  const seen = new Set<string>();
  for (const part of text.split(',')) {
    const [, name, count] = /^\s*(.+):(\d{1,7})\s*$/.exec(part) ?? [];
    const place = name === undefined ? -1 : classNamed(classes, name);
    if (place < 0)
      throw new UserError(
        `--counts: found "${part}", expected a class and its count, as in ${classes[0]}:1000${name === undefined ? '' : `; the classes are ${classesText(classes)}`}`,
      );
    if (seen.has(name))
      throw new UserError(`--counts: found the class ${name} twice, expected it once`);
    seen.add(name);
    counts[place] = Number(count);
  }
  if (sumOf(counts) === 0)
    throw new UserError('--counts: found no images, expected at least one of a class');
  return checked('--counts', counts);
}

/** Those that a script gives, a number for each class. @throws UserError where they are none, or more than `train --data` reads. */
export function givenCounts(counts: Counts, classes: readonly string[]): Counts {
  const isList =
    Array.isArray(counts) &&
    counts.length === classes.length &&
    counts.every((count) => Number.isSafeInteger(count) && count >= 0);
  if (!isList || sumOf(counts) === 0)
    throw new UserError(
      `counts: found ${JSON.stringify(counts)}, expected ${classes.length} whole numbers, of images of ${classesText(classes)}`,
    );
  return checked('counts', counts);
}

function checked(flag: string, counts: Counts): Counts {
  if (sumOf(counts) > MAXIMUM_IMAGES)
    throw new UserError(
      `${flag}: found ${sumOf(counts)} images, expected at most ${MAXIMUM_IMAGES}, as many as train --data reads`,
    );
  return counts;
}

/** The names of classes, of many the first ones. */
export const classesText = (classes: readonly string[]): string =>
  `${classes.slice(0, 20).join(', ')}${classes.length > 20 ? ` and ${classes.length - 20} more` : ''}`;

/**
 * The two parts: the training part has the counts that were asked for, and the test part, of other images, a sixth of each
 * (rounded up), as in MNIST.
 */
export function partsOf(counts: Counts): Record<Part, Counts> {
  return { train: counts, test: counts.map((count) => Math.ceil(count / TRAIN_PER_TEST)) };
}
