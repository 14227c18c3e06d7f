import type { Values } from '../backends/index.js';
import { UserError } from '../errors.js';
import type { Scalars } from '../gan/step.js';
import { refusedName } from '../runs/log.js';

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
