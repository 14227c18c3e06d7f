import { join } from 'node:path';
import type { Backend, Model } from '../backends/index.js';
import { hasOnlyOwnFields } from '../compiler/onnx/own-fields.js';
import { IMAGE_PIXELS } from '../data/mnist.js';
import { Random } from '../data/random.js';
import { UserError } from '../errors.js';
import { readWhole } from '../files/read.js';
import { drawLatent } from '../gan/latent.js';
import type { RunOptions } from '../gan/options.js';
import { readRunDescription } from './run-description.js';
import { RUN_FILES } from './run-folder.js';

/** A run's generator, ready to make images. */
export interface Generator {
  readonly latentSize: number;
  /**
   * @param z [count, latentSize]
   * @returns [count, 784] in [-1, 1]
   */
  images(z: Float32Array): Promise<Float32Array>;
  /** Images of the next `n` z that a random generator gives: as the model had them in its training, times the scale. */
  draw(n: number, random: Random): Promise<Float32Array>;
  /** Images of `n` z drawn from a seed. The first 64 of the run's own seed are those of its sample grids. */
  generate(n: number, seed: number): Promise<Float32Array>;
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
  const { options } = readRunDescription(run);
  const { latentSize, latent } = options;
  const model =
    backend.loadModel === undefined
      ? await eagerModel(run, options)
      : await onnxModel(run, backend.loadModel, latentSize);
  const images = async (z: Float32Array): Promise<Float32Array> => {
    const count = z.length / latentSize;
    const all = new Float32Array(count * IMAGE_PIXELS);
    for (let from = 0; from < count; from += CHUNK) {
      const to = Math.min(from + CHUNK, count);
      const { images: some } = await model.run({
        z: { data: z.slice(from * latentSize, to * latentSize), shape: [to - from, latentSize] },
      });
      if (some.data.length !== (to - from) * IMAGE_PIXELS) {
        throw new UserError(
          `the model of ${run} gives ${some.data.length} numbers for ${to - from} images, expected ${(to - from) * IMAGE_PIXELS}: it is damaged`,
        );
      }
      all.set(some.data, from * IMAGE_PIXELS);
    }
    if (!all.every(Number.isFinite))
      throw new UserError(
        `the model of ${run} gives values that are not finite numbers: it is damaged`,
      );
    return all;
  };
  const draw = (n: number, random: Random): Promise<Float32Array> => {
    const z = new Float32Array(n * latentSize);
    drawLatent(random, latent, z);
    if (latentScale !== 1) z.forEach((x, k) => (z[k] = latentScale * x));
    return images(z);
  };
  return {
    latentSize,
    images,
    draw,
    generate: (n, seed) => draw(n, new Random(seed, 'samples')),
    dispose: () => model.dispose(),
  };
}

async function onnxModel(
  run: string,
  load: NonNullable<Backend['loadModel']>,
  latentSize: number,
): Promise<Model> {
  const path = join(run, RUN_FILES.generatorOnnx);
  const bytes = readWhole(path);
  const damaged = (error: unknown): UserError => {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
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
    .run({ z: { data: new Float32Array(latentSize), shape: [1, latentSize] } })
    .catch((error: unknown) => {
      throw damaged(error);
    });
  return model;
}

async function eagerModel(run: string, options: RunOptions): Promise<Model> {
  const { loadLayersGenerator } = await import('./layers-model.js');
  return loadLayersGenerator(join(run, RUN_FILES.model, 'generator'), options);
}
