import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadBackend, type Executable } from '../../src/backends/index.js';
import { COMPILED } from '../support/backends.js';
import { load } from '../support/compile.js';

beforeEach(async () => {
  await tf.setBackend('cpu');
});
afterEach(() => tf.disposeVariables());

/** w grows by x at each run; an index picks one of three elements of the sum. */
async function loaded(name: string, threads = 1): Promise<Executable> {
  const w = tf.variable(tf.tensor1d([1, 2, 3]), true, 'w');
  const executable = await load(
    await loadBackend(name, threads),
    ({ x, k }) => {
      w.assign(tf.add(w, x));
      return { picked: tf.gather(tf.mul(w, 2), tf.cast(k, 'int32')) };
    },
    { inputs: { x: { shape: [3] }, k: { shape: [1], dtype: 'int32' } } },
  );
  executable.inputs.x.set([10, 20, 30]);
  return executable;
}

const ALL: [string, number][] = [
  ...COMPILED.map((name): [string, number] => [name, 1]),
  ['wasm', 3],
  ['cpu', 1],
];

describe.each(ALL)('a step on %s with %i threads', (name, threads) => {
  it('refuses a second run, and its state to be read or written, while it runs', async () => {
    const executable = await loaded(name, threads);
    const running = executable.run();
    const late = 'a run of the step is not over yet: await it before you';
    await expect(executable.run()).rejects.toThrow(`${late} run it again`);
    expect(() => executable.readState()).toThrow(`${late} read its state`);
    expect(() => executable.writeState(new Map())).toThrow(`${late} write its state`);
    expect([...(await running).picked]).toEqual([22]);
    expect([...(await executable.run()).picked]).toEqual([42]);
    expect([...executable.readState().get('w')!]).toEqual([21, 42, 63]);
    await executable.dispose();
  });

  it('is disposed of after the run that is going on, and is then of no use', async () => {
    for (let round = 0; round < 5; round++) {
      const executable = await loaded(name, threads);
      for (let k = 0; k < round; k++) await executable.run();
      const running = executable.run();
      const disposing = [executable.dispose(), executable.dispose()];
      expect([...(await running).picked]).toEqual([2 + 20 * (round + 1)]);
      await Promise.all(disposing);
      const late = 'the step is disposed of: it is too late to';
      await expect(executable.run()).rejects.toThrow(`${late} run it again`);
      expect(() => executable.readState()).toThrow(`${late} read its state`);
      tf.disposeVariables();
    }
  });

  it('has its state saved and put back', async () => {
    const executable = await loaded(name, threads);
    await executable.run();
    const saved = executable.readState();
    await executable.run();
    executable.writeState(saved);
    expect([...(await executable.run()).picked]).toEqual([42]);
    await executable.dispose();
  });

  it('refuses a state of another type, and then has the one that it had', async () => {
    const executable = await loaded(name, threads);
    expect(() => executable.writeState(new Map([['w', Int32Array.of(7, 8, 9)]]))).toThrow(
      'state w is a Int32Array, expected a Float32Array',
    );
    expect([...executable.readState().get('w')!]).toEqual([1, 2, 3]);
    await executable.dispose();
  });

  it.each([3, -1, 2 ** 31 - 1, -(2 ** 31)])(
    'names the op of an index out of range (%i), and is of no use afterwards',
    async (index) => {
      const executable = await loaded(name, threads);
      executable.inputs.k.set([index]);
      const eager = new RegExp(`GatherV2: the index value ${index} is not in \\[0, 2\\]`);
      await expect(executable.run()).rejects.toThrow(
        name === 'cpu' ? eager : 'tf.gather: an index is not in [0, 2]',
      );
      executable.inputs.k.set([1]);
      await expect(executable.run()).rejects.toThrow('the step stopped half way in an earlier run');
      expect(() => executable.readState()).toThrow('its state is neither old nor new');
      await executable.dispose();
    },
  );
});

it.each(ALL)(
  'an index out of range of tf.scatterND is named on %s with %i threads',
  async (name, threads) => {
    const backend = await loadBackend(name, threads);
    const inputs = { at: { shape: [2, 2], dtype: 'int32' as const } };
    const executable = await load(
      backend,
      ({ at }) => ({ y: tf.scatterND(at, tf.tensor1d([1, 2]), [2, 3]) }),
      { inputs },
    );
    executable.inputs.at.set([0, 2, 1, 0]);
    expect([...(await executable.run()).y]).toEqual([0, 0, 1, 2, 0, 0]);
    executable.inputs.at.set([0, 2, 2, 0]);
    await expect(executable.run()).rejects.toThrow(
      name === 'cpu' ? 'does not index into' : 'tf.scatterND: an index is not in [0, 5]',
    );
    await executable.dispose();
  },
);

it('is checked on cpu as where it is compiled', async () => {
  const cpu = await loadBackend('cpu');
  const [v, w] = ['v', 'w'].map((name) => tf.variable(tf.scalar(2), true, name));
  const variables = new Map([
    [v, 'same'],
    [w, 'same'],
  ]);
  await expect(load(cpu, () => ({ y: tf.add(v, w) }), { inputs: {}, variables })).rejects.toThrow(
    'two variables of the step have the name "same"',
  );
  const late = await load(cpu, (async () => ({})) as never, { inputs: {} });
  await expect(late.run()).rejects.toThrow('the step is asynchronous');
});

it('is loaded only where it was compiled for', async () => {
  const { compile } = await import('../../src/compiler/compile.js');
  const inputs = { x: { shape: [2] } };
  const [one, two, cpu] = [
    await loadBackend('wasm', 1),
    await loadBackend('wasm', 2),
    await loadBackend('cpu'),
  ];
  const step = ({ x }: Record<string, tf.Tensor>): Record<string, tf.Tensor> => ({ y: tf.neg(x) });
  await expect(two.load(compile(step, one.target, { inputs }))).rejects.toThrow(
    'a step that was compiled for the target wasm (1 thread, generated code for all) does not run on wasm (2 threads, generated code for all)',
  );
  await expect(one.load(compile(step, cpu.target, { inputs }))).rejects.toThrow('eager');
  await expect(cpu.load(compile(step, one.target, { inputs }))).rejects.toThrow(
    'does not run on TensorFlow.js: compile it for `backend.target`',
  );
});
