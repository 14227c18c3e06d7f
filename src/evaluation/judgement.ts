import type { Classified, Classifier } from '../classifier/classifier.js';
import {
  accuracyOf,
  accuracyPerDigit,
  confusionMatrix,
  histogramOf,
} from '../classifier/confusion.js';
import { bytesOf, pixelsOf, type ImageShape } from '../data/image-set.js';
import { LatentStream } from '../labelled/latent-stream.js';
import { openSource, type Models } from '../labelled/models.js';
import { drawWholeSet } from '../labelled/synthetic-set.js';
import { momentsOf } from './frechet.js';
import {
  copiesOf,
  evennessOf,
  shareRecognised,
  SURE,
  type Copies,
  type Evenness,
} from './measures.js';
import { coverageOf, nearestOf, type Coverage } from './neighbours.js';
import type { Pairs } from './pairs.js';
import {
  distanceOf,
  LOOKED_FOR,
  NEIGHBOUR,
  type Distance,
  type RealImages,
} from './real-images.js';

export interface DistanceReport {
  /** Of generated images from real test images. */
  readonly synthetic: Distance;
  /** The floor: of two disjoint sets of real training images, of the same counts where there are as many. */
  readonly floor: Distance;
  /** Of real training images from real test images: what a generator that has learnt the training set perfectly would have. */
  readonly realTraining: Distance;
  readonly dimensions: number;
  /** SHA-256 of the weights of the judge whose features are compared. */
  readonly extractor: string;
}

/** What the judge takes generated images for. */
export type Recognition = {
  readonly images: number;
  /** Share recognised, 0 to 1: as {@link kind} says. */
  readonly recognised: number;
  /** The same of real test images. */
  readonly realRecognised: number;
  /** As which digits they are taken, 0 to 9. */
  readonly histogram: readonly number[];
} & (
  | {
      /** Nobody asked for a digit: recognised is what the judge is at least 0.9 sure of. */
      readonly kind: 'all-digits';
      /** Mean of its confidence. */
      readonly meanConfidence: number;
    }
  | {
      /** Recognised is what is taken for the digit that it was asked for as, or that its model was trained on. */
      readonly kind: 'per-digit';
      readonly recognisedPerDigit: readonly (number | undefined)[];
    }
);

/** What the judges say of generated images, before anything is trained on them. */
export interface Judgement {
  readonly recognition: Recognition;
  /** Undefined where the models make some digits only. */
  readonly evenness?: Evenness;
  readonly frechet: DistanceReport;
  readonly coverage: {
    /** Neighbour to which the balls reach. */
    readonly k: number;
    readonly synthetic: Coverage;
    /** Of as many real training images. */
    readonly realTraining: Coverage;
  };
  /** Of the first 2000 images. */
  readonly copies: Copies;
  /** What a judge with another network says, where there is one. */
  readonly secondJudge?: {
    readonly recognised: number;
    /** Of real test images. */
    readonly realRecognised: number;
    readonly digest: string;
  };
}

/** Of each class, as the judge takes them, the generated images that are nearest to training images, each beside its own. */
export interface NearestPairs {
  readonly shape: ImageShape;
  /** Bytes [count, height, width, channels]. */
  readonly generated: Uint8Array;
  readonly training: Uint8Array;
  /** Euclidean distances of features. */
  readonly distances: readonly number[];
}

export interface Judges {
  readonly judge: Classifier;
  readonly digest: string;
  readonly second?: { readonly judge: Classifier; readonly digest: string };
  readonly pairs: Pairs;
}

/** Images drawn at a time between two looks at the signal. */
const CHUNK = 1000;
/** Of each class: thin ones are nearest of all, and would be all that is seen. */
const PAIRS_SHOWN = 2;

/**
 * Generated images as they come, beside real ones. Where digits can be asked for there are as many of each as in the real test
 * images, so that the mix of digits is not part of the distance.
 */
