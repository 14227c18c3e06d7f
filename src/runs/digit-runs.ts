import { UserError } from '../errors.js';
import { ALL_DIGITS, digitFolder, hasDigitRun, isDigitsFolder } from './digit-folders.js';
import { readRunDescription } from './run-description.js';
import { findRun, listRuns } from './run-folder.js';

/**
 * The run that makes images of a digit: one of a folder of ten, one trained with --digit, or a conditional one.
 *
 * @param run the user's; without it, the newest that has the digit.
 * @throws UserError where there is none, or the named one is of something else.
 */
export function findDigitRun(outputs: string, digit: number, run?: string): string {
  if (run === undefined) {
    let newest: string | undefined;
    for (const folder of listRuns(outputs)) newest = runOfDigitIfWhole(folder, digit) ?? newest;
    if (newest === undefined)
      throw new UserError(
        `--digit: found no run of ${digit} in ${outputs}, expected one made by gan-mnist train, which can be asked for any digit, or by gan-mnist train --digit ${digit}`,
      );
    return newest;
  }
  const folder = findRun(outputs, run);
  const found = runOfDigit(folder, digit);
  if (found === undefined)
    throw new UserError(
      `--digit: ${folder} has ${trainedOn(folder)}, expected a run of ${digit}, as gan-mnist train --digit ${digit} or --each-digit makes it`,
    );
  return found;
}

/**
 * The ten runs of a folder, by digit; a conditional run makes all ten itself.
 *
 * @param run the user's; without it, the newest that has all digits.
 * @throws UserError where there is no such folder, or a digit is missing in it.
 */
export function findAllDigitRuns(outputs: string, run?: string): string[] {
  const folder =
    run === undefined ? listRuns(outputs).reverse().find(makesAllDigits) : findRun(outputs, run);
  const expected =
    'expected a model that can be asked for each digit, as gan-mnist train makes it, or a folder made by gan-mnist train --each-digit';
  if (folder === undefined)
    throw new UserError(`--each-digit: found no run of each digit in ${outputs}, ${expected}`);
  if (!isDigitsFolder(folder) && readRunDescription(folder).options.conditional)
    return readRunDescription(folder).data.classes.map(() => folder);
  if (!isDigitsFolder(folder))
    throw new UserError(`--each-digit: ${folder} has ${trainedOn(folder)}, ${expected}`);
  const missing = ALL_DIGITS.filter((digit) => !hasDigitRun(folder, digit));
  if (missing.length > 0)
    throw new UserError(
      `--each-digit: ${folder} has no run of ${missing.join(', ')} yet: gan-mnist train --resume ${folder} trains what is missing`,
    );
  return ALL_DIGITS.map((digit) => digitFolder(folder, digit));
}

/** In a search a damaged run is one that does not have the digit. */
function runOfDigitIfWhole(folder: string, digit: number): string | undefined {
  try {
    return runOfDigit(folder, digit);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function runOfDigit(folder: string, digit: number): string | undefined {
  if (isDigitsFolder(folder))
    return hasDigitRun(folder, digit) ? digitFolder(folder, digit) : undefined;
  const options = readRunDescription(folder).options;
  return options.conditional || options.digit === digit ? folder : undefined;
}

/** The run that makes images of every digit: a folder of ten, or a conditional one. */
function makesAllDigits(folder: string): boolean {
  try {
    return isDigitsFolder(folder) || readRunDescription(folder).options.conditional;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

function trainedOn(folder: string): string {
  if (isDigitsFolder(folder))
    return `runs of ${ALL_DIGITS.filter((digit) => hasDigitRun(folder, digit)).join(', ') || 'no digit yet'}`;
  const { digit } = readRunDescription(folder).options;
  return digit === undefined ? 'a model of all digits at once' : `a model of the digit ${digit}`;
}
