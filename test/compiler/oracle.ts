import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import type fc from 'fast-check';
import { expect } from 'vitest';
import type { Backend, Values } from '../../src/backends/backend.js';
import { loadBackend } from '../../src/backends/index.js';
import type { InputSpec, Step } from '../../src/compiler/trace/trace.js';
import { Random } from '../../src/data/random.js';
import { load } from '../support/compile.js';
import { FASTEST } from '../support/backends.js';

/** TensorFlow.js's own cpu backend is the oracle: a step must give what it gives there, a kernel at a time. */

/** How often a property is tried; PROPERTY_RUNS raises it. PROPERTY_SEED=random tries other numbers each time. */
export const PROPERTY: fc.Parameters<unknown> = {
  numRuns: Number(process.env.PROPERTY_RUNS ?? 2),
  ...(process.env.PROPERTY_SEED === 'random'
    ? {}
    : { seed: Number(process.env.PROPERTY_SEED ?? 1) }),
};

/** One thread: the tests' tensors are small, and other test files run beside this one. */
export const native = (): Promise<Backend> => loadBackend(FASTEST, 1);
export const wasm = (): Promise<Backend> => loadBackend('wasm', 1);
/** The wasm backend with every step on onnxruntime-web. */
export const onnxWeb = (): Promise<Backend> => loadBackend('wasm', 1, { generate: false });

/** A step with variables of its own. */
export interface Built {
  readonly step: Step;
  readonly variables?: ReadonlyMap<tf.Variable, string>;
}

export type Feed = Readonly<Record<string, ArrayLike<number>>>;

export interface Outcome {
  /** The outputs of each run. */
  readonly outputs: readonly Readonly<Record<string, Values>>[];
  readonly state: ReadonlyMap<string, Values>;
}

/**
 * Runs a step once for each feed.
 *
 * @param backend undefined for the oracle.
 * @param build makes the step and its variables anew, with the same initial values each time.
 */
export async function outcome(
  backend: Backend | undefined,
  build: () => Built,
  inputs: Readonly<Record<string, InputSpec>>,
  feeds: readonly Feed[],
): Promise<Outcome> {
  await tf.setBackend('cpu');
  const first = nextVariableId();
  try {
    const { step, variables } = build();
    const random = new Random(1, 'step');
    const options = { inputs, random, ...(variables === undefined ? {} : { variables }) };
    const executable = await load(backend ?? (await loadBackend('cpu')), step, options);
    const outputs: Record<string, Values>[] = [];
    for (const feed of feeds) {
      for (const [name, values] of Object.entries(feed)) executable.inputs[name].set(values);
      const results = Object.entries(await executable.run());
      outputs.push(Object.fromEntries(results.map(([name, values]) => [name, values.slice()])));
    }
    // The oracle's state is every variable, also those that an optimizer of TensorFlow.js made.
    const read =
      backend === undefined
        ? Object.values(tf.engine().registeredVariables).map((variable): [string, Values] => [
            variables?.get(variable) ?? variable.name,
            variable.dataSync(),
          ])
        : [...executable.readState()];
    // Variables without a name of their own are numbered by TensorFlow.js, through the whole process.
    const state = new Map(
      read.map(([name, values]) => [
        /^\d+$/.test(name) ? `variable ${Number(name) - first}` : name,
        values,
      ]),
    );
    await executable.dispose();
    return { outputs, state };
  } finally {
    tf.disposeVariables();
  }
}

function nextVariableId(): number {
  const variable = tf.tidy(() => tf.variable(tf.scalar(0)));
  variable.dispose();
  return Number(variable.name);
}

export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

export const CLOSE: Tolerance = { relative: 1e-5, absolute: 1e-6 };
export const EXACT: Tolerance = { relative: 0, absolute: 0 };

/** Fails where two arrays differ by more than the tolerance; NaN equals NaN, an infinity itself. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative, absolute }: Tolerance,
  what: string,
): void {
  expect(actual.length, `${what}: length`).toBe(expected.length);
  for (let k = 0; k < expected.length; k++) {
    const [a, b] = [actual[k], expected[k]];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    if (!(Math.abs(a - b) <= absolute + relative * Math.abs(b)))
      expect.fail(`${what}[${k}]: found ${a}, expected ${b} from the oracle`);
  }
}

/** Fails where a run's outputs or state differ from the oracle's. */
export function expectSame(actual: Outcome, expected: Outcome, tolerance: Tolerance = CLOSE): void {
  expected.outputs.forEach((outputs, run) => {
    expect(Object.keys(actual.outputs[run])).toEqual(Object.keys(outputs));
    for (const [name, values] of Object.entries(outputs))
      expectClose(actual.outputs[run][name], values, tolerance, `run ${run}, ${name}`);
  });
  for (const [name, values] of actual.state) {
    const oracle = expected.state.get(name);
    expect(oracle, `state ${name}`).toBeDefined();
    expectClose(values, oracle!, tolerance, `state ${name}`);
  }
}

/** Runs a step on a backend and on the oracle and compares everything. */
export async function expectLikeEager(
  backend: Backend,
  build: () => Built,
  inputs: Readonly<Record<string, InputSpec>>,
  feeds: readonly Feed[],
  tolerance: Tolerance = CLOSE,
): Promise<void> {
  const expected = await outcome(undefined, build, inputs, feeds);
  expectSame(await outcome(backend, build, inputs, feeds), expected, tolerance);
}

/** Numbers in [-1, 1), the same for the same seed (a linear congruential generator, Numerical Recipes' constants). */
export function randomValues(length: number, seed: number): Float32Array {
  let x = (seed * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x / 2 ** 31 - 1;
  });
}
