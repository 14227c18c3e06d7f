import { DIGITS } from '../data/mnist.js';
import { digitRuns } from './sweep.js';

export const ALL_DIGITS: readonly number[] = Array.from({ length: DIGITS }, (_, digit) => digit);

/** Whether the folder is a sweep over --digit: models by class. */
export const isDigitsFolder = (folder: string): boolean => digitRuns(folder) !== undefined;

/** Whether a sweep over --digit has begun a digit's run. */
export const hasDigitRun = (folder: string, digit: number): boolean =>
  digitRuns(folder)?.has(digit) === true;

/** The run of a digit, which has begun. */
export const digitFolder = (folder: string, digit: number): string =>
  digitRuns(folder)!.get(digit)!;
