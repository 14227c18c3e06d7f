/** Fills with one-hot rows: 1 at each row's class, else 0. @param into [labels.length, classes] */
export function fillOneHot(labels: ArrayLike<number>, into: Float32Array): void {
  const classes = into.length / labels.length;
  into.fill(0);
  for (let k = 0; k < labels.length; k++) into[k * classes + labels[k]] = 1;
}

/**
 * The classes that images are asked for as where nobody says which: 0, 1, 2, ... in turn, one-hot [count, classes].
 *
 * @param from the first image's number.
 */
export function labelsInTurn(count: number, classes: number, from = 0): Float32Array {
  const labels = new Float32Array(count * classes);
  fillOneHot(
    Array.from({ length: count }, (_, k) => (from + k) % classes),
    labels,
  );
  return labels;
}

/** One class for all images, one-hot [count, classes]. */
export function sameLabel(count: number, classes: number, label: number): Float32Array {
  const labels = new Float32Array(count * classes);
  fillOneHot(new Array<number>(count).fill(label), labels);
  return labels;
}
