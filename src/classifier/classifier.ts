import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Backend, Executable } from '../backends/index.js';
import { compile } from '../compiler/compile.js';
import type { Step } from '../compiler/trace/trace.js';
import { classify } from './network.js';
import { namedClassifierWeights } from './step.js';

/** What a classifier says of images. */
export interface Classified {
  /** [n]: the likeliest class. */
  readonly labels: Uint16Array;
  /** [n]: its probability, the classifier's confidence. */
  readonly confidences: Float32Array;
  /** [n, length of the features]: the outputs of the layer before the last. */
  readonly features: Float32Array;
}

/** Images a run of the step: memory stays small however many are asked about. */
const CHUNK = 250;

/** A trained classifier, ready to be asked. */
export class Classifier {
  private constructor(
    private readonly executable: Executable,
    /** Pixels of an image, over all channels. */
    readonly pixels: number,
    /** Length of an image's features. */
    readonly features: number,
    readonly classes: number,
  ) {}

  /** The model's weights are copied: it may be disposed of afterwards. */
  static async create(model: LayersModel, backend: Backend): Promise<Classifier> {
    const pixels = model.inputs[0].shape[1]!;
    const executable = await backend.load(
      compile(predictionStep(model), backend.target, {
        inputs: { images: { shape: [CHUNK, pixels] } },
        variables: namedClassifierWeights(model),
      }),
    );
    const [features, classes] = model.weights.at(-2)!.shape as number[];
    return new Classifier(executable, pixels, features, classes);
  }

  /**
   * @param images [n, pixels]: floats in [-1, 1], or bytes 0 to 255.
   * @throws the signal's reason, once it has come.
   */
  async classify(images: Float32Array | Uint8Array, signal?: AbortSignal): Promise<Classified> {
    const { pixels, features: length, classes } = this;
    const count = images.length / pixels;
    const result = {
      labels: new Uint16Array(count),
      confidences: new Float32Array(count),
      features: new Float32Array(count * length),
    };
    const into = this.executable.inputs.images as Float32Array;
    for (let from = 0; from < count; from += CHUNK) {
      signal?.throwIfAborted();
      const some = Math.min(CHUNK, count - from);
      fill(into, images.subarray(from * pixels, (from + some) * pixels));
      const { features, probabilities } = await this.executable.run();
      result.features.set(features.subarray(0, some * length), from * length);
      for (let k = 0; k < some; k++) {
        const row = probabilities.subarray(k * classes, (k + 1) * classes) as Float32Array;
        const label = row.indexOf(Math.max(...row));
        result.labels[from + k] = label;
        result.confidences[from + k] = row[label];
      }
    }
    return result;
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }
}

/** images [batch, pixels] -> features [batch, length] and probabilities [batch, classes]. */
export function predictionStep(model: LayersModel): Step {
  return ({ images }) => {
    const { features, logits } = classify(model, images);
    return { features, probabilities: tf.softmax(logits) };
  };
}

function fill(into: Float32Array, images: Float32Array | Uint8Array): void {
  if (images instanceof Float32Array) into.set(images);
  else for (let i = 0; i < images.length; i++) into[i] = images[i] / 127.5 - 1;
}
