import '../tfjs.js';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend, Executable, Values } from '../backends/index.js';
import { compile } from '../compiler/compile.js';
import { Random } from '../data/random.js';
import { Adam } from '../gan/adam.js';
import { applyModel, disposeGan, namedWeights, type Gan } from '../gan/gan.js';
import { drawLatent, fillOneHot } from '../gan/inputs.js';
import type { RunOptions } from '../gan/options.js';
import { ganOfRun } from '../runs/layers-model.js';
import { readRunDescription } from '../runs/run-description.js';
import { othersTurn } from '../turns.js';

/** The z, and the class where the model takes one, whose image is nearest to a given one. */
export interface Projection {
  /** [latentSize] */
  readonly z: Float32Array;
  readonly label?: number;
  /** [pixels] in [-1, 1] */
  readonly image: Float32Array;
  /** Root of the mean squared difference of a pixel, where black is 0 and white 1. */
  readonly error: number;
}

/** Starts of each class, of those drawn the nearest. */
const STARTS = 4;
/** Starts of a model that takes no class. */
const STARTS_OF_ALL = 40;
const DRAWN = 100;
const STEPS = 250;
const LEARNING_RATE = 0.05;
const BETA1 = 0.9;
/** Of the mean of z squared: keeps z where the generator was trained. */
const WEIGHT_OF_Z = 0.002;

/**
 * Finds the z whose image is nearest to a given one by gradient descent on z, from several starts of each class at once, as one compiled
 * step (Lipton and Tripathi, arXiv 1702.04782; a loss of pixels is enough for images as plain as these).
 */
export class Projector implements AsyncDisposable {
  private constructor(
    private readonly descent: Executable,
    private readonly drawing: Executable,
    private readonly options: RunOptions,
    private readonly gan: Gan,
    private readonly rows: number,
    /** With Adam at its first step. */
    private readonly initial: ReadonlyMap<string, Values>,
  ) {}

  /** @throws UserError where the run has no model, or a damaged one. */
  static async create(run: string, backend: Backend): Promise<Projector> {
    const { options } = readRunDescription(run);
    // Each of the following takes a tenth of a second or two: signals are heard in between.
    await othersTurn();
    const gan = ganOfRun(run);
    const rows = gan.classes > 0 ? STARTS * gan.classes : STARTS_OF_ALL;
    const z = tf.variable(tf.zeros([rows, gan.latentSize]), true);
    const { step, variables } = descentStep(gan, z, options);
    const labels = (count: number): object =>
      gan.classes > 0 ? { labels: { shape: [count, gan.classes] } } : {};
    const pixels = pixelsOf(gan);
    await othersTurn();
    const descent = await backend.load(
      compile(step, backend.target, {
        inputs: {
          target: { shape: [1, pixels] },
          learningRateScale: { shape: [] },
          ...labels(rows),
        },
        variables,
      }),
    );
    for (const variable of variables.keys())
      if (!namedWeights(gan).has(variable)) variable.dispose();
    await othersTurn();
    const drawing = await backend.load(
      compile(
        ({ z: drawn, labels: asked }) => ({ images: imagesOf(gan, drawn, asked) }),
        backend.target,
        {
          inputs: { z: { shape: [DRAWN, gan.latentSize] }, ...labels(DRAWN) },
          variables: namedWeights(gan),
        },
      ),
    );
    return new Projector(descent, drawing, options, gan, rows, descent.readState());
  }

