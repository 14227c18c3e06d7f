import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { loadBackend } from '../../src/backends/index.js';
import { exporter } from '../../src/compiler/export.js';
import { buildGan } from '../../src/gan/build.js';
import { applyModel, namedWeights } from '../../src/gan/gan.js';
import { labelsInTurn } from '../../src/gan/inputs.js';
import { runOptions } from '../../src/gan/options.js';
import { generatorStep } from '../../src/gan/sampler.js';
import { FASTEST } from '../support/backends.js';
import { MNIST_LIKE } from '../../src/data/known-set.js';

it.each([{}, { digit: 4 }, { conditional: false, kernelSize: 5, filters: 3 }])(
  'a convolutional generator with %j, exported from a trace of two, takes any number of z',
  async (given) => {
    await tf.setBackend('cpu');
    const gan = buildGan(runOptions({ model: 'conv', filters: 4, ...given }), MNIST_LIKE);
    const { step, options } = generatorStep(gan, 2);
    const weights = [...namedWeights(gan)].map(
      ([variable, name]) => [name, variable.dataSync<'float32'>()] as const,
    );
    const backend = await loadBackend(FASTEST, 1);
    const model = await backend.loadModel!(exporter('generator', step, options)(new Map(weights)));
    for (const n of [1, 2, 5]) {
      const z = tf.randomNormal([n, gan.latentSize], 0, 1, 'float32', 7);
      const asked = labelsInTurn(n, gan.classes, 3);
      const labels = gan.classes > 0 ? tf.tensor(asked, [n, gan.classes]) : undefined;
      const { images } = await model.run({
        z: { data: z.dataSync<'float32'>(), shape: z.shape },
        ...(labels !== undefined && { labels: { data: asked, shape: labels.shape } }),
      });
      const expected = applyModel(gan.generator, z, labels, false).dataSync();
      expect(images.shape).toEqual([n, 28, 28, 1]);
      const worst = images.data.reduce(
        (most, x, k) => Math.max(most, Math.abs(x - expected[k])),
        0,
      );
      expect(worst).toBeLessThan(1e-5);
    }
    await model.dispose();
  },
);
