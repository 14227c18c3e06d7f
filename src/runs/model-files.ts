import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { join } from 'node:path';
import type { Values } from '../backends/index.js';
import { exporter } from '../compiler/export.js';
import { replaceFile } from '../files/replace.js';
import { namedWeights, type Gan } from '../gan/gan.js';
import { RUN_FILES } from './run-folder.js';
import { generatorStep } from '../gan/sampler.js';
import { averagedWeights } from '../gan/weight-average.js';

/** Only the export's example: the exported model takes any number of z. */
const TRACED_BATCH = 2;

/**
 * Prepares the saving of a run's models: both networks as TensorFlow.js LayersModels and the generator as ONNX.
 * Each file appears whole; topology never changes, so any two of them fit one another.
 *
 * @returns a function that writes the models with the weights of a state into a run's folder.
 */
export function modelWriter(
  gan: Gan,
): (folder: string, state: ReadonlyMap<string, Values>) => Promise<void> {
  const { step, options } = generatorStep(gan, TRACED_BATCH);
  const names = namedWeights(gan);
  const onnx = exporter('generator', step, options);
  return async (folder, state) => {
    const weights = averagedWeights(state);
    const valuesOf = (weight: tf.Variable) => weights.get(names.get(weight)!)!;
    for (const [name, model] of [
      ['generator', gan.generator],
      ['discriminator', gan.discriminator],
    ] as const) {
      await writeLayersModel(join(folder, RUN_FILES.model, name), model, valuesOf);
    }
    await replaceFile(join(folder, RUN_FILES.generatorOnnx), onnx(weights));
  };
}

/**
 * Writes model.json and weights.bin into an existing folder, as `tf.loadLayersModel` reads them. Not by the model's own
 * `save`, which writes the values that its variables hold: a run's weights would have to be put there each epoch, where they
 * would stay in memory until the next.
 *
 * @param valuesOf gives the values of one of the model's weights, float32.
 */
export async function writeLayersModel(
  folder: string,
  model: LayersModel,
  valuesOf: (weight: tf.Variable) => Values,
): Promise<void> {
  const bytes = model.weights.map((weight) => {
    const { buffer, byteOffset, byteLength } = valuesOf(weight.read() as tf.Variable);
    return new Uint8Array(buffer, byteOffset, byteLength);
  });
  const weights = model.weights.map(({ originalName: name, shape }) => ({
    name,
    shape,
    dtype: 'float32',
  }));
  const json = {
    format: 'layers-model',
    modelTopology: model.toJSON(null, false) as object,
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  await replaceFile(join(folder, 'weights.bin'), Buffer.concat(bytes));
  await replaceFile(join(folder, 'model.json'), JSON.stringify(json));
}
