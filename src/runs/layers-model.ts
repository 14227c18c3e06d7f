import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Model } from '../backends/index.js';
import { UserError } from '../errors.js';
import { readText, readWhole } from '../files/read.js';
import { buildGan } from '../gan/build.js';
import { applyModel, disposeGan, type Gan } from '../gan/gan.js';
import { readRunDescription } from './run-description.js';
import { RUN_FILES } from './run-folder.js';

/**
 * Gives a model the weights that a run saved of one like it: those of weights.bin, if model.json lists just the model's.
 * The topology in model.json is for others, and no file but weights.bin is read, whatever model.json names: a run from a
 * stranger can be sampled.
 *
 * @param folder holds model.json and weights.bin.
 * @throws UserError where a file is missing or damaged, or is of another model.
 */
export function readWeights(folder: string, model: LayersModel): void {
  const path = join(folder, 'model.json');
  const refuse = (why: string): never => {
    throw new UserError(`the model ${path} is damaged: ${why}`);
  };
  let json: unknown;
  try {
    json = JSON.parse(readText(path));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    refuse('it is not JSON');
  }
  const weights = model.weights.map(({ originalName, shape }) => ({
    name: originalName,
    shape,
    dtype: 'float32',
  }));
  const expected = [{ paths: ['weights.bin'], weights }];
  const { weightsManifest: found } = (json ?? {}) as { weightsManifest?: unknown };
  if (!isDeepStrictEqual(found, expected))
    refuse('its weights are not those of the run’s options, in weights.bin');
  const bytes = readWhole(join(folder, 'weights.bin'));
  const size = model.weights.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  if (bytes.length !== size) refuse(`weights.bin has ${bytes.length} bytes, expected ${size}`);
  const values = new Float32Array(bytes.slice().buffer);
  let start = 0;
  for (const weight of model.weights) {
    const end = start + sizeOf(weight.shape);
    const tensor = tf.tensor(values.slice(start, end), weight.shape as number[]);
    weight.write(tensor);
    tensor.dispose();
    start = end;
  }
}

/**
 * A run's networks, with the weights of its saved generator.
 *
 * @throws UserError where the generator is a script's own, or damaged.
 */
export function ganOfRun(run: string): Gan {
  const { options, data, own = [] } = readRunDescription(run);
  if (own.includes('generator'))
    throw new UserError(
      `${run} has a generator of a script's own, which is here only as ${RUN_FILES.generatorOnnx}; expected one of gan-mnist, as project and the backends cpu and tensorflow need it`,
    );
  const gan = buildGan(options, data);
  try {
    readWeights(join(run, RUN_FILES.model, 'generator'), gan.generator);
    return gan;
  } catch (error) {
    disposeGan(gan);
    throw error;
  }
}

/** A run's generator as TensorFlow.js runs it, on its backend of the moment. */
export function loadLayersGenerator(run: string): Model {
  const gan = ganOfRun(run);
  const { generator } = gan;
  return {
    run: async ({ z, labels }) => {
      const tensorOf = ({ data, shape }: typeof z): tf.Tensor => tf.tensor(data, [...shape]);
      const images = tf.tidy(() =>
        applyModel(
          generator,
          tensorOf(z),
          labels === undefined ? undefined : tensorOf(labels),
          false,
        ),
      );
      const result = {
        images: { data: images.dataSync<'float32'>().slice(), shape: images.shape },
      };
      images.dispose();
      return result;
    },
    dispose: async () => disposeGan(gan),
  };
}

const sizeOf = (shape: readonly (number | null)[]): number =>
  shape.reduce<number>((size, length) => size * (length ?? 1), 1);
