import type { Backend, Values } from '../backends/index.js';
import { bytesOf, pixelsOf, type DataSet, type ImageShape } from '../data/image-set.js';
import { firstImages } from '../data/parts.js';
import { RunError, UserError } from '../errors.js';
import { buildGan } from '../gan/build.js';
import { spread } from '../gan/diversity.js';
import { disposeGan, namedWeights, type Gan } from '../gan/gan.js';
import type { RunOptions } from '../gan/options.js';
import type { OwnParts } from '../gan/own.js';
import { Sampler } from '../gan/sampler.js';
import { addressLimit, shortageReason } from '../machine.js';
import { allOf, type Follower } from './follower.js';
import { modelWriter } from '../runs/model-files.js';
import { canMeasure, Quality } from './quality.js';
import { realSamples } from './real-samples.js';
import { Trainer } from './trainer.js';
import { trainingImages } from './training-images.js';

/** What a run works with, for as long as it is used: `await using parts = await prepare(...)`. */
export interface Parts extends AsyncDisposable {
  readonly trainer: Trainer;
  readonly sampler: Sampler;
  readonly saveModels: (folder: string, state: ReadonlyMap<string, Values>) => Promise<void>;
  /** Of an image. */
  readonly shape: ImageShape;
  /** Real images [64, ...image], of the classes that the samples are asked for as. */
  readonly realSamples: () => Uint8Array;
  /** {@link spread} of real images on [-1, 1]. */
  readonly realSpread: number;
  /** Made when it is first asked for; undefined where the quality cannot be measured. */
  readonly quality: () => Promise<Quality | undefined>;
}

/** One gray level. */
const LEAST_SPREAD = 1;
/** Real images whose spread a run's samples are held against: enough for two digits of it. */
const SPREAD_IMAGES = 2000;

/**
 * Builds the networks, compiles their step and the drawing of samples.
 *
 * @throws UserError where there are no such images, or the options need more memory than there can be.
 */
export async function prepare(
  options: RunOptions,
  {
    mnist,
    backend,
    own = {},
    followers = [],
  }: {
    readonly mnist: DataSet;
    readonly backend: Backend;
    readonly own?: OwnParts;
    /** Told of what makes the training slower. */
    readonly followers?: readonly Follower[];
  },
): Promise<Parts> {
  const images = trainingImages(options, mnist);
  if ((options.keep === 'best' || options.until !== undefined) && !canMeasure(mnist, backend))
    throw new UserError(
      `${options.keep === 'best' ? '--keep best' : '--until'}: the quality cannot be measured here (${mnist.source}, backend ${backend.name}), expected MNIST, which the package has a judge for, and a backend other than cpu`,
    );
  const { warning } = allOf(followers);
  const how = { own, warn: warning };
  const trainer = await Trainer.create(options, images, backend, how).catch(explainMemory);
  // Networks of their own: the eager backends train on the variables themselves, which sampling and saving must not touch.
  const shown = buildGan(options, images, own.networks);
  let sampler: Sampler | undefined;
  let quality: Promise<Quality | undefined> | undefined;
  const dispose = async (): Promise<void> => {
    await (await quality)?.[Symbol.asyncDispose]();
    await sampler?.dispose();
    disposeGan(shown);
    await trainer.dispose();
  };
  try {
    checkSameNames(trainer.gan, shown);
    sampler = await Sampler.create(shown, options, backend);
    const some = firstImages(images, Math.min(SPREAD_IMAGES, images.count));
    const { shape } = images;
    // Of one image, or images all alike, it is 0, by which nothing can be divided.
    const realSpread = Math.max(spread(pixelsOf(some), bytesOf(shape)), LEAST_SPREAD) / 127.5;
    const saveModels = modelWriter(shown);
    return {
      trainer,
      sampler,
      saveModels,
      shape,
      realSamples: () => realSamples(images, options.conditional),
      realSpread,
      quality: () =>
        (quality ??= Quality.create(shown, {
          ...{ options, images, data: mnist, backend },
          warn: warning,
        })),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** @throws UserError for networks of one's own whose layers are named by a counter: weights are found by their names. */
function checkSameNames(one: Gan, other: Gan): void {
  const [names, others] = [one, other].map((gan) => [...namedWeights(gan).values()]);
  const at = names.findIndex((name, k) => name !== others[k]);
  if (at >= 0)
    throw new UserError(
      `networks: found the weights ${names[at]} in one call and ${others[at]} in the next, expected the same names: give each layer one`,
    );
}

/** A WebAssembly memory or an array that JavaScript cannot make is a matter of the options. */
function explainMemory(error: unknown): never {
  const memory = addressLimit() < Infinity ? shortageReason(error) : undefined;
  if (memory !== undefined) throw new RunError(memory, { cause: error });
  if (error instanceof RangeError)
    throw new UserError(
      `the networks and a batch need more memory than there can be (${error.message}): take a lower --units, --latent-size or --batch-size`,
      { cause: error },
    );
  throw error;
}
