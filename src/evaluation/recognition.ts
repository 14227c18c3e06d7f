import {
  accuracyOf,
  accuracyPerClass,
  confusionMatrix,
  histogramOf,
} from '../classifier/confusion.js';
import type { Seen } from './judge.js';
import { shareRecognised, SURE } from './measures.js';
import type { RealImages } from './real-images.js';

/** What the judge takes generated images for. */
export type Recognition = {
  readonly images: number;
  /** Share recognised, 0 to 1: as {@link kind} says. */
  readonly recognised: number;
  /** The same of real test images. */
  readonly realRecognised: number;
  /** For how many of each class they are taken. */
  readonly histogram: readonly number[];
} & (
  | {
      /** Nobody asked for a class: recognised is what the judge is at least 0.9 sure of. */
      readonly kind: 'all-digits';
      /** Mean of its confidence. */
      readonly meanConfidence: number;
    }
  | {
      /** Recognised is what is taken for the class that it was asked for as, or that its model was trained on. */
      readonly kind: 'per-digit';
      readonly recognisedPerClass: readonly (number | undefined)[];
    }
);

/** What a judge that knows classes has seen. */
export const known = (seen: Seen): Required<Seen> => seen as Required<Seen>;

/** @param labels the classes that were asked for. */
export function recognitionOf(
  seen: Required<Seen>,
  labels: Uint16Array | undefined,
  real: RealImages,
): Recognition {
  const classes = real.test.classes.length;
  const common = {
    images: seen.labels.length,
    recognised: shareRecognised(seen, labels),
    realRecognised: shareRecognised(known(real.seen), labels && real.test.labels),
    histogram: histogramOf(seen.labels, classes),
  };
  if (labels === undefined) {
    const sum = seen.confidences.reduce((all, x) => all + x, 0);
    return { kind: 'all-digits', ...common, meanConfidence: sum / common.images };
  }
  const matrix = confusionMatrix(labels, seen.labels, classes);
  return {
    kind: 'per-digit',
    ...common,
    recognised: accuracyOf(matrix),
    recognisedPerClass: accuracyPerClass(matrix),
  };
}

/** What makes an image count as recognised, for a person. */
export const recognisedMeans = ({ kind }: Pick<Recognition, 'kind'>): string =>
  kind === 'per-digit' ? 'for the class asked for' : `for some class, at least ${SURE} sure`;
