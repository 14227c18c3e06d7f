import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { isFolder } from '../files/special.js';
import { isSameName } from '../names.js';
import { PACKAGED, PACKAGED_RUN } from './packaged.js';
import { isRun, LATEST, listRuns } from './run-folder.js';

/**
 * The run that the user means: the named folder, `packaged` for the generator in the package, `latest` or none for the newest in `outputs`.
 *
 * @param where the flag or argument by which it was named.
 * @throws UserError where there is none.
 */
export function findRun(outputs: string, run?: string, where = '--run'): string {
  if (run === undefined || run === LATEST) return newestRun(outputs, where);
  if (basename(run) === LATEST && !isRun(run)) return newestRun(dirname(run), where);
  const [first, second] = run.split('\n');
  if (second !== undefined)
    throw new UserError(`${where}: found several lines, expected the path of one run, as ${first}`);
  const folder = [run, join(outputs, run)].find(isRun) ?? alikeIn(outputs, run);
  if (folder === undefined && run === PACKAGED) return PACKAGED_RUN;
  if (folder === undefined)
    throw new UserError(
      `${where}: found no run in ${run}, expected ${runsText(holdsRuns(run) ? run : outputs)}`,
    );
  return folder;
}

/** The run whose name or path looks like the one that was typed, and is encoded otherwise. */
const alikeIn = (outputs: string, run: string): string | undefined =>
  [outputs, dirname(run)]
    .flatMap((folder) => (isFolder(folder) ? listRuns(folder) : []))
    .find((one) => isSameName(one, run) || isSameName(basename(one), run));

/**
 * A run that has a log, checkpoints and pictures, as the generator in the package has not.
 *
 * @throws as {@link findRun}; UserError for `packaged`.
 */
export function findOwnRun(outputs: string, run: string | undefined, where: string): string {
  const folder = findRun(outputs, run, where);
  if (folder === PACKAGED_RUN)
    throw new UserError(
      `${where}: ${PACKAGED} is the generator in the package alone, without its training; expected ${runsText(outputs)}`,
    );
  return folder;
}

function newestRun(outputs: string, where: string): string {
  const newest = listRuns(outputs).at(-1);
  if (newest === undefined)
    throw new UserError(
      `found no run in ${outputs}, expected one made by gan-mnist train (or name one with ${where}${where === DRAWS ? `; "${PACKAGED}" is the generator in the package` : ''})`,
    );
  return newest;
}

/** The flag of commands that draw with a generator, for which that in the package will do. */
const DRAWS = '--run';
const MOST_NAMED = 5;

/** Whether it is a folder of runs, as `--out` takes it, that was named in the place of one of them. */
function holdsRuns(folder: string): boolean {
  return isFolder(folder) && listRuns(folder).length > 0;
}

/** What could have been named: the newest runs that there are. */
function runsText(outputs: string): string {
  const runs = listRuns(outputs).map((run) => basename(run));
  if (runs.length === 0) return 'a folder made by gan-mnist train';
  const first = runs.length > MOST_NAMED ? '..., ' : '';
  return `a run: ${outputs} has ${first}${runs.slice(-MOST_NAMED).join(', ')}`;
}
