import { InvalidArgumentError } from 'commander';

/** A whole number above zero, of a flag. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0)
    throw new InvalidArgumentError(`found "${text}", expected a whole number above 0`);
  return value;
}

/** A whole number, zero or more, of a flag. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError(`found "${text}", expected a whole number`);
  return value;
}

/** A list, separated by commas, of what `one` reads. */
export function numbersFrom(one: (text: string) => number): (text: string) => number[] {
  return (text) => text.split(',').map((part) => one(part.trim()));
}
