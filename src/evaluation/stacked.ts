import { isDeepStrictEqual } from 'node:util';
import type { Classifier } from '../classifier/classifier.js';
import { keptClassifier, type KeepContext } from '../classifier/kept.js';
import type { ClassifierOptions } from '../classifier/options.js';
import { bytesOf, type ImageSet, type Stacked } from '../data/image-set.js';
import { loadMnist } from '../data/mnist.js';
import { STACKED_CHANNELS, stackedLabel, stackedShares, unstackImages } from '../data/stacked.js';
import { UserError } from '../errors.js';
import { LatentStream } from '../labelled/latent-stream.js';
import type { Models } from '../labelled/models.js';
import type { Generator } from '../runs/generator.js';
import { SURE } from './measures.js';
import { modesOf } from './modes.js';
import type { Judgement } from './judgement.js';

/** What the judge of the channels says of stacked images: recognised is one of all of whose channels it is sure. */
export type StackedJudgement = Required<Pick<Judgement, 'recognition' | 'modes'>>;

/** As many as Lin et al., arXiv 1712.04086, section 4.2, judge. */
const STACKED_IMAGES = 26_000;
/** Images drawn and judged at a time. */
const CHUNK = 1000;

/** The judge of the channels of stacked images, and what real ones have. */
export class StackedJudge {
  private constructor(
    readonly judge: Classifier,
    readonly digest: string,
    readonly testAccuracy: number,
    readonly training: ClassifierOptions,
    private readonly classes: number,
    private readonly shares: Float64Array,
    private readonly real: Judged,
  ) {}

  /**
   * @param test real stacked images that were not trained on.
   * @throws UserError where the images are stacked of others than MNIST's.
   */
  static async create(
    stacked: Stacked,
    test: ImageSet,
    context: Omit<KeepContext, 'mnist'>,
  ): Promise<StackedJudge> {
    const mnist = loadMnist();
    if (!isDeepStrictEqual(mnist.digests, stacked.digests))
      throw new UserError(
        `the images are stacked of ${stacked.source} of another version, expected MNIST's own images: write the set again with gan-mnist dataset --stack ${STACKED_CHANNELS}`,
      );
    const { classifier, digest, description } = await keptClassifier(
      { ...context, mnist },
      mnist.train.count,
    );
    const classes = mnist.classes.length;
    const some = new Judged(classes ** STACKED_CHANNELS);
    const size = bytesOf(test.shape);
    const count = Math.min(STACKED_IMAGES, test.count);
    for (let from = 0; from < count; from += CHUNK) {
      const places = Uint32Array.from(
        { length: Math.min(CHUNK, count - from) },
        (_, k) => from + k,
      );
      const images = new Uint8Array(places.length * size);
      test.read(places, images);
      await some.add(classifier, images, test, classes, context.signal);
    }
    const { testAccuracy, options } = description;
    const shares = stackedShares(mnist.train);
    return new StackedJudge(classifier, digest, testAccuracy, options, classes, shares, some);
  }

  /** Judges images of a model as they come. */
  async judgeModel(
    models: Models,
    seed: number,
    signal?: AbortSignal,
    images = STACKED_IMAGES,
  ): Promise<StackedJudgement> {
    const generator = generatorOf(models);
    const stream = new LatentStream(generator, seed, 'modes');
    const some = new Judged(this.shares.length);
    for (let from = 0; from < images; from += CHUNK) {
      signal?.throwIfAborted();
      const drawn = await stream.draw(Math.min(CHUNK, images - from));
      await some.add(this.judge, drawn, generator, this.classes, signal);
    }
    const { real, shares } = this;
    return {
      recognition: {
        kind: 'all-digits',
        images,
        recognised: some.shareSure,
        realRecognised: real.shareSure,
        histogram: some.histogram,
        meanConfidence: some.meanConfidence,
      },
      modes: { generated: modesOf(some.histogram, shares), real: modesOf(real.histogram, shares) },
    };
  }

  dispose(): Promise<void> {
    return this.judge.dispose();
  }
}

/** A model that makes all classes. */
function generatorOf(models: Models): Generator {
  if (models.kind === 'all-digits') return models.generator;
  const [one, ...others] = new Set(models.generators.values());
  if (others.length > 0 || one.classes === 0)
    throw new UserError(
      'found models of one class each, expected a model of all classes, of which the modes are counted',
    );
  return one;
}

/** Counts of what stacked images were taken for. */
class Judged {
  readonly histogram: number[];
  private sure = 0;
  private confidence = 0;
  private all = 0;

  constructor(classes: number) {
    this.histogram = new Array<number>(classes).fill(0);
  }

  get shareSure(): number {
    return this.sure / this.all;
  }

  /** Of each image's least sure channel. */
  get meanConfidence(): number {
    return this.confidence / this.all;
  }

  async add(
    judge: Classifier,
    images: Uint8Array,
    { shape }: Pick<ImageSet, 'shape'>,
    classes: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const { labels, confidences } = await judge.classify(unstackImages(images, shape), signal);
    for (let k = 0; k < labels.length; k += STACKED_CHANNELS) {
      const to = k + STACKED_CHANNELS;
      this.histogram[stackedLabel(labels.subarray(k, to), classes)]++;
      const least = Math.min(...confidences.subarray(k, to));
      if (least >= SURE) this.sure++;
      this.confidence += least;
      this.all++;
    }
  }
}
