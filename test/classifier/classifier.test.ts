import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { loadBackend, type Backend } from '../../src/backends/index.js';
import { exporter } from '../../src/compiler/export.js';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadMnist } from '../../src/data/mnist.js';
import { firstImages } from '../../src/data/parts.js';
import { Interrupted, UserError } from '../../src/errors.js';
import { buildClassifier } from '../../src/classifier/network.js';
import { classifierStep, namedClassifierWeights } from '../../src/classifier/step.js';
import { CLASSIFIER_TRAINING } from '../../src/classifier/options.js';
import { trainClassifier } from '../../src/classifier/training.js';
import { Classifier, predictionStep } from '../../src/classifier/classifier.js';
import { load } from '../support/compile.js';
import { COMPILED, FASTEST } from '../support/backends.js';
import { ROUNDING, watchCorners } from '../support/corners.js';
import { Distance } from '../support/tensors.js';
import type { AdamOptions } from '../../src/gan/adam.js';

const mnist = loadMnist();
const DIGIT_IMAGES = { shape: mnist.shape, classes: mnist.classes.length };
const some = firstImages(mnist.train, 2000);
const test = firstImages(mnist.test, 1000);
const testPixels = pixelsOf(test);
const options = { ...CLASSIFIER_TRAINING, epochs: 3, batchSize: 64 };

let backend: Backend;
let model: Sequential;
let classifier: Classifier;
const losses: number[] = [];
beforeAll(async () => {
  backend = await loadBackend(FASTEST, 1);
  const watcher = { epochDone: ({ loss }: { loss: number }) => losses.push(loss) };
  model = await trainClassifier(some, backend, options, watcher);
  classifier = await Classifier.create(model, backend);
});
afterAll(() => classifier.dispose());

describe('the classifier', () => {
  it('learns real digits: 2000 of them, three times, are enough for 85% of unseen ones', async () => {
    const { labels, confidences, features } = await classifier.classify(testPixels);
    const right = labels.reduce((sum, label, i) => sum + Number(label === test.labels[i]), 0);
    expect(right / test.count).toBeGreaterThan(0.85);
    expect(losses).toHaveLength(3);
    expect(losses[1]).toBeLessThan(losses[0]);
    expect(Math.min(...confidences)).toBeGreaterThanOrEqual(0.1);
    expect(Math.max(...confidences)).toBeLessThanOrEqual(1);
    expect(features).toHaveLength(test.count * 128);
    expect(features.reduce((least, x) => Math.min(least, x), Infinity)).toBe(0);
  });

  it('learns the same from the same seed, and something else from another', async () => {
    const few = firstImages(mnist.train, 256);
    const weights = async (seed: number): Promise<Float32Array> => {
      const trained = await trainClassifier(few, backend, { ...options, epochs: 1, seed });
      const kernel = trained.weights.at(-2)!.read().dataSync<'float32'>().slice();
      trained.dispose();
      return kernel;
    };
    const first = await weights(1);
    expect(await weights(1)).toEqual(first);
    expect(await weights(2)).not.toEqual(first);
  });

  it('says the same of bytes and of floats, and of one image and of many', async () => {
    const floats = Float32Array.from(testPixels, (v) => v / 127.5 - 1);
    const all = await classifier.classify(floats);
    expect(await classifier.classify(testPixels)).toEqual(all);
    const last = await classifier.classify(testPixels.subarray(-784));
    expect(last.labels[0]).toBe(all.labels.at(-1));
    expect(last.confidences[0]).toBeCloseTo(all.confidences.at(-1)!, 5);
  });

  it('is the same as ONNX, for any number of images', async () => {
    const names = namedClassifierWeights(model);
    const inputs = { images: { shape: [2, 784] } };
    const onnx = exporter('classifier', predictionStep(model), { inputs, variables: names });
    const weights = [...names].map(
      ([variable, name]) => [name, variable.dataSync<'float32'>()] as const,
    );
    const loaded = await backend.loadModel!(onnx(new Map(weights)));
    const images = Float32Array.from(testPixels.subarray(0, 3 * 784), (v) => v / 127.5 - 1);
    const results = await loaded.run({ images: { data: images, shape: [3, 784] } });
    const own = await classifier.classify(images);
    expect(results.probabilities.shape).toEqual([3, 10]);
    own.confidences.forEach((confidence, k) => {
      const row = results.probabilities.data.subarray(10 * k, 10 * k + 10);
      expect(Math.max(...row)).toBeCloseTo(confidence, 5);
      expect(row.indexOf(Math.max(...row))).toBe(own.labels[k]);
    });
    await loaded.dispose();
  });

  it('stops at the signal', async () => {
    const stopped = trainClassifier(some, backend, options, {}, AbortSignal.abort());
    await expect(stopped).rejects.toThrow(Interrupted);
  });

  it('needs a batch of images', async () => {
    const few = firstImages(mnist.train, 10);
    await expect(trainClassifier(few, backend, options)).rejects.toThrow(UserError);
  });
});

describe('the training step of the classifier', () => {
  const BATCH = 4;
  const STEPS = 3;

  /** Three steps from the same weights on the same images. */
  async function run(on: Backend, adam: AdamOptions) {
    const own = buildClassifier('conv5', DIGIT_IMAGES, 6);
    const { step, variables } = classifierStep(own, adam);
    const executable = await load(on, step, {
      variables,
      inputs: {
        images: { shape: [BATCH, 784] },
        labels: { shape: [BATCH, 10] },
        learningRateScale: { shape: [] },
      },
    });
    const losses: number[] = [];
    for (let k = 0; k < STEPS; k++) {
      const { images, labels, learningRateScale } = executable.inputs;
      images.forEach((_, i) => (images[i] = testPixels[k * BATCH * 784 + i] / 127.5 - 1));
      labels.fill(0);
      for (let i = 0; i < BATCH; i++) labels[i * 10 + test.labels[k * BATCH + i]] = 1;
      learningRateScale[0] = 1 / (k + 1);
      losses.push((await executable.run()).loss[0]);
    }
    const state = executable.readState();
    await executable.dispose();
    for (const variable of variables.keys()) variable.dispose();
    return { losses, state };
  }

  // As the GAN's, test/gan/conv-step.test.ts, which says why.
  it.each(COMPILED)('has on %s the losses, gradients and weights of eager cpu', async (name) => {
    const compiledBackend = await loadBackend(name, 1);
    for (const adam of [
      { learningRate: 1, beta1: 0.9, epsilon: 1 },
      { learningRate: 0.001, beta1: 0.9 },
    ]) {
      const corners = watchCorners('Relu');
      const eager = await run(await loadBackend('cpu'), adam);
      corners.stop();
      expect(corners.distance(), 'other images are needed').toBeGreaterThan(ROUNDING);
      const compiled = await run(compiledBackend, adam);
      compiled.losses.forEach((loss, k) =>
        expect(Math.abs(loss / eager.losses[k] - 1)).toBeLessThan(1e-5),
      );
      expect(new Set(eager.losses).size).toBe(STEPS);
      if (!('epsilon' in adam)) continue;
      for (const [key, values] of eager.state) {
        const { relative } = new Distance().add(compiled.state.get(key)!, values);
        expect(relative, key).toBeLessThan(key.endsWith('/adam_v') ? 1e-4 : 1e-5);
      }
    }
  });
});
