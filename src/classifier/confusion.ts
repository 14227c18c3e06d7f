import { DIGITS } from '../data/mnist.js';

/** [10][10]: how many images of the row's digit were taken for the column's. */
export type ConfusionMatrix = readonly (readonly number[])[];

export function confusionMatrix(
  truth: Uint8Array | Uint16Array,
  predicted: Uint8Array | Uint16Array,
): ConfusionMatrix {
  const matrix = Array.from({ length: DIGITS }, () => new Array<number>(DIGITS).fill(0));
  truth.forEach((digit, i) => matrix[digit][predicted[i]]++);
  return matrix;
}

/** Share of all images that were taken for what they are, 0 to 1. */
export function accuracyOf(matrix: ConfusionMatrix): number {
  const right = matrix.reduce((sum, row, digit) => sum + row[digit], 0);
  return right / matrix.flat().reduce((sum, count) => sum + count, 0);
}

/** The same for each digit by itself (its recall); undefined for one of which there are no images. */
export function accuracyPerDigit(matrix: ConfusionMatrix): (number | undefined)[] {
  return matrix.map((row, digit) => {
    const all = row.reduce((sum, count) => sum + count, 0);
    return all === 0 ? undefined : row[digit] / all;
  });
}

/** How many there are of each digit, 0 to 9. */
export function histogramOf(digits: Uint8Array | Uint16Array): number[] {
  const histogram = new Array<number>(DIGITS).fill(0);
  for (const digit of digits) histogram[digit]++;
  return histogram;
}
