import type { ImageKind } from '../data/image-set.js';
import { UserError } from '../errors.js';
import { readRunDescription } from './run-description.js';
import { nameOfRun } from './packaged.js';
import { findRun } from './find-run.js';
import { listRuns } from './run-folder.js';
import { digitRuns, plannedDigits, refuseSweep } from './sweep.js';

/** The trained models that a run's folder holds, and what images they make. */
export type RunModels = { readonly run: string; readonly images: ImageKind } & (
  | { readonly kind: 'all-digits' }
  | {
      readonly kind: 'per-digit';
      /** The run of each digit, where there is one: of a conditional model the same for all. */
      readonly folders: ReadonlyMap<number, string>;
    }
);

/**
 * The models in a folder: one of all digits, conditional or not, one of a single digit, or those of a sweep over `--digit`.
 *
 * @throws UserError for a sweep over anything else, or one of which no run has begun.
 */
function modelsIn(run: string): RunModels {
  const folders = digitRuns(run);
  if (folders !== undefined) {
    const [first] = folders.values();
    if (first === undefined)
      throw new UserError(
        `--run: found no run of a digit in ${run}, expected digit-0 to digit-9, as gan-mnist train --each-digit makes them`,
      );
    return { kind: 'per-digit', run, folders, images: readRunDescription(first).data };
  }
  refuseSweep(run, '--run: ');
  const { options, data: images } = readRunDescription(run);
  const { digit, conditional } = options;
  if (conditional) {
    const all = new Map(images.classes.map((_, k) => [k, run]));
    return { kind: 'per-digit', run, folders: all, images };
  }
  const only = digit ?? (images.classes.length === 1 ? 0 : undefined);
  return only === undefined
    ? { kind: 'all-digits', run, images }
    : { kind: 'per-digit', run, folders: new Map([[only, run]]), images };
}

/** The models of the run that the user means: the named folder, or the newest in `outputs`. @throws as {@link modelsIn}. */
export const findModels = (outputs: string, named?: string): RunModels =>
  modelsIn(findRun(outputs, named));

/**
 * The run that makes images of a digit: one of a sweep, one trained with --digit, or a conditional one.
 *
 * @param run the user's; without it, the newest that has the digit.
 * @throws UserError where there is none, or the named one is of something else.
 */
export function findDigitRun(outputs: string, digit: number, run?: string): string {
  if (run === undefined) {
    const newest = newestModels(outputs, (models) => folderOf(models, digit) !== undefined);
    if (newest === undefined)
      throw new UserError(
        `--digit: found no run of ${digit} in ${outputs}, expected one made by gan-mnist train, which can be asked for any digit, or by gan-mnist train --digit ${digit}`,
      );
    return folderOf(newest, digit)!;
  }
  const models = findModels(outputs, run);
  const found = folderOf(models, digit);
  const { classes } = models.images;
  if (classes.length > 0 && classes[digit] === undefined)
    throw new UserError(
      `--digit: found ${digit}, expected a class of ${nameOfRun(models.run)}, from 0 to ${classes.length - 1}`,
    );
  if (found === undefined)
    throw new UserError(
      `--digit: ${models.run} has ${trainedOn(models)}, expected a run of ${digit}, as gan-mnist train --digit ${digit} or --each-digit makes it`,
    );
  return found;
}

/**
 * Models of every digit: those of a sweep, or a conditional one, which makes all of them itself.
 *
 * @param run the user's; without it, the newest that has all digits.
 * @throws UserError where there are none, or a digit is missing.
 */
export function findAllDigits(
  outputs: string,
  run?: string,
): Extract<RunModels, { kind: 'per-digit' }> {
  const found = run === undefined ? newestModels(outputs, isOfSeveral) : findModels(outputs, run);
  const expected =
    'expected a model that can be asked for each digit, as gan-mnist train makes it, or a folder made by gan-mnist train --each-digit';
  if (found === undefined)
    throw new UserError(`--each-digit: found no run of each digit in ${outputs}, ${expected}`);
  if (found.kind !== 'per-digit' || !isOfSeveral(found))
    throw new UserError(`--each-digit: ${found.run} has ${trainedOn(found)}, ${expected}`);
  const missing = isSweepOfDigits(found)
    ? plannedDigits(found.run).filter((digit) => !found.folders.has(digit))
    : [];
  if (missing.length > 0)
    throw new UserError(
      `--each-digit: ${found.run} has no run of ${missing.join(', ')} yet: gan-mnist train --resume ${found.run} trains what is missing`,
    );
  return found;
}

/** The newest folder with such models. In a search a damaged run is one that does not have them. */
function newestModels(
  outputs: string,
  wanted: (models: RunModels) => boolean,
): RunModels | undefined {
  for (const folder of listRuns(outputs).reverse()) {
    try {
      const models = modelsIn(folder);
      if (wanted(models)) return models;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return undefined;
}

const folderOf = (models: RunModels, digit: number): string | undefined =>
  models.kind === 'per-digit' ? models.folders.get(digit) : undefined;

/** Whether the models are several, in folders of their own. */
const isSweepOfDigits = ({ run }: RunModels): boolean => digitRuns(run) !== undefined;

/** Models of more than the one digit of `--digit`. */
const isOfSeveral = (models: RunModels): boolean =>
  isSweepOfDigits(models) || (models.kind === 'per-digit' && models.folders.size > 1);

function trainedOn(models: RunModels): string {
  if (models.kind === 'all-digits') return 'a model of all digits at once';
  const digits = [...models.folders.keys()].join(', ');
  return isSweepOfDigits(models) ? `runs of ${digits}` : `a model of the digit ${digits}`;
}
