import type { ImageKind } from '../data/image-set.js';
import { UserError } from '../errors.js';
import { ALL_DIGITS, digitFolder, hasDigitRun, isDigitsFolder } from '../runs/digit-folders.js';
import { readRunDescription } from '../runs/run-description.js';
import { refuseSweep } from '../runs/sweep.js';
import { findRun } from '../runs/run-folder.js';

/** The trained models that a run's folder holds, and what images they make. */
export type RunModels = { readonly images: ImageKind } & (
  | { readonly kind: 'all-digits'; readonly run: string }
  | {
      readonly kind: 'per-digit';
      readonly run: string;
      /** The run of each digit, where there is one: of a conditional model the same for all. */
      readonly folders: ReadonlyMap<number, string>;
    }
);

/**
 * The run that the user means, the named folder or the newest in `outputs`: a model of all digits, conditional or not, one of a
 * single digit, or a folder of ten runs, one for each digit.
 *
 * @throws UserError where there is none, or no digit's yet.
 */
export function findModels(outputs: string, named?: string): RunModels {
  const run = findRun(outputs, named);
  if (!isDigitsFolder(run)) refuseSweep(run, '--run: ');
  if (isDigitsFolder(run)) {
    const digits = ALL_DIGITS.filter((digit) => hasDigitRun(run, digit));
    if (digits.length === 0)
      throw new UserError(
        `--run: found no run of a digit in ${run}, expected digit-0 to digit-9, as gan-mnist train --each-digit makes them`,
      );
    const folders = new Map(digits.map((digit) => [digit, digitFolder(run, digit)]));
    const { data: images } = readRunDescription(digitFolder(run, digits[0]));
    return { kind: 'per-digit', run, folders, images };
  }
  const { options, data: images } = readRunDescription(run);
  const { digit, conditional } = options;
  if (conditional) {
    const folders = new Map(images.classes.map((_, k) => [k, run]));
    return { kind: 'per-digit', run, folders, images };
  }
  return digit === undefined
    ? { kind: 'all-digits', run, images }
    : { kind: 'per-digit', run, folders: new Map([[digit, run]]), images };
}
