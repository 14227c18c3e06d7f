import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import type { Model } from '../backends/index.js';
import { UserError } from '../errors.js';
import { explainFileError } from '../files.js';

/**
 * Loads a LayersModel of a run from its folder: model.json and, beside it, the one weights.bin that we write.
 *
 * @throws UserError where a file is missing, or is not what `train` writes; another file is never read, whatever model.json names.
 */
export async function readLayersModel(folder: string): Promise<LayersModel> {
  const path = join(folder, 'model.json');
  const text = read(path).toString('utf8');
  const weights = read(join(folder, 'weights.bin'));
  const refuse = (why: string, cause?: unknown): never => {
    throw new UserError(`the model ${path} is damaged: ${why}`, { cause });
  };
  interface ModelJson {
    modelTopology: object;
    weightsManifest: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[];
  }
  let json: ModelJson;
  try {
    json = JSON.parse(text) as ModelJson;
  } catch (error) {
    return refuse('it is not JSON', error);
  }
  const [manifest] = Array.isArray(json?.weightsManifest) ? json.weightsManifest : [];
  if (typeof json?.modelTopology !== 'object' || json.weightsManifest?.length !== 1)
    return refuse('it has no topology or not one group of weights');
  if (
    !Array.isArray(manifest?.paths) ||
    manifest.paths.length !== 1 ||
    manifest.paths[0] !== 'weights.bin'
  )
    return refuse('its weights are not in weights.bin');
  try {
    const weightData = weights.buffer.slice(
      weights.byteOffset,
      weights.byteOffset + weights.byteLength,
    ) as ArrayBuffer;
    return await loadLayersModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        weightSpecs: manifest.weights,
        weightData,
      }),
    );
  } catch (error) {
    return refuse(error instanceof Error ? error.message.split('\n')[0] : String(error), error);
  }
}

/** A run's generator as TensorFlow.js runs it, on its backend of the moment. */
export async function loadLayersGenerator(folder: string): Promise<Model> {
  const model = await readLayersModel(folder);
  return {
    run: async ({ z }) => {
      const images = tf.tidy(() => model.predict(tf.tensor(z.data, [...z.shape])) as tf.Tensor);
      const result = {
        images: { data: images.dataSync<'float32'>().slice(), shape: images.shape },
      };
      images.dispose();
      return result;
    },
    dispose: async () => model.dispose() as unknown as void,
  };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw explainFileError(error, 'read', path);
  }
}
