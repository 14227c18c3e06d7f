import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DIGITS } from '../data/mnist.js';
import { UserError } from '../errors.js';
import { explainFileError } from '../files/explain.js';
import { RUN_FILES } from './run-folder.js';

export const ALL_DIGITS: readonly number[] = Array.from({ length: DIGITS }, (_, digit) => digit);

/** Whether the folder is one of ten runs, one a digit. */
export function isDigitsFolder(folder: string): boolean {
  return existsSync(join(folder, RUN_FILES.digits));
}

/** Where a digit's run is in a folder of ten: a run folder like any other. */
export function digitFolder(folder: string, digit: number): string {
  return join(folder, `digit-${digit}`);
}

/** Whether a digit's run has been started there. */
export function hasDigitRun(folder: string, digit: number): boolean {
  return existsSync(join(digitFolder(folder, digit), RUN_FILES.options));
}

/**
 * Makes a digit's run in a folder of ten, whole: it appears under its name once `fill` has put the first files there.
 *
 * @throws UserError without a digit, or where that digit has a run already.
 */
export async function createDigitRun(
  folder: string,
  digit: number | undefined,
  fill: (draft: string) => Promise<void>,
): Promise<string> {
  if (digit === undefined)
    throw new UserError(
      `--out: ${folder} is a folder with a run for each digit, expected --digit with it, or another folder`,
    );
  const run = digitFolder(folder, digit);
  if (existsSync(run))
    throw new UserError(
      `${run} is there already: go on with it by --resume ${run}, or remove it to train it anew`,
    );
  const draft = draftOf(folder, digit);
  try {
    mkdirSync(draft);
    await fill(draft);
    renameSync(draft, run);
    return run;
  } catch (error) {
    throw explainFileError(error, 'make the run', run);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Removes what killed processes left half-made. Only for whoever holds the folder's lock. */
export function removeDrafts(folder: string): void {
  for (const digit of ALL_DIGITS) rmSync(draftOf(folder, digit), { recursive: true, force: true });
}

const draftOf = (folder: string, digit: number): string =>
  join(folder, `.digit-${digit}-unfinished`);
