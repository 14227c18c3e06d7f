import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backends/index.js';
import { loadBackend } from '../../src/backends/index.js';
import { namedWeights } from '../../src/gan/gan.js';
import { Adam } from '../../src/gan/adam.js';
import { sigmoidCrossEntropy } from '../../src/gan/losses.js';
import { expectClose, native, outcome, wasm, type Outcome } from '../compiler/oracle.js';
import {
  CFCV,
  CFCV_TRUE_SIZE,
  denseGan,
  denseStep,
  feedsOf,
  inputsOf,
  SMALL,
  type Settings,
} from './dense-gan.js';
import { load } from '../support/compile.js';
import { COMPILED, FASTEST } from '../support/backends.js';
import { SLOW } from '../support/slow.js';

afterEach(() => tf.disposeVariables());

const STEPS = 20;
const LOSSES = { relative: 1e-5, absolute: 0 };
const WEIGHTS = { relative: 0, absolute: 1e-5 };

const run = (backend: Backend | undefined, settings: Settings, steps = STEPS): Promise<Outcome> =>
  outcome(backend, () => denseStep(settings), inputsOf(settings), feedsOf(settings, steps));

function expectAlike(actual: Outcome, expected: Outcome): void {
  for (const name of ['discriminatorLoss', 'generatorLoss']) {
    const losses = ({ outputs }: Outcome): number[] => outputs.map((output) => output[name][0]);
    expectClose(losses(actual), losses(expected), LOSSES, name);
  }
  expect([...actual.state.keys()].sort()).toEqual([...expected.state.keys()].sort());
  for (const [name, values] of expected.state)
    expectClose(actual.state.get(name)!, values, WEIGHTS, name);
}

describe('steps of the dense GAN are those of eager TensorFlow.js', () => {
  it.each<[string, Settings]>([
    ['small', SMALL],
    ['with the settings of cfcv', CFCV],
    ['with an odd batch and odd widths', { ...CFCV, batch: 7, units: 13, latentSize: 3 }],
  ])('%s', async (_name, settings) => {
    const expected = await run(undefined, settings);
    for (const backend of [await native(), await wasm(), await loadBackend(FASTEST, 2)])
      expectAlike(await run(backend, settings), expected);
  });

  it.runIf(SLOW)('with the settings and the true size of cfcv', async () => {
    // In the twelfth step a unit comes within 5e-8 of the corner of its ReLU: on which side it lies is then left to rounding.
    const steps = 10;
    const expected = await run(undefined, CFCV_TRUE_SIZE, steps);
    for (const backend of [await native(), await wasm()])
      expectAlike(await run(backend, CFCV_TRUE_SIZE, steps), expected);
  });
});

describe.each([...COMPILED, 'cpu'])('on %s, after half a step', async (name) => {
  const backend = await loadBackend(name, 1);

  /** Largest change of each weight, by its name. */
  async function changes(half: 'discriminator' | 'generator'): Promise<Map<string, number>> {
    await tf.setBackend('cpu');
    const gan = denseGan(SMALL);
    const names = namedWeights(gan);
    const before = new Map([...names].map(([weight, key]) => [key, weight.dataSync().slice()]));
    const adam = new Adam(
      half === 'generator' ? gan.generatorVariables : gan.discriminatorVariables,
      SMALL,
    );
    const executable = await load(
      backend,

      ({ real, z }) => {
        const loss = adam.minimize(() => {
          if (half === 'generator')
            return sigmoidCrossEntropy(gan.stacked.apply(z) as tf.Tensor, 1);
          const both = tf.concat([real, gan.generator.apply(z) as tf.Tensor]);
          return sigmoidCrossEntropy(gan.discriminator.apply(both) as tf.Tensor, 0.5);
        });
        return { loss: tf.mul(loss, 2) };
      },
      { inputs: inputsOf(SMALL), variables: names },
    );
    for (const [key, values] of Object.entries(feedsOf(SMALL, 1)[0]))
      executable.inputs[key].set(values);
    await executable.run();
    const after = executable.readState();
    await executable.dispose();
    return new Map(
      // A compiled step keeps only what it uses; what is not there cannot have moved.
      [...before].map(([key, values]) => [
        key,
        Math.max(...values.map((x, k) => Math.abs((after.get(key) ?? values)[k] - x))),
      ]),
    );
  }

  it.each<['discriminator' | 'generator', string]>([
    ['discriminator', 'generator'],
    ['generator', 'discriminator'],
  ])('of the %s, its weights have moved and those of the %s not at all', async (mover, other) => {
    const moved = await changes(mover);
    expect(moved.size).toBe(12);
    for (const [key, change] of moved) {
      if (key.startsWith(`${other}/`)) expect(change, key).toBe(0);
      else expect(change, key).toBeGreaterThan(0);
    }
  });
});
