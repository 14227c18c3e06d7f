import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { loadBackend, type Executable, type Values } from '../../src/backends/index.js';
import { EXACT, expectSame, outcome } from '../compiler/oracle.js';
import { denseStep, feedsOf, inputsOf, SMALL } from './dense-gan.js';
import { load } from '../support/compile.js';
import { COMPILED, HAS_NATIVE } from '../support/backends.js';

afterEach(() => tf.disposeVariables());

const bytes = (values: Values): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');
const stateBytes = (executable: Executable): Record<string, string> =>
  Object.fromEntries([...executable.readState()].map(([name, values]) => [name, bytes(values)]));

async function runFeeds(executable: Executable, from: number, to: number): Promise<string[]> {
  const losses: string[] = [];
  for (const feed of feedsOf(SMALL, to).slice(from)) {
    for (const [name, values] of Object.entries(feed)) executable.inputs[name].set(values);
    const { discriminatorLoss, generatorLoss } = await executable.run();
    losses.push(bytes(discriminatorLoss) + bytes(generatorLoss));
  }
  return losses;
}

describe.each<[string, number]>([
  ...(HAS_NATIVE
    ? ([
        ['native', 1],
        ['native', 2],
      ] as [string, number][])
    : []),
  ['wasm', 1],
  ['cpu', 1],
])('a step on %s with %i threads', async (name, threads) => {
  const backend = await loadBackend(name, threads);
  it('gives the same bytes for the same seed', async () => {
    const run = (): ReturnType<typeof outcome> =>
      outcome(backend, () => denseStep(SMALL), inputsOf(SMALL), feedsOf(SMALL, 10));
    expectSame(await run(), await run(), EXACT);
  });

  it('goes on exactly from a state that was read and written back', async () => {
    await tf.setBackend('cpu');
    const { step, variables: named } = denseStep(SMALL);
    const executable = await load(backend, step, { inputs: inputsOf(SMALL), variables: named! });
    await runFeeds(executable, 0, 5);
    const saved = executable.readState();
    const savedBytes = stateBytes(executable);
    const losses = await runFeeds(executable, 5, 10);
    const end = stateBytes(executable);
    expect(end, 'a copy is not written over').not.toEqual(savedBytes);

    executable.writeState(saved);
    expect(stateBytes(executable)).toEqual(savedBytes);
    expect(await runFeeds(executable, 5, 10)).toEqual(losses);
    expect(stateBytes(executable)).toEqual(end);
    await executable.dispose();
  });

  it('lets others have their turn between two steps', async () => {
    await tf.setBackend('cpu');
    const { step, variables: named } = denseStep(SMALL);
    const executable = await load(backend, step, { inputs: inputsOf(SMALL), variables: named! });
    let turns = 0;
    const count = (): void => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    for (let k = 1; k <= 4; k++) {
      const before = turns;
      await executable.run();
      expect(turns, `step ${k}`).toBeGreaterThan(before);
    }
    clearImmediate(next);
    await executable.dispose();
  });

  it('refuses a state that is not its own', async () => {
    await tf.setBackend('cpu');
    const w = tf.variable(tf.tensor1d([1, 2]), true, 'w');
    const executable = await load(
      backend,

      ({ x }) => {
        w.assign(tf.add(w, x));
        return { sum: tf.sum(w) };
      },
      { inputs: { x: { shape: [2] } } },
    );
    expect(() => executable.writeState(new Map())).toThrow('state w is missing');
    expect(() => executable.writeState(new Map([['w', new Float32Array(3)]]))).toThrow(
      'state w has 3 elements, expected 2',
    );
    await executable.dispose();
  });
});

describe.each(COMPILED)('2,000 steps on %s', (name) => {
  it('leave no tensors and no memory behind', async () => {
    await tf.setBackend('cpu');
    const backend = await loadBackend(name, 1);
    const { step, variables } = denseStep(SMALL);
    const executable = await load(backend, step, {
      inputs: inputsOf(SMALL),
      variables: variables!,
    });
    const [feed] = feedsOf(SMALL, 1);
    for (const [input, values] of Object.entries(feed)) executable.inputs[input].set(values);
    const steps = async (count: number): Promise<NodeJS.MemoryUsage> => {
      for (let k = 0; k < count; k++) await executable.run();
      return process.memoryUsage();
    };
    const tensors = tf.memory().numTensors;
    const before = await steps(500);
    const after = await steps(2000);
    await executable.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
    // A step reads and writes about 0.3 MB: kept, 2,000 of them would be 600 MB.
    const megabytes = (usage: number): number => usage / 2 ** 20;
    expect(megabytes(after.rss - before.rss)).toBeLessThan(60);
    expect(megabytes(after.external - before.external)).toBeLessThan(60);
  });
});
