/** An image counts as recognised, where none was asked for, if the judge is at least so sure of its class. */
export const SURE = 0.9;

/** What the judge says of images: the likeliest class and its probability. */
export interface Judged {
  /** [n] */
  readonly labels: ArrayLike<number>;
  /** [n] */
  readonly confidences: ArrayLike<number>;
}

/**
 * Share of images that are recognised, 0 to 1: taken for the class that was asked for, or, where none was, for any class with a
 * confidence of at least {@link SURE}.
 *
 * @param asked [n]: the classes that the model was asked for.
 */
export function shareRecognised(judged: Judged, asked?: ArrayLike<number>): number {
  const { labels, confidences } = judged;
  let recognised = 0;
  for (let i = 0; i < labels.length; i++)
    if (asked === undefined ? confidences[i] >= SURE : labels[i] === asked[i]) recognised++;
  return recognised / labels.length;
}

/** How evenly classes occur. */
export interface Evenness {
  /** The class that occurs least and its share of all images; the first of several. */
  readonly rarest: { readonly class: number; readonly share: number };
  readonly mostFrequent: { readonly class: number; readonly share: number };
  /** Number of classes. */
  readonly classes: number;
}

/** @param counts of each class, at least one image in all. */
export function evennessOf(counts: readonly number[]): Evenness {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const at = (count: number): { class: number; share: number } => ({
    class: counts.indexOf(count),
    share: count / all,
  });
  return {
    rarest: at(Math.min(...counts)),
    mostFrequent: at(Math.max(...counts)),
    classes: counts.length,
  };
}

/** Of real test images this share counts as copies of training images: those that are nearest to one. */
const NEAR_SHARE = 0.01;

/** How many generated images are next to copies of training images. */
export interface Copies {
  /** Share of generated images that are nearer to a training image than all but {@link NEAR_SHARE} of real test images are. */
  readonly share: number;
  /** The same share of real test images, which it is to be held against. */
  readonly realShare: number;
  /** That distance. */
  readonly within: number;
}

/**
 * @param generated [n]: the distance of each generated image to its nearest training image.
 * @param real [m]: the same of real images that were not trained on.
 */
export function copiesOf(generated: Float32Array, real: Float32Array): Copies {
  const sorted = real.slice().sort();
  const within = sorted[Math.floor(NEAR_SHARE * real.length)];
  const below = (distances: Float32Array): number =>
    distances.reduce((sum, x) => sum + Number(x < within), 0) / distances.length;
  return { share: below(generated), realShare: below(real), within };
}

/**
 * How often the discriminator thinks a training image more real than one that it was not trained on, of all pairs of them: the area under
 * the curve of Mann and Whitney's test, equal logits counting as half. 0.5 where it knows no image by heart, 1 where it knows all.
 *
 * @param training [n] logits; `heldOut` [m].
 */
export function preferenceOf(training: Float32Array, heldOut: Float32Array): number {
  const all = [...training, ...heldOut];
  const order = Uint32Array.from(all, (_, i) => i).sort((a, b) => all[a] - all[b]);
  let ranks = 0;
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && all[order[to]] === all[order[from]]) to++;
    // Equal logits share the mean of their ranks, which count from 1.
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) if (order[i] < training.length) ranks += rank;
    from = to;
  }
  const n = training.length;
  return (ranks - (n * (n + 1)) / 2) / (n * heldOut.length);
}
