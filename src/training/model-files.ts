import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { join } from 'node:path';
import type { Values } from '../backends/index.js';
import { exporter } from '../compiler/export.js';
import { replaceFile } from '../files.js';
import { namedWeights, type Gan } from '../models/gan.js';
import { RUN_FILES } from './run-folder.js';
import { generatorStep } from './sampler.js';
import { averagedWeights } from './weight-average.js';

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
  const onnx = exporter('generator', step, options);
  return async (folder, state) => {
    const weights = averagedWeights(state);
    assignWeights(gan, weights);
    for (const [name, model] of [
      ['generator', gan.generator],
      ['discriminator', gan.discriminator],
    ] as const) {
      await writeLayersModel(join(folder, RUN_FILES.model, name), model);
    }
    await replaceFile(join(folder, RUN_FILES.generatorOnnx), onnx(weights));
  };
}

/** Gives the networks' variables the values of a state. */
function assignWeights(gan: Gan, state: ReadonlyMap<string, Values>): void {
  for (const [variable, name] of namedWeights(gan)) {
    const values = tf.tensor(state.get(name)!, variable.shape, variable.dtype);
    variable.assign(values);
    values.dispose();
  }
}

/** model.json and weights.bin in an existing folder, as `tf.loadLayersModel` reads them. */
export async function writeLayersModel(folder: string, model: LayersModel): Promise<void> {
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
      const manifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      await replaceFile(join(folder, 'weights.bin'), bytes);
      await replaceFile(
        join(folder, 'model.json'),
        JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest: manifest }),
      );
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
}
