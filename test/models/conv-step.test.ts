import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareEager } from '../../src/backends/eager.js';
import { loadBackend, type Backend, type Values } from '../../src/backends/index.js';
import { Random } from '../../src/data/random.js';
import { buildGan } from '../../src/models/build.js';
import { runOptions, type RunOptions } from '../../src/training/options.js';
import { averageDecayAt } from '../../src/training/schedule.js';
import { ganStep } from '../../src/training/step.js';
import { COMPILED } from '../support/backends.js';

const BATCH = 4;
const STEPS = 3;

interface Outcome {
  losses: [number, number][];
  initial: ReadonlyMap<string, Values>;
  state: ReadonlyMap<string, Values>;
}

/** Three steps of the true architecture on the same seeded images and z. */
async function train(options: RunOptions, prepare: Backend['prepare']): Promise<Outcome> {
  await tf.setBackend('cpu');
  const gan = buildGan(options);
  const averaged = options.averageDecay > 0;
  const { step, variables } = ganStep(gan, {
    generator: options,
    discriminator: { ...options, learningRate: options.discriminatorLearningRate! },
    labelSmoothing: options.labelSmoothing,
    averaged,
  });
  const executable = await prepare(step, {
    variables,
    inputs: {
      real: { shape: [BATCH, 28, 28, 1] },
      z: { shape: [BATCH, options.latentSize] },
      learningRateScale: { shape: [] },
      ...(averaged ? { averageDecay: { shape: [] } } : {}),
    },
  });
  const initial = executable.readState();
  // A seed where no unit comes within rounding of a ReLU's corner, which would lie on either side of it: with 5 one does,
  // on one backend, and its gradient is then another.
  const random = new Random(6, 'test');
  const losses: [number, number][] = [];
  for (let k = 0; k < STEPS; k++) {
    random.uniform(executable.inputs.real as Float32Array);
    random.uniform(executable.inputs.z as Float32Array);
    executable.inputs.learningRateScale.set([1 - k / STEPS]);
    executable.inputs.averageDecay?.set([averageDecayAt(k, options.averageDecay)]);
    const { discriminatorLoss, generatorLoss } = await executable.run();
    losses.push([discriminatorLoss[0], generatorLoss[0]]);
  }
  const state = executable.readState();
  await executable.dispose();
  tf.disposeVariables();
  return { losses, initial, state };
}

describe.each([
  ['the defaults', runOptions({ model: 'conv' })],
  [
    'odd kernels, no normalisation',
    runOptions({
      model: 'conv',
      kernelSize: 5,
      filters: 8,
      normalisation: 'none',
      initialisation: 'glorot',
      generatorSlope: 0.2,
      averageDecay: 0,
    }),
  ],
])('the convolutional step with %s', (_, options) => {
  let expected: Outcome;
  beforeAll(async () => {
    expected = await train(options, (step, how) => prepareEager('cpu', step, how));
  }, 300_000);

  it.each(COMPILED)('is on %s what eager TensorFlow.js computes', async (name) => {
    const backend = await loadBackend(name, 1);
    const found = await train(options, (step, how) => backend.prepare(step, how));
    found.losses.forEach((losses, k) =>
      losses.forEach((loss, which) =>
        expect(Math.abs(loss / expected.losses[k][which] - 1)).toBeLessThan(1e-5),
      ),
    );
    expect([...found.state.keys()].sort()).toEqual([...expected.state.keys()].sort());
    const distance = { generator: new Distance(), discriminator: new Distance() };
    for (const [key, values] of expected.state) {
      if (key.includes('/adam')) continue;
      const actual = found.state.get(key)!;
      distance[key.startsWith('generator/') ? 'generator' : 'discriminator'].add(actual, values);
      // Adam makes steps of rounding noise where a gradient is next to nothing, in biases above all; a wrong
      // gradient is off by about as much as the way.
      const way = new Distance();
      way.add(expected.initial.get(key)!, values);
      const off = new Distance();
      off.add(actual, values);
      expect(off.squared, key).toBeLessThanOrEqual(0.02 ** 2 * way.squared);
    }
    for (const network of Object.values(distance)) expect(network.relative).toBeLessThan(1e-5);
  });
});

/** Between two lists of tensors, in the Euclidean norm. */
class Distance {
  squared = 0;
  private size = 0;

  add(found: Values, expected: Values): void {
    expected.forEach((x, k) => {
      this.squared += (x - found[k]) ** 2;
      this.size += x * x;
    });
  }

  get relative(): number {
    return Math.sqrt(this.squared / this.size);
  }
}
