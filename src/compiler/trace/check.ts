import * as tf from '@tensorflow/tfjs-core';
import { RunError } from '../../errors.js';
import type { InputSpec } from './step.js';

/** @throws RunError for an input without a name or with a shape that is none. */
export function checkInputs(inputs: Readonly<Record<string, InputSpec>>): void {
  for (const [name, spec] of Object.entries(inputs)) {
    checkName('input', name);
    const { shape, dtype = 'float32' } = (spec as InputSpec | null) ?? ({} as Partial<InputSpec>);
    const extents: unknown = shape;
    if (!Array.isArray(extents) || !extents.every((n) => Number.isInteger(n) && n >= 0))
      throw new RunError(
        `the step's input ${name} has the shape ${JSON.stringify(shape)}; expected an array of whole numbers, the batch's among them`,
      );
    if (!['float32', 'int32', 'bool'].includes(dtype))
      throw new RunError(
        `the step's input ${name} is of type ${dtype}; expected float32, int32 or bool`,
      );
  }
}

/** @throws RunError where two of a step's inputs and variables have one name. */
export function checkNames(inputs: readonly string[], variables: readonly string[]): void {
  const seen = new Map<string, string>();
  const add = (what: string, name: string): void => {
    const other = seen.get(name);
    if (other !== undefined)
      throw new RunError(
        `${other === what ? `two ${what}s` : `an ${other} and a ${what}`} of the step have the name "${name}"; each needs a name of its own (the option variables gives variables their names)`,
      );
    seen.set(name, what);
  };
  for (const name of inputs) add('input', name);
  for (const name of variables) {
    checkName('variable', name);
    add('variable', name);
  }
}

function checkName(what: string, name: string): void {
  if (name === '' || name.startsWith('%'))
    throw new RunError(
      `a step's ${what} has the name "${name}"; expected one that is not empty and does not begin with %`,
    );
}

/** What a step returned, by name. @throws RunError where that is not an object of tensors. */
export function outputTensors(results: unknown): [string, tf.Tensor][] {
  if (results instanceof Promise || (results as { then?: unknown } | undefined)?.then)
    throw new RunError(
      'the step is asynchronous: a compiled step is a function that returns tensors at once',
    );
  if (typeof results !== 'object' || results === null || results instanceof tf.Tensor)
    throw new RunError(
      `the step returned ${results instanceof tf.Tensor ? 'a tensor' : String(results)}; expected an object of named tensors, as { loss }`,
    );
  return Object.entries(results).map(([name, result]: [string, unknown]) => {
    if (name === '' || name.startsWith('%')) checkName('output', name);
    if (result instanceof tf.Tensor && result.isDisposed)
      throw new RunError(
        `the step's output ${name} is disposed of (by tf.dispose, or since the tf.tidy that it was made in has ended): return it from there`,
      );
    if (!(result instanceof tf.Tensor))
      throw new RunError(
        `the step's output ${name} is ${result instanceof Promise ? 'a promise' : typeof result === 'object' ? 'no tensor' : `the ${typeof result} ${JSON.stringify(result)}`}; expected a tensor`,
      );
    return [name, result as tf.Tensor];
  });
}
