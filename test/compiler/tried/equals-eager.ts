import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Backend } from '../../../src/backends/backend.js';
import type { StepRandom } from '../../../src/compiler/trace/random.js';
import type { InputSpec } from '../../../src/compiler/trace/trace.js';
import { outcome, randomValues, type Built, type Outcome } from '../oracle.js';

// Of any rank: what is written here is what others write.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Tensors = Record<string, tf.Tensor<any>>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Variables = Record<string, tf.Variable<any>>;

/** An input: a shape of float32, or what it is and what it is given. */
export type Given =
  | readonly number[]
  | (InputSpec & {
      /** Of whole numbers: below this, 5 where it is not said. */
      readonly below?: number;
      /** In the place of random ones. */
      readonly values?: readonly number[];
    });

/** A step that is run three times from the same weights. */
export interface Tried {
  readonly inputs?: Readonly<Record<string, Given>>;
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  readonly optimizer?: () => tf.Optimizer;
  /** What an optimizer makes smaller. */
  readonly loss?: (x: Tensors, w: Variables, random: StepRandom) => tf.Tensor;
  /** A step of its own, in the place of a loss; called once, for what it makes outside of the step. */
  readonly step?: (w: Variables) => (x: Tensors, random: StepRandom) => Tensors;
  /** Whether its variables have other names each time that they are made: then only what it returns is compared. */
  readonly unnamed?: boolean;
  /** The largest difference by the norm of what is wanted, where it is not 1e-5. */
  readonly distance?: number;
}

const STEPS = 3;
const LARGEST_DISTANCE = 1e-5;

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const specOf = (given: Given): Exclude<Given, readonly number[]> =>
  'shape' in given ? given : { shape: given };

/** What the weight of that number begins with. */
function initialValues(shape: readonly number[], k: number): Float32Array {
  const fan = size(shape.slice(0, -1));
  return randomValues(size(shape), 10 + k).map((x) => (1.5 * x) / Math.sqrt(fan));
}

function build({ weights = {}, optimizer = () => tf.train.sgd(0.05), loss, step }: Tried): Built {
  const variables = Object.entries(weights).map(([name, shape], k): [string, tf.Variable] => {
    return [name, tf.variable(tf.tensor(initialValues(shape, k), [...shape]), true, name)];
  });
  const w = Object.fromEntries(variables);
  if (step !== undefined) return { step: step(w) };
  const made = optimizer();
  return {
    step: (x, random) => ({
      loss: made.minimize(
        () => tf.mul<tf.Scalar>(1, loss!(x, w, random)),
        true,
        variables.map(([, v]) => v),
      )!,
    }),
  };
}

function fed(given: Given, seed: number): ArrayLike<number> {
  const { shape, dtype = 'float32', below = 5, values } = specOf(given);
  if (values !== undefined) return values;
  const numbers = randomValues(size(shape), seed);
  if (dtype === 'float32') return numbers;
  if (dtype === 'bool') return numbers.map((x) => Number(x > 0));
  return numbers.map((x) => Math.floor(((x + 1) / 2) * below));
}

async function run(backend: Backend | undefined, tried: Tried): Promise<Outcome> {
  const inputs = Object.entries(tried.inputs ?? {});
  const feeds = Array.from({ length: STEPS }, (_, step) =>
    Object.fromEntries(inputs.map(([name, given], k) => [name, fed(given, 100 * step + k)])),
  );
  const specs = inputs.map(([name, given]) => {
    const { shape, dtype = 'float32' } = specOf(given);
    return [name, { shape, dtype }] as const;
  });
  return outcome(backend, () => build(tried), Object.fromEntries(specs), feeds);
}

/** Fails where numbers that are no finite ones are others, or the rest is further away in the norm. */
function expectNear(
  found: ArrayLike<number>,
  wanted: ArrayLike<number>,
  distance: number,
  what: string,
): void {
  expect(found.length, `${what}: length`).toBe(wanted.length);
  let [difference, norm] = [0, 0];
  for (let k = 0; k < wanted.length; k++) {
    if (!Number.isFinite(wanted[k])) expect(found[k], `${what}[${k}]`).toBe(wanted[k]);
    else {
      difference = Math.hypot(difference, found[k] - wanted[k]);
      norm = Math.hypot(norm, wanted[k]);
    }
  }
  const floor = 1e-2 * Math.sqrt(wanted.length);
  expect(difference / Math.max(norm, floor, 1e-30), what).toBeLessThanOrEqual(distance);
}

/** Runs a step on a backend and eagerly, from the same weights, and compares outputs and state. */
export async function expectEqualsEager(backend: Backend, tried: Tried): Promise<void> {
  const { distance = LARGEST_DISTANCE, weights = {}, loss, unnamed = false } = tried;
  const wanted = await run(undefined, tried);
  const found = await run(backend, tried);
  wanted.outputs.forEach((outputs, step) => {
    expect(Object.keys(found.outputs[step])).toEqual(Object.keys(outputs));
    for (const [name, values] of Object.entries(outputs))
      expectNear(found.outputs[step][name], values, distance, `${name} of step ${step}`);
    if (loss !== undefined) expect(Number.isFinite(outputs.loss[0]), 'a finite loss').toBe(true);
  });
  for (const [name, values] of unnamed ? [] : found.state)
    expectNear(values, wanted.state.get(name)!, distance, `state ${name}`);
  Object.entries(weights).forEach(([name, shape], k) => {
    if (!found.state.has(name))
      expect(wanted.state.get(name), `${name}, which is no state`).toEqual(initialValues(shape, k));
  });
  if (loss !== undefined)
    expect(found.state.size).toBeGreaterThanOrEqual(Object.keys(weights).length);
}
