/** [classes][classes]: how many images of the row's class were taken for the column's. */
export type ConfusionMatrix = readonly (readonly number[])[];

/** @param classes how many there are. */
export function confusionMatrix(
  truth: Uint16Array,
  predicted: Uint16Array,
  classes: number,
): ConfusionMatrix {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  truth.forEach((label, i) => matrix[label][predicted[i]]++);
  return matrix;
}

/** Share of all images that were taken for what they are, 0 to 1. */
export function accuracyOf(matrix: ConfusionMatrix): number {
  const right = matrix.reduce((sum, row, label) => sum + row[label], 0);
  return right / matrix.flat().reduce((sum, count) => sum + count, 0);
}

/** The same for each class by itself (its recall); undefined for one of which there are no images. */
export function accuracyPerClass(matrix: ConfusionMatrix): (number | undefined)[] {
  return matrix.map((row, label) => {
    const all = row.reduce((sum, count) => sum + count, 0);
    return all === 0 ? undefined : row[label] / all;
  });
}

/** How many there are of each class. */
export function histogramOf(labels: Uint16Array, classes: number): number[] {
  const histogram = new Array<number>(classes).fill(0);
  for (const label of labels) histogram[label]++;
  return histogram;
}
