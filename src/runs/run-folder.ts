import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { statSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../errors.js';
import { explainFileError, makeFolder, removeTemporaries } from '../files.js';
import { isInUse, lockFolder, whileLocked } from './lock.js';

/** The places in a run's folder. */
export const RUN_FILES = {
  options: 'options.json',
  /** Instead of options.json in a folder of ten runs, one a digit. */
  digits: 'digits.json',
  log: 'log.jsonl',
  losses: 'losses.csv',
  report: 'report.html',
  samples: 'samples',
  model: 'model',
  generatorOnnx: join('model', 'generator.onnx'),
  checkpoints: 'checkpoint',
} as const;

const RUN_NAME = /^(\d{5,})-[a-z0-9-]+$/;
const NUMBER_DIGITS = 5;
const DRAFT = '.unfinished-';
/** A new run's folder is locked long before it is this old. */
const MILLISECONDS_TO_LOCK = 60_000;

/** The sample grid of an epoch, in a run's folder. */
export function sampleFile(epoch: number): string {
  return join(RUN_FILES.samples, `epoch-${String(epoch).padStart(4, '0')}.png`);
}

/** The epoch of a file in `samples`; undefined for what is no run's, as a user's own. */
export function epochOfSampleFile(name: string): number | undefined {
  const epoch = /^epoch-(\d{4,})\.png$/.exec(name)?.[1];
  return epoch === undefined ? undefined : Number(epoch);
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
 * @param where the flag or argument by which it was named.
 * @throws UserError where there is none.
 */
export function findRun(outputs: string, run?: string, where = '--run'): string {
  if (run === undefined) {
    const newest = listRuns(outputs).at(-1);
    if (newest === undefined)
      throw new UserError(
        `found no run in ${outputs}, expected one made by gan-mnist train (or name one with ${where})`,
      );
    return newest;
  }
  const folder = [run, join(outputs, run)].find((path) =>
    [RUN_FILES.options, RUN_FILES.digits].some((file) => existsSync(join(path, file))),
  );
  if (folder === undefined)
    throw new UserError(
      `${where}: found no run in ${run}, expected a folder with ${RUN_FILES.options}, as gan-mnist train makes it`,
    );
  return folder;
}

/**
 * Makes the next numbered run folder, whole: it is filled under a hidden name, locked, and gets its number and its place
 * once the first files are in it. Numbers are given one process at a time.
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
  removeAbandoned(outputs);
  const draft = join(outputs, `${DRAFT}${randomUUID()}`);
  try {
    mkdirSync(draft);
    const unlock = lockFolder(draft);
    await fill(draft);
    unlock();
    return await whileLocked(outputs, () => {
      const newest = listRuns(outputs).at(-1);
      const number = newest === undefined ? 1 : numberOf(newest) + 1;
      const numbered = `${String(number).padStart(NUMBER_DIGITS, '0')}-${name}`;
      const folder = join(outputs, numbered);
      renameSync(draft, folder);
      pointLatest(outputs, numbered);
      return folder;
    });
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw explainFileError(error, 'make a run in', outputs);
  }
}

/** Removes what processes that were killed while they made a run have left. */
function removeAbandoned(outputs: string): void {
  removeTemporaries(outputs, false);
  for (const name of readNames(outputs).filter((one) => one.startsWith(DRAFT))) {
    const draft = join(outputs, name);
    const age = Date.now() - (statSync(draft, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (!(isInUse(draft) ?? age < MILLISECONDS_TO_LOCK))
      rmSync(draft, { recursive: true, force: true });
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

const numberOf = (run: string): number => Number(RUN_NAME.exec(basename(run))![1]);
