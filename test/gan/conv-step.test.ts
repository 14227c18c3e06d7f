import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend, type Backend, type Values } from '../../src/backends/index.js';
import { Random } from '../../src/data/random.js';
import { buildGan } from '../../src/gan/build.js';
import type { AdamOptions } from '../../src/gan/adam.js';
import { labelsInTurn } from '../../src/gan/inputs.js';
import { runOptions, type RunOptions } from '../../src/gan/options.js';
import type { PenaltyOptions } from '../../src/gan/penalty.js';
import { averageDecayAt } from '../../src/gan/schedule.js';
import { ganStep } from '../../src/gan/step.js';
import { load } from '../support/compile.js';
import { COMPILED } from '../support/backends.js';
import { SLOW } from '../support/slow.js';
import { ROUNDING, watchCorners } from '../support/corners.js';
import { Distance } from '../support/tensors.js';
import { MNIST_LIKE } from '../../src/data/known-set.js';

const BATCH = 4;
const STEPS = 3;
const LIMIT = 1e-5;

interface Outcome {
  losses: number[];
  initial: ReadonlyMap<string, Values>;
  state: ReadonlyMap<string, Values>;
}

interface Settings {
  readonly options: RunOptions;
  readonly generator: AdamOptions;
  readonly discriminator: AdamOptions;
  readonly labelSmoothing: number;
  readonly penalty: PenaltyOptions;
}

const penaltyOf = ({ penalty, penaltyWeight, penaltyNoise }: RunOptions): PenaltyOptions => ({
  kind: penalty,
  weight: penaltyWeight,
  noise: penaltyNoise,
});

/** As it is trained. */
const trained = (options: RunOptions): Settings => ({
  options,
  generator: options,
  discriminator: {
    ...options,
    learningRate: options.discriminatorLearningRate ?? options.learningRate,
  },
  labelSmoothing: options.labelSmoothing,
  penalty: penaltyOf(options),
});

/**
 * With an epsilon so large that Adam does not divide by the root of the squares: what it divides by is next to nothing
 * for many a weight, and then the direction of a step is that of rounding noise, on every backend another. Smoothed labels,
 * since without them the gradient of the last bias is the difference of two halves that are all but equal at first.
 */
const proportional = (options: RunOptions): Settings => {
  // He's weights are larger than the others, and so are the gradients.
  const learningRate = options.initialisation === 'he' ? 0.1 : 10;
  const adam = { ...options, learningRate, beta1: 0.5, epsilon: 1 };
  return {
    options,
    generator: adam,
    discriminator: adam,
    labelSmoothing: 0.1,
    penalty: penaltyOf(options),
  };
};

/** Three steps of the true architecture on seeded images and z. */
async function train({ options, ...settings }: Settings, backend: Backend): Promise<Outcome> {
  await tf.setBackend('cpu');
  const averaged = options.averageDecay > 0;
  const gan = buildGan(options, MNIST_LIKE);
  const { step, variables } = ganStep(gan, { ...settings, averaged });
  const executable = await load(backend, step, {
    variables,
    random: new Random(options.seed, 'step'),
    inputs: {
      real: { shape: [BATCH, 28, 28, 1] },
      ...(gan.classes > 0 ? { labels: { shape: [BATCH, gan.classes] } } : {}),
      z: { shape: [BATCH, options.latentSize] },
      learningRateScale: { shape: [] },
      ...(averaged ? { averageDecay: { shape: [] } } : {}),
    },
  });
  const initial = executable.readState();
  const random = new Random(options.seed, 'test');
  const losses: number[] = [];
  for (let k = 0; k < STEPS; k++) {
    random.uniform(executable.inputs.real as Float32Array);
    random.uniform(executable.inputs.z as Float32Array);
    executable.inputs.labels?.set(labelsInTurn(BATCH, gan.classes, k));
    executable.inputs.learningRateScale.set([1 - k / STEPS]);
    executable.inputs.averageDecay?.set([averageDecayAt(k, options.averageDecay)]);
    const { discriminatorLoss, generatorLoss } = await executable.run();
    losses.push(discriminatorLoss[0], generatorLoss[0]);
  }
  const state = executable.readState();
  await executable.dispose();
  tf.disposeVariables();
  return { losses, initial, state };
}