export async function judgeModels(
  models: Models,
  real: RealImages,
  { judge, digest, second, pairs }: Judges,
  seed: number,
  signal?: AbortSignal,
): Promise<{ judgement: Judgement; nearest: NearestPairs }> {
  const { images, labels } = await generated(models, real, judge, seed, signal);
  const seen = await judge.classify(images, signal);
  const { features } = seen;
  const lookedFor = features.subarray(0, LOOKED_FOR * judge.features);
  const toTraining = await nearestOf(pairs, lookedFor, real.trainingFeatures, signal);
  const balls = { real: real.seen.features, radii: real.radii, k: NEIGHBOUR };
  const recognition = recognitionOf(seen, labels, real);
  const madeAll = models.kind === 'all-digits' || models.generators.size === judge.classes;
  return {
    judgement: {
      recognition,
      ...(madeAll && { evenness: evennessOf(recognition.histogram) }),
      frechet: {
        synthetic: distanceOf(momentsOf(features, judge.features), real.moments),
        floor: real.floor,
        realTraining: real.realTraining,
        dimensions: judge.features,
        extractor: digest,
      },
      coverage: {
        k: NEIGHBOUR,
        synthetic: await coverageOf(pairs, balls, features, signal),
        realTraining: real.realCoverage,
      },
      copies: copiesOf(toTraining.distances, real.toTraining),
      ...(second && {
        secondJudge: {
          recognised: shareRecognised(await second.judge.classify(images, signal), labels),
          realRecognised: shareRecognised(
            await second.judge.classify(pixelsOf(real.test), signal),
            labels && real.test.labels,
          ),
          digest: second.digest,
        },
      }),
    },
    nearest: nearestPairs(images, seen.digits, real, toTraining),
  };
}

async function generated(
  models: Models,
  real: RealImages,
  judge: Classifier,
  seed: number,
  signal?: AbortSignal,
): Promise<{ images: Uint8Array; labels?: Uint16Array }> {
  const stream = 'distance';
  if (models.kind === 'per-digit') {
    const source = openSource(models, { seed, stream });
    const counts = histogramOf(real.test.labels);
    const set = await drawWholeSet(source, counts, seed, `${stream} order`, signal);
    return { images: pixelsOf(set), labels: set.labels };
  }
  const images = new Uint8Array(real.test.count * judge.pixels);
  const latents = new LatentStream(models.generator, seed, stream);
  const { pixels } = judge;
  for (let from = 0; from < real.test.count; from += CHUNK) {
    signal?.throwIfAborted();
    const some = await latents.draw(Math.min(CHUNK, real.test.count - from));
    images.set(some, from * pixels);
  }
  return { images };
}

function recognitionOf(
  seen: Classified,
  labels: Uint16Array | undefined,
  real: RealImages,
): Recognition {
  const common = {
    images: seen.digits.length,
    recognised: shareRecognised(seen, labels),
    realRecognised: shareRecognised(real.seen, labels && real.test.labels),
    histogram: histogramOf(seen.digits),
  };
  if (labels === undefined) {
    const sum = seen.confidences.reduce((all, x) => all + x, 0);
    return { kind: 'all-digits', ...common, meanConfidence: sum / common.images };
  }
  const matrix = confusionMatrix(labels, seen.digits);
  return {
    kind: 'per-digit',
    ...common,
    recognised: accuracyOf(matrix),
    recognisedPerDigit: accuracyPerDigit(matrix),
  };
}

function nearestPairs(
  images: Uint8Array,
  taken: ArrayLike<number>,
  { training }: RealImages,
  { distances, indices }: { distances: Float32Array; indices: Uint32Array },
): NearestPairs {
  const order = [...distances.keys()].sort((a, b) => distances[a] - distances[b]);
  const shown = training.classes.flatMap((_, one) =>
    order.filter((k) => taken[k] === one).slice(0, PAIRS_SHOWN),
  );
  const pixels = bytesOf(training.shape);
  const joined = (parts: readonly Uint8Array[]): Uint8Array => {
    const all = new Uint8Array(parts.length * pixels);
    parts.forEach((part, k) => all.set(part, k * pixels));
    return all;
  };
  return {
    shape: training.shape,
    generated: joined(shown.map((k) => images.subarray(k * pixels, (k + 1) * pixels))),
    training: joined(shown.map((k) => pixelsOf(training, indices[k], 1))),
    distances: shown.map((k) => distances[k]),
  };
}

/** What makes an image count as recognised, for a person. */
export const recognisedMeans = ({ kind }: Pick<Recognition, 'kind'>): string =>
  kind === 'per-digit' ? 'as the digit asked for' : `as some digit, at least ${SURE} sure`;
