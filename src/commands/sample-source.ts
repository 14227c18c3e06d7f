import { OUTPUTS } from '../cli/common-options.js';
import { SAMPLE_OPTIONS } from '../cli/picture-options.js';
import { classFolder, classNamed } from '../data/class-folder.js';
import { classesText } from '../datasets/counts.js';
import { UserError } from '../errors.js';
import { parseNumbers, SEEDS, type OptionsOf } from '../options.js';
import { findAllDigits, findDigitRun } from '../runs/run-models.js';
import { digitRuns } from '../runs/sweep.js';
import { nameOfRun, PACKAGED } from '../runs/packaged.js';
import { readRunDescription } from '../runs/run-description.js';
import { findRun } from '../runs/find-run.js';
import { listRuns } from '../runs/run-folder.js';

/** What was typed after `gan-mnist sample`. */
export type Given = Partial<OptionsOf<typeof SAMPLE_OPTIONS>>;

/** Images of a row of one digit, unless so many are asked for. */
const COLUMNS = 10;

/** What is drawn: images of one run after another. */
export interface Source {
  /** Where the images go by default, and what is named in the answer. */
  readonly run: string;
  /** The run or runs, each of which gives n / parts.length images: of this digit, from a model that can be asked for it. */
  readonly parts: readonly { readonly folder: string; readonly digit?: number }[];
  /** Of all parts. */
  readonly n: number;
  readonly columns: number;
  /** Of the file's name. */
  readonly label: string;
}

/**
 * The seeds of the images, where each has its own.
 *
 * @throws UserError where a count or one seed of all is named too, or it is no list.
 */
export function seedsOf({ seeds, seed, n }: Given): number[] | undefined {
  if (seeds === undefined) return undefined;
  if (seed !== undefined || n !== undefined)
    throw new UserError(
      `--seeds and ${seed === undefined ? '--n' : '--seed'}: found both, expected one of them: --seeds has an image for each`,
    );
  return parseNumbers('--seeds', seeds, { ...SEEDS, least: 1, most: SAMPLE_OPTIONS.n.max });
}

/**
 * What the user means to have drawn.
 *
 * @throws UserError where no run has it, or options contradict each other.
 */
export function findSource(given: Given): Source {
  const { digit, class: name, eachDigit = false, run } = given;
  const seeds = seedsOf(given);
  const n = seeds?.length ?? given.n;
  if (name !== undefined && (digit !== undefined || eachDigit))
    throw new UserError('--class and --digit or --each-digit: found both, expected one of them');
  // Right after the install there is no run yet: then the images are the packaged generator's.
  const named = run ?? (listRuns(OUTPUTS).length === 0 ? PACKAGED : undefined);
  if (name !== undefined) return ofClass(findRun(OUTPUTS, named), name, n);
  if (digit !== undefined && eachDigit)
    throw new UserError('--digit and --each-digit: found both, expected one of them');
  const single = (
    folder: string,
    label: string,
    count: number = SAMPLE_OPTIONS.n.default,
  ): Source => {
    const columns = Math.ceil(Math.sqrt(count));
    return { run: folder, parts: [{ folder, digit }], n: count, columns, label };
  };
  if (digit !== undefined) return single(findDigitRun(OUTPUTS, digit, named), `digit${digit}-`, n);
  const folder = eachDigit ? undefined : findRun(OUTPUTS, named);
  if (folder !== undefined && digitRuns(folder) === undefined) return single(folder, '', n);
  return rowsOfDigits(folder ?? named, n, seeds !== undefined);
}

/** Images of a class by its name. */
function ofClass(run: string, name: string, n: number = SAMPLE_OPTIONS.n.default): Source {
  const { options, data } = readRunDescription(run);
  const digit = classNamed(data.classes, name);
  if (digit < 0)
    throw new UserError(
      `--class: found "${name}", expected one of the classes of ${nameOfRun(run)}: ${classesText(data.classes)}`,
    );
  if (!options.conditional && options.digit !== digit)
    throw new UserError(
      `--class: ${run} has a model that cannot be asked for a class, expected one that can, as gan-mnist train makes it of labelled images`,
    );
  const label = `class-${classFolder(data.classes, digit)}-`;
  return { run, parts: [{ folder: run, digit }], n, columns: Math.ceil(Math.sqrt(n)), label };
}

/** One row per digit. */
function rowsOfDigits(
  run: string | undefined,
  asked: number | undefined,
  areOfEach: boolean,
): Source {
  const { run: folder, folders } = findAllDigits(OUTPUTS, run);
  const digits = folders.size;
  const n = asked === undefined ? COLUMNS * digits : areOfEach ? asked * digits : asked;
  if (n % digits !== 0)
    throw new UserError(
      `--n: found ${n}, expected a multiple of ${digits} for a row of each digit (or --digit for one of them)`,
    );
  return {
    run: folder,
    parts: [...folders].map(([digit, one]) => ({ folder: one, digit })),
    n,
    columns: n / digits,
    label: 'each-digit-',
  };
}
