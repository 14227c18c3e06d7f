import {
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { explainFileError, makeFolder } from '../files.js';
import { UserError } from '../errors.js';

/** The places in a run's folder. */
export const RUN_FILES = {
  options: 'options.json',
  /** Instead of options.json in a folder of ten runs, one a digit. */
  digits: 'digits.json',
  log: 'log.jsonl',
  losses: 'losses.csv',
  samples: 'samples',
  model: 'model',
  generatorOnnx: join('model', 'generator.onnx'),
  checkpoints: 'checkpoint',
} as const;

const RUN_NAME = /^(\d{5,})-[a-z0-9-]+$/;

/** The sample grid of an epoch, in a run's folder. */
export function sampleFile(epoch: number): string {
  return join(RUN_FILES.samples, `epoch-${String(epoch).padStart(4, '0')}.png`);
}

/** The runs of an outputs folder, oldest first, as paths; a folder of ten runs, one a digit, is one of them. */
export function listRuns(outputs: string): string[] {
  if (!existsSync(outputs)) return [];
  const names = readNames(outputs).filter((name) => RUN_NAME.test(name));
  return names.sort((a, b) => numberOf(a) - numberOf(b)).map((name) => join(outputs, name));
}

/**
 * The run that the user means: the named folder, or the newest in `outputs`.
 *
 * @throws UserError where there is none.
 */
export function findRun(outputs: string, run?: string): string {
  if (run === undefined) {
    const newest = listRuns(outputs).at(-1);
    if (newest === undefined)
      throw new UserError(
        `found no run in ${outputs}, expected one made by gan-mnist train (or name one with --run)`,
      );
    return newest;
  }
  const folder = [run, join(outputs, run)].find((path) =>
    [RUN_FILES.options, RUN_FILES.digits].some((file) => existsSync(join(path, file))),
  );
  if (folder === undefined)
    throw new UserError(
      `--run: found no run in ${run}, expected a folder with ${RUN_FILES.options}, as gan-mnist train makes it`,
    );
  return folder;
}

/**
 * Makes the next numbered run folder, whole: it appears under its name only once `fill` has put the first files there.
 * Processes that start at the same moment get different numbers, since a number's hidden folder can be made only once.
 *
 * @param name what stands behind the number.
 * @param fill writes the first files into the folder that it is given.
 */
export async function createRun(
  outputs: string,
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  makeFolder(outputs);
  const newest = listRuns(outputs).at(-1);
  for (
    let number = newest === undefined ? 1 : numberOf(newest.slice(outputs.length + 1)) + 1;
    ;
    number++
  ) {
    const digits = String(number).padStart(5, '0');
    const hidden = join(outputs, `.${digits}-unfinished`);
    if (!reserve(hidden)) continue;
    try {
      // Another process may have finished this number between our look and our reservation.
      if (listRuns(outputs).some((run) => numberOf(run.slice(outputs.length + 1)) === number))
        continue;
      await fill(hidden);
      const folder = join(outputs, `${digits}-${name}`);
      renameSync(hidden, folder);
      pointLatest(outputs, `${digits}-${name}`);
      return folder;
    } catch (error) {
      throw explainFileError(error, 'make a run in', outputs);
    } finally {
      rmSync(hidden, { recursive: true, force: true });
    }
  }
}

/** Whether the folder could be made: false where another process has it. */
function reserve(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw explainFileError(error, 'create the folder', folder);
  }
}

/** Makes the link `latest` point at a run, in one move. */
function pointLatest(outputs: string, name: string): void {
  const link = join(outputs, 'latest');
  const fresh = join(outputs, `.latest-${process.pid}`);
  try {
    if (existsSync(link) && readlinkSync(link) === name) return;
    rmSync(fresh, { force: true });
    symlinkSync(name, fresh, 'dir');
    renameSync(fresh, link);
  } catch {
    // Some systems (Windows without the right) have no links. Commands find the newest run by its number.
    rmSync(fresh, { force: true });
  }
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw explainFileError(error, 'read', folder);
  }
}

const numberOf = (name: string): number => Number(/(\d{5,})-[a-z0-9-]+$/.exec(name)![1]);
