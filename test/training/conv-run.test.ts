import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend, type Backend } from '../../src/backends/index.js';
import type { DataSet } from '../../src/data/image-set.js';
import { loadMnist } from '../../src/data/mnist.js';
import { tilesOfGrid } from '../../src/images/grid.js';
import { decodePng } from '../../src/images/png.js';
import { listCheckpoints, readCheckpoint } from '../../src/runs/checkpoint.js';
import { loadGenerator } from '../../src/runs/generator.js';
import { runOptions } from '../../src/gan/options.js';
import { resume } from '../../src/training/resume.js';
import { train } from '../../src/training/train.js';
import { averagedWeights } from '../../src/gan/weight-average.js';
import { FASTEST } from '../support/backends.js';
import { differences, runContents } from '../support/run-contents.js';
import { DIGIT_SHAPE } from '../support/sets.js';

const options = runOptions({
  model: 'conv',
  digit: 7,
  filters: 2,
  baseChannels: 4,
  batchSize: 8,
  limit: 24,
  epochs: 2,
});

let outputs: string;
let mnist: DataSet;
let backend: Backend;
let run: string;
beforeAll(async () => {
  outputs = mkdtempSync(join(tmpdir(), 'gan-mnist-'));
  mnist = loadMnist();
  backend = await loadBackend(FASTEST, 1);
  run = (await train({ options, outputs }, { mnist, backend })).folder;
});
afterAll(() => rmSync(outputs, { recursive: true }));

describe('a convolutional run', () => {
  it('says in options.json what it was trained on, and is named after it', () => {
    const text = readFileSync(join(run, 'options.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      options: { model: 'conv', digit: 7, filters: 2, latent: 'normal' },
    });
    expect(run).toMatch(/00001-conv-digit-7$/);
  });

  it('resumed half-way through an epoch ends with the same weights, averages and falling learning rates', async () => {
    const stop = new AbortController();
    let steps = 0;
    const { folder, interrupted } = await train(
      { options, outputs },
      {
        mnist,
        backend,
        signal: stop.signal,
        followers: [{ step: () => void (++steps === 4 && stop.abort()) }],
      },
    );
    expect(interrupted).toBe(true);
    await resume({ folder }, { mnist, backend });
    // The checkpoint, the saved models and the log of both epochs.
    expect(differences(runContents(run), runContents(folder))).toEqual([]);
  });

  it('makes the same images from model.json in TensorFlow.js and from generator.onnx, in any number', async () => {
    const onnx = await loadGenerator(run, backend);
    const layers = await loadGenerator(run, await loadBackend('cpu'));
    for (const n of [1, 3]) {
      const [a, b] = [await onnx.generate(n, 5), await layers.generate(n, 5)];
      expect(a).toHaveLength(n * 784);
      expect(a.reduce((most, x, k) => Math.max(most, Math.abs(x - b[k])), 0)).toBeLessThan(1e-5);
    }
    await Promise.all([onnx.dispose(), layers.dispose()]);
  });

  it('draws the grids with the averages that the saved model has', async () => {
    const generator = await loadGenerator(run, backend);
    const images = await generator.generate(64, options.seed);
    await generator.dispose();
    const path = join(run, 'samples', 'epoch-0002.png');
    const drawn = tilesOfGrid(decodePng(readFileSync(path), path), DIGIT_SHAPE);
    const expected = images.map((x) => Math.round((x + 1) * 127.5));
    expect(drawn.every((x, k) => Math.abs(x - expected[k]) <= 1)).toBe(true);
  });

  it('keeps averages that lie between the first weights and the last', () => {
    const { state } = readCheckpoint(listCheckpoints(join(run, 'checkpoint')).at(-1)!);
    const used = averagedWeights(state);
    for (const [name, values] of state) {
      if (!name.endsWith('/ema')) continue;
      expect(used.get(name.slice(0, -'/ema'.length))).toBe(values);
      expect(name).toMatch(/^generator\//);
    }
    expect(used.get('generator/dense_1/kernel')).not.toEqual(state.get('generator/dense_1/kernel'));
    expect(used.get('discriminator/dense_1/kernel')).toBe(
      state.get('discriminator/dense_1/kernel'),
    );
  });

  it('trains on the eager backend to the same images', async () => {
    const short = { ...options, epochs: 1, limit: 8 };
    const folders = [backend, await loadBackend('cpu')].map((on) =>
      train({ options: short, outputs }, { mnist, backend: on }),
    );
    const [a, b] = (await Promise.all(folders)).map(({ folder }) => {
      const path = join(folder, 'samples', 'epoch-0001.png');
      return decodePng(readFileSync(path), path).pixels;
    });
    expect(a.every((x, k) => Math.abs(x - b[k]) <= 1)).toBe(true);
  });
});
