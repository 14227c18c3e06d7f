import type { Classifier } from '../classifier/classifier.js';
import { histogramOf } from '../classifier/confusion.js';
import { pixelsOf, type ImageSet } from '../data/image-set.js';
import { frechetDistance, momentsOf, type Moments } from './frechet.js';
import { evennessOf, shareRecognised } from './measures.js';
import { coverageOf, radiiOf } from './neighbours.js';
import { Pairs } from './pairs.js';
import type { Backend } from '../backends/index.js';
import { NEIGHBOUR } from './real-images.js';
import { MEASURED_IMAGES } from './real-levels.js';

/** Training images whose mean and covariance the distance is taken from. */
const MOMENT_IMAGES = 10_000;

/** Names of what is measured, with its direction. */
export type RunningMeasures = Readonly<{
  /** Share recognised, as the class asked for or with confidence. */
  recognised: number;
  /** Share of the rarest class and of the most frequent one, as the judge takes them. */
  rarest: number;
  mostFrequent: number;
  /** Frechet distance to training images. */
  frechet: number;
  coverage: number;
  density: number;
}>;

/** Judges images of a generator that is being trained, by training images only. */
export class RunningMeasure {
  private constructor(
    private readonly judge: Classifier,
    private readonly pairs: Pairs,
    private readonly moments: Moments,
    private readonly balls: { real: Float32Array; radii: Float32Array; k: number },
    private readonly madeAll: boolean,
  ) {}

  /**
   * @param training images that the run trains on; the judge stays its owner's.
   * @param madeAll whether they are of all classes.
   * @returns undefined where there are too few of them to have neighbours.
   */
  static async create(
    training: ImageSet,
    judge: Classifier,
    backend: Backend,
    madeAll: boolean,
  ): Promise<RunningMeasure | undefined> {
    const count = Math.min(training.count, MOMENT_IMAGES);
    if (count <= NEIGHBOUR) return undefined;
    const pairs = await Pairs.create(judge.features, backend);
    const { features } = await judge.classify(pixelsOf(training, 0, count));
    const real = features.subarray(0, MEASURED_IMAGES * judge.features);
    const radii = await radiiOf(pairs, real, NEIGHBOUR);
    const balls = { real, radii, k: NEIGHBOUR };
    return new RunningMeasure(judge, pairs, momentsOf(features, judge.features), balls, madeAll);
  }

  /**
   * @param images [n, pixels] in [-1, 1].
   * @param asked [n]: the classes that they were asked for as.
   */
  async measure(images: Float32Array, asked?: ArrayLike<number>): Promise<RunningMeasures> {
    const { judge, pairs, moments, balls } = this;
    const seen = await judge.classify(images);
    const { rarest, mostFrequent } = evennessOf(histogramOf(seen.labels, judge.classes));
    return {
      recognised: shareRecognised(seen, asked),
      ...(this.madeAll && { rarest: rarest.share, mostFrequent: mostFrequent.share }),
      frechet: frechetDistance(momentsOf(seen.features, judge.features), moments),
      ...(await coverageOf(pairs, balls, seen.features)),
    } as RunningMeasures;
  }

  async dispose(): Promise<void> {
    await this.pairs.dispose();
  }
}
