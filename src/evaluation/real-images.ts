import { bytesOf, testPart, type DataSet, type ImageSet } from '../data/image-set.js';
import { partOf } from '../data/parts.js';
import { UserError } from '../errors.js';
import { quantity } from '../names.js';
import { frechetDistance, momentsOf, type Moments } from './frechet.js';
import type { Judge, Seen } from './judge.js';
import { coverageOf, nearestOf, radiiOf, type Coverage } from './neighbours.js';
import type { Pairs } from './pairs.js';

/** Balls around real images reach to this nearest neighbour (Naeem et al., arXiv 2002.09797, section 5), where there are as many. */
export const NEIGHBOUR = 5;
/** Images that are looked for among all training images: enough to see 1 % of them to a quarter of a percent. */
export const LOOKED_FOR = 2000;
/** Images read and judged at a time. */
const CHUNK = 2500;
/** For a covariance, and a nearest other one. */
const LEAST_TEST = 2;
/** Two halves of as many. */
export const LEAST_TRAINING = 4;
/** Fewer real images say little of a distribution in so many features. */
const FEW = 1000;

/**
 * Checks that there are enough real images to compare with, before anything takes long.
 *
 * @param classes of the images; absent for all.
 * @throws UserError where there are not.
 */
export function checkRealImages(
  { train, test, source }: DataSet,
  classes: readonly number[] | undefined,
  warn?: (message: string) => void,
): void {
  const [training, count] = [train, testPart({ test, source })].map(({ labels, count: all }) =>
    classes === undefined || labels === undefined
      ? all
      : labels.reduce((sum, label) => sum + Number(classes.includes(label)), 0),
  );
  if (count < LEAST_TEST || training < LEAST_TRAINING)
    throw new UserError(
      `${source} has ${training} training and ${count} test images of what is evaluated, expected at least ${LEAST_TRAINING} and ${LEAST_TEST} to compare with`,
    );
  if (count < FEW)
    warn?.(
      `${source} has ${quantity(count, 'test images')} of what is evaluated: distances between so few say little`,
    );
}

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
  readonly test: ImageSet;
  readonly seen: Seen;
  /** Of the test images. */
  readonly moments: Moments;
  /** Neighbour to which the balls around them reach. */
  readonly k: number;
  readonly radii: Float32Array;
  /** All training images, and their features [n, features]. */
  readonly training: ImageSet;
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
 * @param data has as many images as {@link checkRealImages} wants.
 * @param classes of the images; absent for all.
 * @param most test images at most.
 */
export async function seeRealImages(
  { train, test: allTest }: DataSet,
  judge: Judge,
  pairs: Pairs,
  { classes, most }: { classes?: readonly number[] | undefined; most: number },
  signal?: AbortSignal,
): Promise<RealImages> {
  const test = partOf(allTest!, classes, most);
  const training = partOf(train, classes, train.count);
  const seen = await seeSet(judge, test, signal);
  const { features: trainingFeatures } = await seeSet(judge, training, signal);
  const part = (from: number, count: number): Float32Array =>
    trainingFeatures.subarray(from * judge.features, (from + count) * judge.features);
  const half = Math.min(test.count, Math.floor(training.count / 2));
  const first = momentsOf(part(0, half), judge.features);
  const moments = momentsOf(seen.features, judge.features);
  const k = Math.min(NEIGHBOUR, test.count - 1);
  const radii = await radiiOf(pairs, seen.features, k, signal);
  const real = { real: seen.features, radii, k };
  const lookedFor = seen.features.subarray(0, LOOKED_FOR * judge.features);
  return {
    test,
    seen,
    moments,
    k,
    radii,
    training,
    trainingFeatures,
    toTraining: (await nearestOf(pairs, lookedFor, trainingFeatures, signal)).distances,
    realTraining: distanceOf(first, moments),
    realCoverage: await coverageOf(pairs, real, part(0, half), signal),
    floor: distanceOf(first, momentsOf(part(half, half), judge.features)),
  };
}

/** What a judge says of all images of a set, of which few are in memory at a time. */
export async function seeSet(judge: Judge, set: ImageSet, signal?: AbortSignal): Promise<Seen> {
  const { count, shape } = set;
  const size = bytesOf(shape);
  const features = new Float32Array(count * judge.features);
  const labels = new Uint16Array(count);
  const confidences = new Float32Array(count);
  for (let from = 0; from < count; from += CHUNK) {
    const places = Uint32Array.from({ length: Math.min(CHUNK, count - from) }, (_, k) => from + k);
    const images = new Uint8Array(places.length * size);
    set.read(places, images);
    const some = await judge.see(images, signal);
    features.set(some.features, from * judge.features);
    if (some.labels !== undefined) labels.set(some.labels, from);
    if (some.confidences !== undefined) confidences.set(some.confidences, from);
  }
  return { features, ...(judge.classes > 0 && { labels, confidences }) };
}
