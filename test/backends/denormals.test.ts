import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backends/index.js';
import { COMPILED } from '../support/backends.js';
import { load } from '../support/compile.js';

afterEach(() => tf.disposeVariables());

/** The least float32 that is not denormal. */
const LEAST_NORMAL = 2 ** -126;

describe.each(COMPILED)('on %s', (name) => {
  it("JavaScript's own arithmetic is left as it was", async () => {
    const backend = await loadBackend(name, 1);
    const executable = await load(backend, ({ x }) => ({ y: tf.softmax(tf.mul(x, 2)) }), {
      inputs: { x: { shape: [8] } },
    });
    await executable.run();
    await executable.dispose();
    expect(JSON.parse('5e-324')).toBe(Number.MIN_VALUE);
    expect(1e-310 / 10).toBeGreaterThan(0);
    expect(Math.fround(1e-40)).toBeGreaterThan(0);
  });

  it('a moment that decays becomes 0 where it would become denormal; what else is denormal stays', async () => {
    const m = tf.variable(tf.tensor1d([1, -1, 0, NaN, Infinity]), true, 'm');
    const w = tf.variable(tf.zeros([5]), true, 'w');
    const backend = await loadBackend(name, 1);
    const executable = await load(
      backend,
      ({ x }) => {
        m.assign(tf.add<tf.Tensor1D>(tf.mul(m, 2 ** -100), tf.mul(x, 0.5)));
        w.assign(tf.mul<tf.Tensor1D>(x, 2 ** -140));
        return {};
      },
      { inputs: { x: { shape: [5] } } },
    );
    const state = (key: string): number[] => [...executable.readState().get(key)!];
    await executable.run();
    expect(state('m')).toEqual([2 ** -100, -(2 ** -100), 0, NaN, Infinity]);
    // A state that is no sum with what it was keeps what it is given.
    executable.inputs.x.fill(1);
    await executable.run();
    expect(state('w')).toEqual(Array(5).fill(2 ** -140));
    executable.inputs.x.fill(0);
    const smallest = [2 * LEAST_NORMAL, LEAST_NORMAL, -LEAST_NORMAL, LEAST_NORMAL / 2, -1e-45];
    const scaled = smallest.map((value) => value * 2 ** 100);
    executable.writeState(
      new Map([
        ['m', Float32Array.from(scaled)],
        ['w', new Float32Array(5)],
      ]),
    );
    await executable.run();
    expect(state('m')).toEqual([2 * LEAST_NORMAL, LEAST_NORMAL, -LEAST_NORMAL, 0, 0]);
    await executable.dispose();
  });
});