  /**
   * @param target [pixels] in [-1, 1].
   * @throws the signal's reason, once it has come.
   */
  async project(target: Float32Array, signal?: AbortSignal): Promise<Projection> {
    const { descent, gan } = this;
    const { latentSize, classes } = gan;
    const { z, labels } = await this.starts(target, signal);
    descent.writeState(new Map([...this.initial, ['projection/z', z]]));
    descent.inputs.target.set(target);
    if (classes > 0) fillOneHot(labels, descent.inputs.labels as Float32Array);
    let result: Awaited<ReturnType<Executable['run']>> | undefined;
    for (let step = 0; step <= STEPS; step++) {
      signal?.throwIfAborted();
      // The last run moves nothing: its errors and images are those of the z that are read.
      descent.inputs.learningRateScale[0] = 1 - step / STEPS;
      result = await descent.run();
    }
    const errors = [...(result!.errors as Float32Array)];
    const best = errors.indexOf(Math.min(...errors));
    const found = descent.readState().get('projection/z') as Float32Array;
    const pixels = target.length;
    return {
      z: found.slice(best * latentSize, (best + 1) * latentSize),
      ...(classes > 0 && { label: labels[best] }),
      image: result!.images.slice(best * pixels, (best + 1) * pixels) as Float32Array,
      // Of [-1, 1] in which the images are, the half.
      error: Math.sqrt(errors[best]) / 2,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.descent.dispose();
    await this.drawing.dispose();
    disposeGan(this.gan);
  }

  /** Of drawn z the nearest to the target: of each class some. */
  private async starts(
    target: Float32Array,
    signal?: AbortSignal,
  ): Promise<{ z: Float32Array; labels: number[] }> {
    const { drawing, gan, options, rows } = this;
    const { latentSize, classes } = gan;
    const random = new Random(options.seed, 'projection');
    const each = rows / Math.max(1, classes);
    const z = new Float32Array(rows * latentSize);
    const labels: number[] = [];
    for (let one = 0; one < Math.max(1, classes); one++) {
      signal?.throwIfAborted();
      drawLatent(random, options.latent, drawing.inputs.z as Float32Array);
      if (classes > 0)
        fillOneHot(new Array<number>(DRAWN).fill(one), drawing.inputs.labels as Float32Array);
      const { images } = await drawing.run();
      const errors = Array.from({ length: DRAWN }, (_, k) =>
        squaredDistance(target, images.subarray(k * target.length, (k + 1) * target.length)),
      );
      const order = [...errors.keys()].sort((a, b) => errors[a] - errors[b]);
      for (const k of order.slice(0, each)) {
        const drawn = drawing.inputs.z.subarray(k * latentSize, (k + 1) * latentSize);
        z.set(drawn, labels.length * latentSize);
        labels.push(one);
      }
    }
    return { z, labels };
  }
}

/** One step of Adam on z: errors [rows] are the mean squared differences before it. */
function descentStep(gan: Gan, z: tf.Variable, { latent }: RunOptions) {
  const adam = new Adam([z], { learningRate: LEARNING_RATE, beta1: BETA1 });
  const weights = namedWeights(gan);
  const names = new Map([...weights, [z, 'projection/z'] as const]);
  const step: Parameters<typeof compile>[0] = ({ target, labels, learningRateScale }) => {
    let errors: tf.Tensor | undefined;
    let images: tf.Tensor | undefined;
    adam.minimize(() => {
      images = tf.keep(imagesOf(gan, z, labels));
      errors = tf.keep(tf.mean(tf.square(tf.sub(images, target)), 1));
      const size = latent === 'normal' ? tf.mean(tf.square(z), 1) : outside(z);
      return tf.sum<tf.Scalar>(tf.add(errors, tf.mul(WEIGHT_OF_Z, size)));
    }, learningRateScale);
    return { errors: released(errors!), images: released(images!) };
  };
  const slots = adam.namedSlots(new Map([[z, 'projection/z']]), 'projection');
  return { step, variables: new Map([...names, ...slots]) };
}

/** How far the z of a uniform latent lie outside of [-1, 1]. */
const outside = (z: tf.Tensor): tf.Tensor =>
  tf.mul(100, tf.mean(tf.square(tf.relu(tf.sub(tf.abs(z), 1))), 1));

const imagesOf = (gan: Gan, z: tf.Tensor, labels: tf.Tensor | undefined): tf.Tensor =>
  tf.reshape(applyModel(gan.generator, z, labels, false), [z.shape[0], pixelsOf(gan)]);

const pixelsOf = ({ imageShape }: Gan): number =>
  imageShape.reduce((size, length) => size * length, 1);

function released(kept: tf.Tensor): tf.Tensor {
  const value = tf.clone(kept);
  kept.dispose();
  return value;
}

export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum;
}
