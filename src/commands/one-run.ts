import { join } from 'node:path';
import { UserError } from '../errors.js';
import { isDigitsFolder } from '../runs/digit-folders.js';
import { findRun } from '../runs/run-folder.js';
import { OUTPUTS } from '../cli/common-options.js';

/**
 * The run that the user means, for commands that show one: the named folder, or the newest.
 *
 * @param where the flag or argument by which it is named.
 * @throws UserError where there is none, or where it is ten runs, one a digit.
 */
export function findOneRun(named: string | undefined, where: string): string {
  const run = findRun(OUTPUTS, named, where);
  if (isDigitsFolder(run))
    throw new UserError(
      `${where}: ${run} holds a run for each digit, expected one of them, as ${join(run, 'digit-3')}`,
    );
  return run;
}