/** The same eagerly; fails where a unit comes so near a corner that its gradient is left to rounding. */
async function trainEagerly(settings: Settings): Promise<Outcome> {
  const corners = watchCorners('LeakyRelu');
  try {
    const outcome = await train(settings, await loadBackend('cpu'));
    expect(corners.distance(), 'another seed is needed').toBeGreaterThan(ROUNDING);
    return outcome;
  } finally {
    corners.stop();
  }
}

const trainOn = async (name: string, settings: Settings): Promise<Outcome> =>
  train(settings, await loadBackend(name, 1));

function expectSameLosses(found: Outcome, expected: Outcome, limit: number): void {
  found.losses.forEach((loss, k) =>
    expect(Math.abs(loss / expected.losses[k] - 1)).toBeLessThan(limit),
  );
}

const ODD = {
  kernelSize: 5,
  filters: 8,
  initialisation: 'glorot',
  conditional: false,
  penalty: 'none',
  averageDecay: 0,
  beta1: 0.5,
  beta2: 0.999,
} as const;

/** (D(x + s e) - D(x))^2 / s^2: the difference of two numbers that are all but equal, divided by s^2 = 0.0025. */
const BY_NOISE_LIMIT = 10 * LIMIT;

const CASES: [string, number, object, number][] = [
  ['the defaults of all digits', 1, {}, BY_NOISE_LIMIT],
  ['those without a penalty', 1, { penalty: 'none' }, LIMIT],
  ['the defaults of one digit', 6, { digit: 4 }, LIMIT],
  ['the defaults of one digit', 9, { digit: 4 }, LIMIT],
  ['odd kernels, no normalisation', 2, ODD, LIMIT],
];

describe.each(SLOW ? CASES : CASES.slice(0, 1))(
  'the convolutional step with %s, seed %i',
  (_, seed, given, limit) => {
    const options = runOptions({ model: 'conv', seed, ...given });
    let expected: { proportional: Outcome; trained: Outcome };
    beforeAll(async () => {
      expected = {
        proportional: await trainEagerly(proportional(options)),
        trained: await trainEagerly(trained(options)),
      };
    }, 300_000);

    it.each(COMPILED)('has on %s the losses, gradients and weights of eager', async (name) => {
      const found = await trainOn(name, proportional(options));
      expectSameLosses(found, expected.proportional, limit);
      expect([...found.state.keys()].sort()).toEqual(
        [...expected.proportional.state.keys()].sort(),
      );
      for (const [key, values] of expected.proportional.state) {
        const { relative } = new Distance().add(found.state.get(key)!, values);
        // The moments are sums of gradients; the second, of their squares, have twice the relative error.
        expect(relative, key).toBeLessThan(key.endsWith('/adam_v') ? 2 * limit : limit);
      }
    });

    it.each(COMPILED)(
      'has on %s the losses and weights of eager as it is trained',
      async (name) => {
        const found = await trainOn(name, trained(options));
        expectSameLosses(found, expected.trained, limit);
        const networks = { generator: new Distance(), discriminator: new Distance() };
        for (const [key, values] of expected.trained.state) {
          if (key.includes('/adam')) continue;
          const actual = found.state.get(key)!;
          networks[key.startsWith('generator/') ? 'generator' : 'discriminator'].add(
            actual,
            values,
          );
          const off = new Distance().add(actual, values);
          const way = new Distance().add(expected.trained.initial.get(key)!, values);
          expect(off.squared, key).toBeLessThanOrEqual((200 * limit) ** 2 * way.squared);
        }
        for (const network of Object.values(networks)) expect(network.relative).toBeLessThan(limit);
      },
    );
  },
);
