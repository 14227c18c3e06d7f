import type { Values } from '../backends/index.js';
import { RunError, UserError } from '../errors.js';
import type { Scalars } from '../gan/step.js';
import { refusedName } from '../runs/log.js';
import { wordsOf } from '../names.js';

/**
 * What a step returned, each a single number.
 *
 * @throws UserError for a step that returns anything else, or under a name that a log cannot have.
 */
export function scalarsOf(results: Readonly<Record<string, Values>>): Scalars {
  const scalars: Record<string, number> = {};
  for (const name in results) {
    const values = results[name];
    const refused = refusedName(name);
    if (refused !== undefined)
      throw new UserError(`the training step returns "${name}", expected ${refused}`);
    if (values.length !== 1)
      throw new UserError(
        `the training step returns ${values.length} numbers as ${name}, expected a single one, as a mean`,
      );
    scalars[name] = values[0];
  }
  return scalars;
}

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
