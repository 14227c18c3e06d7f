import { refuseSweep } from '../runs/sweep.js';
import { findRun } from '../runs/find-run.js';
import { OUTPUTS } from '../cli/common-options.js';

/**
 * The run that the user means, for commands that show one: the named folder, or the newest.
 *
 * @param where the flag or argument by which it is named.
 * @throws UserError where there is none, or where it is a sweep.
 */
export function findOneRun(named: string | undefined, where: string): string {
  const run = findRun(OUTPUTS, named, where);
  refuseSweep(run, `${where}: `);
  return run;
}
