import { histogramOf } from '../classifier/confusion.js';
import { countsOf, pixelsOf } from '../data/image-set.js';
import { LatentStream } from '../labelled/latent-stream.js';
import { openSource, type Models } from '../labelled/models.js';
import { drawWholeSet } from '../labelled/synthetic-set.js';
import { momentsOf } from './frechet.js';
import type { Judge, Seen } from './judge.js';
import { copiesOf, evennessOf, shareRecognised, type Copies, type Evenness } from './measures.js';
import { coverageOf, nearestOf, type Coverage } from './neighbours.js';
import { modesOf, type Modes } from './modes.js';
import { nearestPairs, type NearestPairs } from './nearest-pairs.js';
import type { Pairs } from './pairs.js';
import { distanceOf, LOOKED_FOR, seeSet, type Distance, type RealImages } from './real-images.js';
import { known, recognitionOf, type Recognition } from './recognition.js';

export interface DistanceReport {
  /** Of generated images from real test images. */
  readonly synthetic: Distance;
  /** The floor: of two disjoint sets of real training images, of the same counts where there are as many. */
  readonly floor: Distance;
  /** Of real training images from real test images: what a generator that has learnt the training set perfectly would have. */
  readonly realTraining: Distance;
  readonly dimensions: number;
  /** What made the features that are compared: the SHA-256 of the judge's weights, or a name. */
  readonly extractor: string;
}

/** What the judges say of generated images, before anything is trained on them. */
export interface Judgement {
  /** Undefined for images without labels. */
  readonly recognition?: Recognition;
  /** Undefined where the models make some classes only. */
  readonly evenness?: Evenness;
  /** Where the models make all classes as they come: how many of them occur. */
  readonly modes?: { readonly generated: Modes; readonly real: Modes };
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

interface Judges {
  readonly judge: Judge;
  readonly second?: Judge;
  readonly pairs: Pairs;
}

/** Images drawn at a time between two looks at the signal. */
const CHUNK = 1000;

/**
 * Generated images as they come, beside real ones. Where classes can be asked for there are as many of each as in the real test
 * images, so that the mix of classes is not part of the distance.
 */
async function judgeModels(
  models: Models,
  real: RealImages,
  { judge, second, pairs }: Judges,
  seed: number,
  signal?: AbortSignal,
): Promise<{ judgement: Judgement; nearest: NearestPairs }> {
  const { images, labels } = await generated(models, real, judge, seed, signal);
  const seen = await judge.see(images, signal);
  const { features } = seen;
  const lookedFor = features.subarray(0, LOOKED_FOR * judge.features);
  const toTraining = await nearestOf(pairs, lookedFor, real.trainingFeatures, signal);
  const balls = { real: real.seen.features, radii: real.radii, k: real.k };
  return {
    judgement: {
      ...ofClasses(models, seen, labels, real),
      frechet: {
        synthetic: distanceOf(momentsOf(features, judge.features), real.moments),
        floor: real.floor,
        realTraining: real.realTraining,
        dimensions: judge.features,
        extractor: judge.extractor,
      },
      coverage: {
        k: real.k,
        synthetic: await coverageOf(pairs, balls, features, signal),
        realTraining: real.realCoverage,
      },
      copies: copiesOf(toTraining.distances, real.toTraining),
      ...(second && {
        secondJudge: {
          recognised: shareRecognised(known(await second.see(images, signal)), labels),
          realRecognised: shareRecognised(
            known(await seeSet(second, real.test, signal)),
            labels && real.test.labels,
          ),
          digest: second.extractor,
        },
      }),
    },
    nearest: nearestPairs(images, seen.labels, real, toTraining),
  };
}

/** {@link judgeModels} of each repeat, with the next seed each. */
export async function judgeRepeats(
  models: Models,
  real: RealImages,
  judges: Judges,
  { seed, repeats }: { readonly seed: number; readonly repeats: number },
  { signal, at }: { signal?: AbortSignal; at?: (repeat: number) => void },
): Promise<{ judgements: Judgement[]; nearest: NearestPairs }> {
  const found = [];
  for (let k = 0; k < repeats; k++) {
    at?.(k + 1);
    found.push(await judgeModels(models, real, judges, seed + k, signal));
  }
  return { judgements: found.map(({ judgement }) => judgement), nearest: found[0].nearest };
}

async function generated(
  models: Models,
  real: RealImages,
  judge: Judge,
  seed: number,
  signal?: AbortSignal,
): Promise<{ images: Uint8Array; labels?: Uint16Array }> {
  const stream = 'distance';
  if (models.kind === 'per-digit') {
    const source = openSource(models, { seed, stream });
    const counts = countsOf(real.test);
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

/** What a judge that knows classes says: of others nothing. */
function ofClasses(
  models: Models,
  seen: Seen,
  asked: Uint16Array | undefined,
  real: RealImages,
): Pick<Judgement, 'recognition' | 'evenness' | 'modes'> {
  if (seen.labels === undefined) return {};
  const recognition = recognitionOf(known(seen), asked, real);
  const { histogram } = recognition;
  const isFree = models.kind === 'all-digits';
  const madeAll = isFree || models.generators.size === histogram.length;
  // A class without a training image counts as half a one: else one mistake would be an infinite divergence.
  const shares = countsOf(real.training).map((count) => Math.max(count, 0.5) / real.training.count);
  return {
    recognition,
    ...(madeAll && { evenness: evennessOf(histogram) }),
    ...(isFree && {
      modes: {
        generated: modesOf(histogram, shares),
        real: modesOf(histogramOf(known(real.seen).labels, histogram.length), shares),
      },
    }),
  };
}
