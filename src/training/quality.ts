import type { Backend, Executable, Values } from '../backends/index.js';
import { keptClassifier, hasPackagedJudge } from '../classifier/kept.js';
import { CLASSIFIER_TRAINING } from '../classifier/options.js';
import type { Classifier } from '../classifier/classifier.js';
import { compile } from '../compiler/compile.js';
import { bytesOf, labelledData, type DataSet, type ImageSet } from '../data/image-set.js';
import { onlyClass } from '../data/parts.js';
import { Random } from '../data/random.js';
import { preferenceOf } from '../evaluation/measures.js';
import { MEASURED_IMAGES } from '../evaluation/real-levels.js';
import { RunningMeasure } from '../evaluation/running-measure.js';
import { applyModel, namedWeights, type Gan } from '../gan/gan.js';
import { drawLatent, fillOneHot, labelsInTurn } from '../gan/inputs.js';
import type { RunOptions } from '../gan/options.js';
import { generatorStep } from '../gan/sampler.js';
import type { Scalars } from '../gan/step.js';
import { averagedWeights } from '../gan/weight-average.js';

/** Images of a run of the generator or of the discriminator: memory stays small. */
const CHUNK = 500;
/** Training and held-out images of which the discriminator is asked. */
const PREFERENCE_IMAGES = 1000;

/** What a run's quality is measured on. */
export interface QualityContext {
  readonly options: RunOptions;
  /** The images that the run trains on. */
  readonly images: ImageSet;
  readonly data: DataSet;
  readonly backend: Backend;
  /** Told where the package's judge is missing or damaged. */
  readonly warn?: (message: string) => void;
}

/**
 * How good a run's images are while it trains: images of the same z each time, judged by the judge in the package beside
 * training images, and how often the discriminator prefers training images to held-out ones.
 */
export class Quality implements AsyncDisposable {
  private constructor(
    private readonly judge: Classifier,
    private readonly running: RunningMeasure,
    private readonly generator: Executable,
    private readonly z: Float32Array,
    private readonly asked: Uint16Array | undefined,
    private readonly gan: Gan,
    private readonly preference: Preference | undefined,
  ) {}

  /**
   * @param gan networks like those that are trained; they stay their owner's.
   * @returns undefined where the package has no judge for the data, or there are too few images.
   */
  static async create(gan: Gan, context: QualityContext): Promise<Quality | undefined> {
    const { options, images, data, backend, warn } = context;
    if (!canMeasure(data, backend, warn)) return undefined;
    const mnist = labelledData(data, 'the judge');
    const kept = await keptClassifier({ mnist, backend, keptIn: '' });
    const madeAll = options.digit === undefined;
    const running = await RunningMeasure.create(images, kept.classifier, backend, madeAll);
    if (running === undefined) {
      await kept.classifier.dispose();
      return undefined;
    }
    const { step, options: traced } = generatorStep(gan, CHUNK);
    const generator = await backend.load(compile(step, backend.target, traced));
    const z = new Float32Array(MEASURED_IMAGES * gan.latentSize);
    drawLatent(new Random(options.seed, 'measured images'), options.latent, z);
    const asked = askedFor(gan, options);
    const preference = await Preference.create(gan, context);
    return new Quality(kept.classifier, running, generator, z, asked, gan, preference);
  }

  /**
   * @param state holds the weights of both networks, by name, and the generator's averages where those are kept.
   */
  async measure(state: ReadonlyMap<string, Values>): Promise<Scalars> {
    const { generator, gan, z, asked, running, preference } = this;
    const weights = averagedWeights(state);
    generator.writeState(weights);
    const pixels = gan.imageShape.reduce((size, length) => size * length, 1);
    const images = new Float32Array(MEASURED_IMAGES * pixels);
    const { latentSize, classes } = gan;
    for (let from = 0; from < MEASURED_IMAGES; from += CHUNK) {
      generator.inputs.z.set(z.subarray(from * latentSize, (from + CHUNK) * latentSize));
      if (classes > 0) generator.inputs.labels.set(labelsInTurn(CHUNK, classes, from));
      const made = await generator.run();
      images.set(made.images, from * pixels);
    }
    return {
      ...(await running.measure(images, asked)),
      ...(preference && { preference: await preference.measure(state) }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.preference?.dispose();
    await this.generator.dispose();
    await this.running.dispose();
    await this.judge.dispose();
  }
}

/** Whether the package has a judge for the data, and the backend is fast enough to ask it. */
export function canMeasure(
  data: DataSet,
  { name }: Backend,
  warn?: (message: string) => void,
): boolean {
  const { train, test } = data;
  if (train.labels === undefined || test?.labels === undefined || name === 'cpu') return false;
  return hasPackagedJudge(CLASSIFIER_TRAINING, labelledData(data, 'the judge'), warn);
}

/** The classes that the measured images are asked for as; undefined where the generator takes none and has seen all. */
function askedFor({ classes }: Gan, { digit }: RunOptions): Uint16Array | undefined {
  if (digit !== undefined) return new Uint16Array(MEASURED_IMAGES).fill(digit);
  return classes === 0
    ? undefined
    : Uint16Array.from({ length: MEASURED_IMAGES }, (_, k) => k % classes);
}

/** How often the discriminator thinks training images more real than held-out ones: {@link preferenceOf}. */
class Preference {
  private constructor(
    private readonly executable: Executable,
    private readonly classes: number,
    private readonly training: ImageSet,
    private readonly heldOut: ImageSet,
  ) {}

  /** @returns undefined where there are too few images. */
  static async create(
    gan: Gan,
    { options: { digit }, images, data: { test }, backend }: QualityContext,
  ): Promise<Preference | undefined> {
    if (test === undefined) return undefined;
    const heldOut = digit === undefined ? test : onlyClass(test, digit);
    if (images.count < CHUNK || heldOut.count < CHUNK) return undefined;
    const { classes } = gan;
    const compiled = compile(
      ({ images: shown, labels }) => ({
        logits: applyModel(gan.discriminator, shown, labels, false),
      }),
      backend.target,
      {
        inputs: {
          images: { shape: [CHUNK, ...gan.imageShape] },
          ...(classes > 0 ? { labels: { shape: [CHUNK, classes] } } : {}),
        },
        variables: namedWeights(gan),
      },
    );
    return new Preference(await backend.load(compiled), classes, images, heldOut);
  }

  async measure(state: ReadonlyMap<string, Values>): Promise<number> {
    this.executable.writeState(state);
    return preferenceOf(await this.logits(this.training), await this.logits(this.heldOut));
  }

  /** Of images spread over the whole set: MNIST's first test images are easier than the others. */
  private async logits(set: ImageSet): Promise<Float32Array> {
    const { inputs } = this.executable;
    const count =
      Math.min(PREFERENCE_IMAGES, set.count) - (Math.min(PREFERENCE_IMAGES, set.count) % CHUNK);
    const logits = new Float32Array(count);
    const bytes = new Uint8Array(CHUNK * bytesOf(set.shape));
    for (let from = 0; from < count; from += CHUNK) {
      const places = Array.from({ length: CHUNK }, (_, k) =>
        Math.floor(((from + k) * set.count) / count),
      );
      set.read(places, bytes);
      bytes.forEach((value, i) => (inputs.images[i] = value / 127.5 - 1));
      if (this.classes > 0)
        fillOneHot(
          places.map((place) => set.labels![place]),
          inputs.labels as Float32Array,
        );
      logits.set((await this.executable.run()).logits, from);
    }
    return logits;
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }
}
