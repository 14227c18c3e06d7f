import { pixelsOf, type LabelledDataSet, type LabelledSet } from '../data/image-set.js';
import type { Classifier } from '../classifier/classifier.js';
import {
  confusionMatrix,
  accuracyOf,
  accuracyPerDigit,
  histogramOf,
} from '../classifier/confusion.js';
import { frechetDistance, momentsOf, type Moments } from './frechet.js';
import { LatentStream } from '../labelled/latent-stream.js';
import { openSource, type Models } from '../labelled/models.js';
import { partOf, sliceOf } from '../data/parts.js';
import { drawWholeSet } from '../labelled/synthetic-set.js';

/** A Frechet distance, and between how many images. */
export interface Distance {
  readonly distance: number;
  readonly counts: readonly [number, number];
}

export interface DistanceReport {
  /** Of generated images from real test images. */
  readonly synthetic: Distance;
  /** The floor: of two disjoint sets of real training images, of the same counts where there are as many. */
  readonly floor: Distance;
  /** Of real training images from real test images: what a generator that has learnt the training set perfectly would have. */
  readonly realTraining: Distance;
  readonly dimensions: number;
  /** SHA-256 of the weights of the classifier whose features are compared. */
  readonly extractor: string;
}

/** What the classifier takes generated images for. */
export type Recognition =
  | {
      readonly kind: 'all-digits';
      readonly images: number;
      /** As which digits, 0 to 9. */
      readonly histogram: readonly number[];
      /** Mean of its confidence. */
      readonly meanConfidence: number;
    }
  | {
      readonly kind: 'per-digit';
      readonly images: number;
      /** Share taken for the digit that their model was trained on. */
      readonly recognised: number;
      readonly recognisedPerDigit: readonly (number | undefined)[];
    };

/**
 * Generated images as they come, beside real ones. From models of single digits there are as many of each digit as in the
 * real test images, so that the mix of digits is not part of the distance.
 *
 * @param images how many at most, of each kind.
 * @param extractor its digest goes into the report.
 */
export async function compareFeatures(
  models: Models,
  mnist: LabelledDataSet,
  classifier: Classifier,
  { images, seed, extractor }: { images: number; seed: number; extractor: string },
): Promise<{ distances: DistanceReport; recognition: Recognition }> {
  const digits = models.kind === 'all-digits' ? undefined : [...models.generators.keys()];
  const real = partOf(mnist.test, digits, images);
  const synthetic = await generated(models, real, seed);
  const { features, digits: taken, confidences } = await classifier.classify(synthetic.pixels);
  const training = partOf(mnist.train, digits, 2 * real.count);
  const half = Math.floor(training.count / 2);
  const halves = [0, half].map((from) => sliceOf(training, from, half));
  const [first, second] = [
    await moments(classifier, halves[0]),
    await moments(classifier, halves[1]),
  ];
  const ofReal = await moments(classifier, real);
  const distance = (a: Moments, b: Moments): Distance => ({
    distance: frechetDistance(a, b),
    counts: [a.count, b.count],
  });
  return {
    distances: {
      synthetic: distance(momentsOf(features, classifier.features), ofReal),
      floor: distance(first, second),
      realTraining: distance(first, ofReal),
      dimensions: classifier.features,
      extractor,
    },
    recognition:
      synthetic.labels === undefined
        ? {
            kind: 'all-digits',
            images: real.count,
            histogram: histogramOf(taken),
            meanConfidence: confidences.reduce((sum, x) => sum + x, 0) / real.count,
          }
        : recognitionOf(synthetic.labels, taken),
  };
}

async function generated(
  models: Models,
  real: LabelledSet,
  seed: number,
): Promise<{ pixels: Uint8Array; labels?: Uint16Array }> {
  const stream = 'distance';
  if (models.kind === 'all-digits')
    return { pixels: await new LatentStream(models.generator, seed, stream).draw(real.count) };
  const source = openSource(models, { seed, stream });
  const set = await drawWholeSet(source, histogramOf(real.labels), seed, `${stream} order`);
  return { pixels: pixelsOf(set), labels: set.labels };
}

function recognitionOf(labels: Uint16Array, taken: Uint8Array): Recognition {
  const matrix = confusionMatrix(labels, taken);
  return {
    kind: 'per-digit',
    images: labels.length,
    recognised: accuracyOf(matrix),
    recognisedPerDigit: accuracyPerDigit(matrix),
  };
}

async function moments(classifier: Classifier, set: LabelledSet): Promise<Moments> {
  return momentsOf((await classifier.classify(pixelsOf(set))).features, classifier.features);
}
