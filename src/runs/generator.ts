import { join } from 'node:path';
import type { Backend, FloatTensor, Model } from '../backends/index.js';
import { hasOnlyOwnFields } from '../compiler/onnx/own-fields.js';
import { bytesOf, type ImageShape } from '../data/image-set.js';
import { Random } from '../data/random.js';
import { messageOf, RunError, UserError } from '../errors.js';
import { readWhole } from '../files/read.js';
import { drawLatent, labelsInTurn, sameLabel } from '../gan/inputs.js';
import { shortageReason } from '../machine.js';
import { readRunDescription } from './run-description.js';
import { RUN_FILES } from './run-folder.js';

/** A run's generator, ready to make images. */
export interface Generator {
  /** Of an image. */
  readonly shape: ImageShape;
  readonly latentSize: number;
  /** Classes that images can be asked for by; 0 where the model takes none. */
  readonly classes: number;
  /**
   * @param z [count, latentSize]
   * @param labels one-hot [count, classes], or shares of classes to mix them; without them the classes come in turn.
   * @returns [count, height, width, channels] in [-1, 1]
   */
  images(z: Float32Array, labels?: Float32Array): Promise<Float32Array>;
  /**
   * Images of the next `n` z that a random generator gives: as the model had them in its training, times the scale.
   *
   * @param label what all of them are asked for as; without it the classes come in turn.
   */
  draw(n: number, random: Random, label?: number): Promise<Float32Array>;
  /** Images of `n` z drawn from a seed. The first 64 of the run's own seed are those of its sample grids. */
  generate(n: number, seed: number, label?: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Rows of z a call: memory stays small however many images are asked for. */
const CHUNK = 500;

/**
 * Loads a run's generator.
 *
 * @param latentScale factor of each z that it draws: above 1 images are more diverse, below 1 more typical.
 * @throws UserError where the run has no model, or a damaged one.
 */
export async function loadGenerator(
  run: string,
  backend: Backend,
  latentScale = 1,
): Promise<Generator> {
  const { options, data } = readRunDescription(run);
  const { shape } = data;
  const size = bytesOf(shape);
  const { latentSize, latent } = options;
  const classes = options.conditional ? data.classes.length : 0;
  const model =
    backend.loadModel === undefined
      ? await eagerModel(run)
      : await onnxModel(run, backend.loadModel, latentSize, classes);
  const images = async (z: Float32Array, labels?: Float32Array): Promise<Float32Array> => {
    const count = z.length / latentSize;
    const asked = labels ?? labelsInTurn(count, classes);
    const all = new Float32Array(count * size);
    for (let from = 0; from < count; from += CHUNK) {
      const to = Math.min(from + CHUNK, count);
      const rows = (values: Float32Array, width: number): FloatTensor => ({
        data: values.slice(from * width, to * width),
        shape: [to - from, width],
      });
      const { images: some } = await model.run({
        z: rows(z, latentSize),
        ...(classes > 0 && { labels: rows(asked, classes) }),
      });
      if (some.data.length !== (to - from) * size) {
        throw new UserError(
          `the model of ${run} gives ${some.data.length} numbers for ${to - from} images, expected ${(to - from) * size}: it is damaged`,
        );
      }
      all.set(some.data, from * size);
    }
    if (!all.every(Number.isFinite))
      throw new UserError(
        `the model of ${run} gives values that are not finite numbers: it is damaged`,
      );
    return all;
  };
  const draw = (n: number, random: Random, label?: number): Promise<Float32Array> => {
    const z = new Float32Array(n * latentSize);
    drawLatent(random, latent, z);
    if (latentScale !== 1) z.forEach((x, k) => (z[k] = latentScale * x));
    return images(z, label === undefined ? undefined : sameLabel(n, classes, label));
  };
  return {
    shape,
    latentSize,
    classes,
    images,
    draw,
    generate: (n, seed, label) => draw(n, new Random(seed, 'samples'), label),
    dispose: () => model.dispose(),
  };
}

async function onnxModel(
  run: string,
  load: NonNullable<Backend['loadModel']>,
  latentSize: number,
  classes: number,
): Promise<Model> {
  const path = join(run, RUN_FILES.generatorOnnx);
  const bytes = readWhole(path);
  const damaged = (error: unknown): UserError | RunError => {
    const memory = shortageReason(error);
    if (memory !== undefined) return new RunError(`${path}: ${memory}`, { cause: error });
    const [reason] = messageOf(error).split('\n');
    return new UserError(`the model ${path} is damaged or not a generator of this run: ${reason}`, {
      cause: error,
    });
  };
  if (!hasOnlyOwnFields(bytes))
    throw damaged('it has parts that gan-mnist does not write into one');
  const model = await load(bytes).catch((error: unknown) => {
    throw damaged(error);
  });
  // A model with other inputs loads and fails when it runs.
  await model
    .run({
      z: { data: new Float32Array(latentSize), shape: [1, latentSize] },
      ...(classes > 0 && { labels: { data: new Float32Array(classes), shape: [1, classes] } }),
    })
    .catch((error: unknown) => {
      throw damaged(error);
    });
  return model;
}

async function eagerModel(run: string): Promise<Model> {
  const { loadLayersGenerator } = await import('./layers-model.js');
  return loadLayersGenerator(run);
}
