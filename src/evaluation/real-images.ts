import type { Classified, Classifier } from '../classifier/classifier.js';
import { pixelsOf, type LabelledDataSet, type LabelledSet } from '../data/image-set.js';
import { partOf } from '../data/parts.js';
import { frechetDistance, momentsOf, type Moments } from './frechet.js';
import { coverageOf, nearestOf, radiiOf, type Coverage } from './neighbours.js';
import type { Pairs } from './pairs.js';

/** Balls around real images reach to this nearest neighbour (Naeem et al., arXiv 2002.09797, section 5). */
export const NEIGHBOUR = 5;
/** Images that are looked for among all training images: enough to see 1 % of them to a quarter of a percent. */
export const LOOKED_FOR = 2000;

/** A Frechet distance, and between how many images. */
export interface Distance {
  readonly distance: number;
  readonly counts: readonly [number, number];
}

export const distanceOf = (a: Moments, b: Moments): Distance => ({
  distance: frechetDistance(a, b),
  counts: [a.count, b.count],
});

/** Real images as a judge sees them: what generated ones are held against, and how real ones do beside them. */
export interface RealImages {
  readonly test: LabelledSet;
  readonly seen: Classified;
  /** Of the test images. */
  readonly moments: Moments;
  readonly radii: Float32Array;
  /** All training images, and their features [n, features]. */
  readonly training: LabelledSet;
  readonly trainingFeatures: Float32Array;
  /** From the first test images to the nearest training image each. */
  readonly toTraining: Float32Array;
  /** Of as many training images as there are test images. */
  readonly realTraining: Distance;
  readonly realCoverage: Coverage;
  /** Of two halves of training images, of as many each where there are so many. */
  readonly floor: Distance;
}

/**
 * @param classes of the images; absent for all.
 * @param most test images at most.
 */
export async function seeRealImages(
  { train, test: allTest }: LabelledDataSet,
  judge: Classifier,
  pairs: Pairs,
  { classes, most }: { classes?: readonly number[] | undefined; most: number },
  signal?: AbortSignal,
): Promise<RealImages> {
  const test = partOf(allTest, classes, most);
  const training = partOf(train, classes, train.count);
  const seen = await judge.classify(pixelsOf(test), signal);
  const { features: trainingFeatures } = await judge.classify(pixelsOf(training), signal);
  const part = (from: number, count: number): Float32Array =>
    trainingFeatures.subarray(from * judge.features, (from + count) * judge.features);
  const half = Math.min(test.count, Math.floor(training.count / 2));
  const first = momentsOf(part(0, half), judge.features);
  const moments = momentsOf(seen.features, judge.features);
  const radii = await radiiOf(pairs, seen.features, NEIGHBOUR, signal);
  const real = { real: seen.features, radii, k: NEIGHBOUR };
  const lookedFor = seen.features.subarray(0, LOOKED_FOR * judge.features);
  return {
    test,
    seen,
    moments,
    radii,
    training,
    trainingFeatures,
    toTraining: (await nearestOf(pairs, lookedFor, trainingFeatures, signal)).distances,
    realTraining: distanceOf(first, moments),
    realCoverage: await coverageOf(pairs, real, part(0, half), signal),
    floor: distanceOf(first, momentsOf(part(half, half), judge.features)),
  };
}
