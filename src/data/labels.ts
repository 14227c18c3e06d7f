import { UserError } from '../errors.js';
import { MAXIMUM_CLASSES, numberedClasses } from './data-set.js';

/** Labels as a file has them: numbers or names. */
export type RawLabels = readonly number[] | readonly string[] | ArrayLike<number>;

/**
 * The classes of labels that are numbers or names, and each label's index among them. Numbers from 0 on are indices themselves;
 * others, and names, are in their order.
 *
 * @param known names by index, where the file has them.
 * @param what for messages.
 * @throws UserError for labels that are neither.
 */
export function indexLabels(
  parts: readonly (RawLabels | undefined)[],
  known: readonly string[] | undefined,
  what: string,
): { classes: readonly string[]; labels: (Uint16Array | undefined)[] } {
  if (parts.some((part) => part === undefined))
    return { classes: [], labels: parts.map(() => undefined) };
  const all = parts as RawLabels[];
  const areIndices = all.every((part) =>
    Array.prototype.every.call(part, (label) => isIndex(label)),
  );
  if (areIndices) {
    const numbers = all as ArrayLike<number>[];
    const classes = known ?? numberedClasses(...numbers);
    return { classes, labels: numbers.map((part) => Uint16Array.from(part)) };
  }
  const names = new Set<string>();
  for (const part of all)
    for (let k = 0; k < part.length; k++) {
      const label = part[k];
      if (typeof label === 'number' && !Number.isFinite(label))
        throw new UserError(
          `${what}: label ${k + 1} of ${part.length} is ${label}; expected a number or a name`,
        );
      names.add(String(label));
    }
  if (names.size > MAXIMUM_CLASSES)
    throw new UserError(
      `${what} has ${names.size} different labels; expected at most ${MAXIMUM_CLASSES} classes`,
    );
  const areNumbers = [...names].every((name) => name !== '' && Number.isFinite(Number(name)));
  const classes =
    known !== undefined && [...names].every((name) => known.includes(name))
      ? known
      : [...names].sort(areNumbers ? (a, b) => Number(a) - Number(b) : undefined);
  const places = new Map(classes.map((name, k) => [name, k]));
  return {
    classes,
    labels: all.map((part) =>
      Uint16Array.from({ length: part.length }, (_, k) => places.get(String(part[k]))!),
    ),
  };
}

const isIndex = (label: unknown): boolean =>
  typeof label === 'number' && Number.isInteger(label) && label >= 0 && label < MAXIMUM_CLASSES;
