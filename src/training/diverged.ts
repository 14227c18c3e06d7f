import type { Values } from '../backends/index.js';
import { RunError } from '../errors.js';
import type { Scalars } from '../gan/step.js';
import { wordsOf } from '../names.js';

/** @throws RunError where a weight is no longer a finite number. */
export function checkFinite(state: ReadonlyMap<string, Values>, step: number): void {
  for (const [name, values] of state) {
    for (let k = 0; k < values.length; k++)
      if (!Number.isFinite(values[k])) throw diverged(`${name} holds ${values[k]}`, step);
  }
}

/** Scalars in words, for an error. */
export const scalarsText = (scalars: Scalars): string =>
  Object.entries(scalars)
    .map(([name, value]) => `${wordsOf(name)} ${value}`)
    .join(', ');

export function diverged(what: string, step: number): RunError {
  return new RunError(
    `step ${step}: ${what}: the training diverged; the last good checkpoint is kept. Start again with a lower --learning-rate, or another --seed`,
  );
}
