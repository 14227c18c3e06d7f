import { UserError } from '../../errors.js';
import { flatShape } from '../flat-shape.js';
import type { ImageShape } from '../image-set.js';
import { numberIn } from './csv-lines.js';

/** A set without a header whose labels are last has hardly more: EMNIST has 62. */
const MOST_LIKELY_CLASSES = 100;
/** Labels are numbers below; -1 and 1 are two classes to some. */
const MOST_LABEL = 1000;
const BYTE = 255;
/** What programs write where a number is missing. */
const MISSING = /^(nan|na|n\/a|null|none|nil|\?|-)$/i;

/** What the numbers of a column say of it. */
interface Column {
  readonly column: number;
  /** Different ones. */
  readonly kinds: number;
  readonly areFew: boolean;
  readonly areWhole: boolean;
  /** Numbers that no pixel of the set is. */
  readonly isLabel: boolean;
  /** Numbers that are no labels, or those of the pixels beside: the background. */
  readonly isPixel: boolean;
}

/**
 * The column of the label where no name says it: the first or the last one, by what is in them.
 *
 * @param lines the fields of the first lines.
 * @param left columns that are pixels or the label.
 * @param known the shape that the set's manifest says.
 * @returns undefined where all are pixels.
 * @throws UserError where it may be either.
 */
export function labelByContent(
  lines: readonly (readonly string[])[],
  left: readonly number[],
  delimiter: number,
  path: string,
  known?: ImageShape,
): number | undefined {
  if (flatShape(left.length - 1, known) === undefined) return undefined;
  if (flatShape(left.length, known) !== undefined) return undefined;
  const numbersAt = (column: number): number[] =>
    lines.map((line) => numberIn(line[column], delimiter));
  const [first, last] = [left[0], left[left.length - 1]];
  // One word may be a damaged pixel.
  const areWords = (column: number): boolean =>
    2 * numbersAt(column).filter(Number.isNaN).length > lines.length;
  for (const column of [first, last]) if (areWords(column)) return column;
  const pixels = left.slice(1, -1).flatMap(numbersAt);
  const areWhole = pixels.every((value) => Number.isNaN(value) || Number.isInteger(value));
  const most = pixels.some((value) => value > 1) ? BYTE : 1;
  const [start, end] = [
    columnOf(first, numbersAt(first), numbersAt(left[1]), { areWhole, most }),
    columnOf(last, numbersAt(last), numbersAt(left[left.length - 2]), { areWhole, most }),
  ];
  const found = likelier(start, end);
  if (found === undefined || (!found.areWhole && !areWhole))
    throw new UserError(
      `${path} has ${left.length} columns, one more than an image has, and neither the first nor the last is plainly that of labels; expected whole numbers or names there, or a header that calls one of them label`,
    );
  return found.column;
}

/** @param pixels the numbers between the first and the last column. */
function columnOf(
  column: number,
  values: readonly number[],
  beside: readonly number[],
  pixels: { readonly areWhole: boolean; readonly most: number },
): Column {
  const numbers = values.filter((value) => !Number.isNaN(value));
  const kinds = new Set(numbers).size;
  const areWhole = numbers.every(Number.isInteger);
  const areLarge = numbers.some((value) => Math.abs(value) >= MOST_LABEL);
  const areOthers = numbers.some((value) => value > pixels.most) || (!areWhole && pixels.areWhole);
  const areMany = !areWhole && !pixels.areWhole && 2 * kinds > numbers.length;
  return {
    ...{ column, kinds, areWhole },
    areFew: numbers.every((value) => value < MOST_LIKELY_CLASSES),
    isLabel: !areLarge && areOthers,
    isPixel: areLarge || areMany || values.every((value, k) => value === beside[k]),
  };
}

/** The one of two columns that has the labels; undefined where neither can be. */
function likelier(start: Column, end: Column): Column | undefined {
  if (start.isLabel !== end.isLabel) return start.isLabel ? start : end;
  if (start.isPixel !== end.isPixel) return start.isPixel ? end : start;
  if (start.areWhole !== end.areWhole) return undefined;
  // Corners of most pictures hardly differ; labels are whole numbers that do.
  if (start.kinds === 1 && end.kinds > 1 && end.areFew) return end;
  if (end.areFew && !start.areFew) return end;
  return end.kinds > 1 && 2 * end.kinds < start.kinds ? end : start;
}

/**
 * Whether labels are names and no numbers.
 *
 * @param labels of the first lines.
 * @param at names the k-th of these lines.
 * @throws UserError where some are numbers, and others what stands for a missing one.
 */
export function areNames(
  labels: readonly string[],
  delimiter: number,
  at: (k: number) => string,
): boolean {
  const isName = (label: string): boolean => Number.isNaN(numberIn(label, delimiter));
  const missing = labels.findIndex((label) => MISSING.test(label));
  if (missing >= 0 && labels.some((label) => !isName(label)))
    throw new UserError(
      `${at(missing)} has no label (found "${labels[missing]}"); expected one in each line`,
    );
  return labels.some(isName);
}
