import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  layers,
  model,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import * as library from '../../src/compiler-entry.js';
import { openRun, resume, train, type NetworkRequest } from '../../src/index.js';
import { listCheckpoints, readCheckpoint } from '../../src/runs/checkpoint.js';
import { readRunDescription } from '../../src/runs/run-description.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const outputs = temporaryFolder();
const SMALL = {
  ...{ outputs, epochs: 2, limit: 60, batchSize: 20, units: 4, latentSize: 6, averageDecay: 0.9 },
  ...{ backend: 'wasm', threads: 1, draw: false },
  ...{ conditional: false, learningRateDecay: 0 },
};

/** z -> images, of one layer. */
function generator(
  { latentSize, seed }: NetworkRequest,
  name: string | undefined = 'only',
): LayersModel {
  const z = input({ shape: [latentSize], name: 'z' });
  const kernelInitializer = initializers.glorotNormal({ seed });
  const dense = layers.dense({ name, units: 784, activation: 'tanh', kernelInitializer });
  return model({ name: 'generator', inputs: z, outputs: dense.apply(z) as SymbolicTensor });
}

const networks = { generator: (request: NetworkRequest) => generator(request) };
const newest = (run: string) => readCheckpoint(listCheckpoints(join(run, 'checkpoint')).at(-1)!);

it('trains with a generator, a loss and a step of its own, and resumes with them alone', async () => {
  const loss = {
    discriminator: (real: tf.Tensor, fake: tf.Tensor) =>
      tf.mean<tf.Scalar>(tf.softplus(tf.sub(fake, real))),
    generator: (fake: tf.Tensor) => tf.neg<tf.Scalar>(tf.mean(fake)),
  };
  const own = { networks, loss };
  const begun = await train({ ...SMALL, ...own, epochs: 1 });
  const run = begun.folder;
  expect(readRunDescription(run).own).toEqual(['generator', 'loss']);
  expect(readRunDescription(run).options.loss).toBe('own');
  const weights = [...newest(run).state.keys()].filter((name) =>
    /^generator\/\w+\/\w+$/.test(name),
  );
  expect(weights).toEqual(expect.arrayContaining(['generator/only/kernel', 'generator/only/bias']));
  await expect(resume({ run, epochs: 2, draw: false })).rejects.toThrow(
    /own generator, loss, which only that script has: .*resume\({ run, networks, loss }\)/,
  );
  await expect(resume({ run, epochs: 2, networks, draw: false })).rejects.toThrow('its own loss');
  const { step } = { step: library.ganStep as never };
  await expect(resume({ run, epochs: 2, ...own, step, draw: false })).rejects.toThrow(
    /found a step of your own/,
  );
  const { epochs, rows } = await resume({ run, epochs: 2, ...own, draw: false });
  expect(epochs).toBe(2);
  // What it went on to is what it would have been in one go.
  const whole = await train({ ...SMALL, ...own });
  expect(whole.rows.map((row) => row.scalars)).toEqual(rows.map((row) => row.scalars));
  expect(newest(run).state).toEqual(newest(whole.folder).state);

  const opened = await openRun({ run });
  expect(await opened.generate(3, { backend: 'wasm', threads: 1 })).toHaveLength(3 * 784);
  await expect(opened.generate(3, { backend: 'cpu' })).rejects.toThrow(
    /has a generator of a script's own/,
  );
});

it('logs what a step of its own returns', async () => {
  const { rows } = await train({
    ...SMALL,
    step: (gan, { learningRate, beta1 }) => {
      const adam = { learningRate, beta1 };
      const { step, variables } = library.ganStep(gan, {
        ...{ generator: adam, discriminator: adam, labelSmoothing: 0 },
        averaged: true,
      });
      return {
        variables,
        step: (inputs, random) => ({
          ...step(inputs, random),
          brightness: tf.mean(inputs.real),
        }),
      };
    },
  });
  expect(Object.keys(rows[0].scalars)).toContain('brightness');
  expect(rows[0].scalars['brightness']).toBeGreaterThan(-1);
  expect(rows[0].scalars['brightness']).toBeLessThan(-0.5);
});

it.each([
  [
    'a generator of other images',
    () => {
      const z = input({ shape: [6], name: 'z' });
      const image = layers.dense({ name: 'only', units: 99 }).apply(z) as SymbolicTensor;
      return model({ inputs: z, outputs: image });
    },
    "networks: the generator's outputs are [batch, 99], expected [batch, 784]",
  ],
  [
    'a generator of another z',
    (request: NetworkRequest) => generator({ ...request, latentSize: 7 }),
    "networks: the generator's inputs are [batch, 7], expected [batch, 6]",
  ],
  [
    'layers without names',
    (request: NetworkRequest) => {
      const z = input({ shape: [request.latentSize] });
      const dense = layers.dense({ units: 784 });
      return model({ inputs: z, outputs: dense.apply(z) as SymbolicTensor });
    },
    'expected the same names: give each layer one',
  ],
])('refuses %s, and leaves no run', async (_, wrong, sentence) => {
  const empty = join(outputs, 'empty');
  await expect(train({ ...SMALL, outputs: empty, networks: { generator: wrong } })).rejects.toThrow(
    sentence,
  );
  expect(existsSync(empty)).toBe(false);
});

it('refuses a generator without labels where images are asked for', async () => {
  await expect(train({ ...SMALL, conditional: true, networks })).rejects.toThrow(
    "networks: the generator's inputs are [batch, 6], expected [batch, 6] and [batch, 10]",
  );
});

it('refuses a loss that is only named to be its own', async () => {
  await expect(train({ ...SMALL, loss: 'own' as 'hinge' })).rejects.toThrow(
    /loss: found "own", expected the loss itself/,
  );
});

let first: string;
beforeAll(async () => {
  first = (await train({ ...SMALL, seed: 3 })).folder;
});

it('begins with the weights of another run, and with its options where none are given', async () => {
  const stopped = new AbortController();
  stopped.abort();
  const { folder } = await train({
    ...{ outputs, from: first, seed: 4, epochs: 3, backend: 'wasm', threads: 1, draw: false },
    signal: stopped.signal,
  });
  const { options, from } = readRunDescription(folder);
  expect(options).toEqual({ ...readRunDescription(first).options, seed: 4, epochs: 3 });
  expect(from).toEqual({ run: first, epochs: 2, step: 6 });
  const [before, begun] = [newest(first), newest(folder)];
  expect(begun.position.step).toBe(0);
  for (const [name, values] of begun.state) {
    if (name.includes('adam')) continue;
    expect(values, name).toEqual(before.state.get(name));
  }
  const moments = [...begun.state].filter(([name]) => name.endsWith('adam_m'));
  expect(moments.length).toBeGreaterThan(4);
  expect(moments.every(([, values]) => values.every((value) => value === 0))).toBe(true);
});

it('does not begin with the weights of other networks', async () => {
  await expect(train({ from: first, units: 5, outputs, backend: 'wasm' })).rejects.toThrow(
    /--from: the networks of \S+ are others.*found 24 numbers, expected 30/,
  );
});
