import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadBackend, type Executable } from '../../src/backends/index.js';
import { exporter } from '../../src/compiler/export.js';
import type { Step, StepRandom } from '../../src/compiler-entry.js';
import { Random } from '../../src/index.js';
import { load, simplifiedGraph } from '../support/compile.js';
import { COMPILED } from '../support/backends.js';

beforeEach(async () => {
  await tf.setBackend('cpu');
});
afterEach(() => tf.disposeVariables());

const inputs = { x: { shape: [40] } };
const SHARE_KEPT = 0.7;

/** Draws of each kind, one of them unused, in an order that is not the one in which they are computed with. */
const step: Step = ({ x }, random) => {
  const mask = random.bernoulli([40], SHARE_KEPT);
  random.normal([7]);
  const noise = random.normal([40]);
  const mix = random.uniform([1]);
  return {
    y: tf.add(tf.mul(x, mix), tf.mul(noise, mask)),
    doubled: tf.mul(tf.stack([noise, mask]), 2),
    mix: tf.mul(mix, 1),
  };
};

async function prepared(name: string, random = new Random(3, 'step')): Promise<Executable> {
  const executable = await load(await loadBackend(name, 1), step, { inputs, random });
  executable.inputs.x.fill(0.5);
  return executable;
}

/** The outputs of so many runs, each as one list. */
async function runs(executable: Executable, count: number): Promise<number[][]> {
  const all: number[][] = [];
  for (let k = 0; k < count; k++)
    all.push(Object.values(await executable.run()).flatMap((values) => [...values]));
  return all;
}

describe.each(COMPILED)("a step's own draws on %s", (name) => {
  it('are those of the stream, in the order of the calls, new at each run', async () => {
    const executable = await prepared(name);
    const stream = new Random(3, 'step');
    const [mask, unused, noise, mix] = [40, 7, 40, 1].map((length) => new Float32Array(length));
    for (let run = 0; run < 3; run++) {
      const { doubled, mix: drawn } = await executable.run();
      stream.bernoulli(mask, SHARE_KEPT);
      stream.normal(unused);
      stream.normal(noise);
      stream.unit(mix);
      expect([...doubled]).toEqual([...noise, ...mask].map((x) => 2 * x));
      expect([...drawn]).toEqual([...mix]);
    }
    expect(Object.keys(executable.inputs)).toEqual(['x']);
    await executable.dispose();
  });

  it('equal those of the step run eagerly', async () => {
    const [compiled, eager] = [await prepared(name), await prepared('cpu')];
    const [a, b] = [await runs(compiled, 4), await runs(eager, 4)];
    // A product and a sum may be one operation with one rounding.
    a.flat().forEach((x, k) => expect(x).toBeCloseTo(b.flat()[k], 5));
    expect(a[0].slice(40)).toEqual(b[0].slice(40));
    await compiled.dispose();
  });

  it('go on bit for bit where the state of the stream was taken', async () => {
    const random = new Random(3, 'step');
    const executable = await prepared(name, random);
    await executable.run();
    const state = JSON.parse(JSON.stringify(random.state())) as number[];
    const expected = await runs(executable, 3);
    const again = await prepared(name, Random.restore(state));
    expect(await runs(again, 3)).toEqual(expected);
    random.goOn(state);
    expect(await runs(executable, 3)).toEqual(expected);
    await executable.dispose();
    await again.dispose();
  });

  it('need a stream', async () => {
    const backend = await loadBackend(name, 1);
    await expect(load(backend, step, { inputs })).rejects.toThrow(
      'the step draws from its argument `random`: it needs a stream to draw from',
    );
    const without = await load(backend, ({ x }) => ({ y: tf.neg(x) }), { inputs });
    expect([...(await without.run()).y]).toEqual(Array(40).fill(-0));
    await without.dispose();
  });
});

it('needs a stream eagerly, too', async () => {
  const executable = await load(await loadBackend('cpu'), step, { inputs });
  await expect(executable.run()).rejects.toThrow('it needs a stream to draw from');
});

it('a step that draws nothing has no input for it, one that does has one for each draw', () => {
  const names = (traced: Step): unknown[] =>
    simplifiedGraph(traced, { inputs }).inputs.map(
      ({ source }) => (source as { name: string }).name,
    );
  expect(names(({ x }) => ({ y: tf.neg(x) }))).toEqual(['x']);
  expect(names(step)).toEqual(['x', '%random0', '%random1', '%random2', '%random3']);
});

it.each<[string, (random: StepRandom) => unknown, string]>([
  ['shape', (random) => random.normal([2, -1]), 'random.normal: found the shape [2,-1]'],
  ['fraction', (random) => random.uniform([0.5]), 'random.uniform: found the shape [0.5]'],
  ['share', (random) => random.bernoulli([2], 1.5), 'random.bernoulli: found the probability 1.5'],
  ['number', (random) => random.bernoulli([2], NaN), 'random.bernoulli: found the probability NaN'],
])('refuses a wrong %s', (_, draw, message) => {
  const wrong: Step = ({ x }, random) => {
    draw(random);
    return { y: tf.neg(x) };
  };
  expect(() => simplifiedGraph(wrong, { inputs })).toThrow(message);
});

it('a step that draws cannot be exported', () => {
  expect(() => exporter('model', step, { inputs })).toThrow(
    'a step that draws random numbers cannot be exported',
  );
});
