import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/data/random.js';
import { labelsInTurn } from '../../src/gan/inputs.js';
import { readSampleGrid } from '../../src/images/sample-grid.js';
import { toBytes } from '../../src/images/grid.js';
import { loadGenerator } from '../../src/runs/generator.js';
import { backendOf, SMALL, trainSmall } from '../support/small-run.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { COMPILED, FASTEST } from '../support/backends.js';
import { DIGIT_SHAPE } from '../support/sets.js';

const folder = temporaryFolder();
let run: string;
beforeAll(async () => {
  run = (await trainSmall(folder)).folder;
  await tf.setBackend('cpu');
});

/** As a browser loads it from a server: model.json, and what it names beside it. */
const load = (role: string) =>
  loadLayersModel({
    load: async () => {
      const place = join(run, 'model', role);
      const json = JSON.parse(readFileSync(join(place, 'model.json'), 'utf8')) as tf.io.ModelJSON;
      return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
        const bytes = new Uint8Array(readFileSync(join(place, manifest[0].paths[0])));
        return [manifest[0].weights, bytes.buffer];
      });
    },
  });

describe('the saved models', () => {
  it.each([1, 2, 7, 64])(
    'give the same images of %i z in TensorFlow.js and in ONNX Runtime',
    async (n) => {
      const z = new Float32Array(n * SMALL.latentSize);
      new Random(3, 'test').uniform(z);
      const generator = await load('generator');
      const labels = labelsInTurn(n, 10, 4);
      const inputs = [tf.tensor(z, [n, SMALL.latentSize]), tf.tensor(labels, [n, 10])];
      const eager = generator.predict(inputs) as tf.Tensor;
      const session = await ort.InferenceSession.create(
        readFileSync(join(run, 'model/generator.onnx')),
      );
      const feeds = {
        z: new ort.Tensor('float32', z, [n, SMALL.latentSize]),
        labels: new ort.Tensor('float32', labels, [n, 10]),
      };
      const { images } = await session.run(feeds);
      expect(images.dims).toEqual([n, 784]);
      const expected = eager.dataSync();
      (images.data as Float32Array).forEach((x, k) =>
        expect(Math.abs(x - expected[k])).toBeLessThan(1e-6),
      );
    },
  );

  it('hold a discriminator that TensorFlow.js loads', async () => {
    const discriminator = await load('discriminator');
    const logits = discriminator.predict([tf.zeros([5, 784]), tf.eye(5, 10)]) as tf.Tensor;
    expect(logits.shape).toEqual([5, 1]);
    expect([...logits.dataSync()].every(Number.isFinite)).toBe(true);
  });
});

describe.each([...COMPILED, 'cpu'])('sampling on %s', (name) => {
  it('draws the run’s own grid from the run’s seed', async () => {
    const generator = await loadGenerator(run, await backendOf(name));
    const bytes = toBytes(await generator.generate(64, SMALL.seed));
    const grid = readSampleGrid(join(run, 'samples', 'epoch-0003.png'), DIGIT_SHAPE);
    expect(bytes.length).toBe(grid.length);
    const off = bytes.reduce((most, x, k) => Math.max(most, Math.abs(x - grid[k])), 0);
    // On the backend that trained it to the byte; another may round a value at the edge of two bytes the other way.
    expect(off).toBeLessThanOrEqual(name === FASTEST ? 0 : 1);
    await generator.dispose();
  });

  it('says which file is damaged', async () => {
    const damaged = join(folder, `damaged-${name}`);
    cpSync(run, damaged, { recursive: true });
    const file = name === 'cpu' ? 'model/generator/weights.bin' : 'model/generator.onnx';
    const path = join(damaged, file);
    const bytes = readFileSync(path);
    const backend = await backendOf(name);
    for (const content of [
      Buffer.alloc(0),
      bytes.subarray(0, bytes.length / 2),
      Buffer.from('no'),
    ]) {
      writeFileSync(path, content);
      await expect(loadGenerator(damaged, backend)).rejects.toThrow(/model .* is damaged/);
    }
    copyFileSync(join(run, 'options.json'), path);
    await expect(loadGenerator(damaged, backend)).rejects.toThrow(/model .* is damaged/);
    writeFileSync(join(damaged, 'options.json'), '{');
    await expect(loadGenerator(damaged, backend)).rejects.toThrow(
      /options.json: found text that is not JSON/,
    );
  });
});
