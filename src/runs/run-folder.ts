import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../errors.js';
import { removeAbandoned } from '../files/abandoned.js';
import { codeOf, explained, explainFileError } from '../files/explain.js';
import { makeFolder, syncFolder } from '../files/folders.js';
import { Lease } from '../files/lease.js';
import { checkPlace } from '../files/place.js';
import { readText } from '../files/read.js';
import { PACKAGED } from './packaged.js';
import { removeTemporaries } from '../files/temporaries.js';

/** The places in a run's folder. */
export const RUN_FILES = {
  options: 'options.json',
  /** Instead of options.json in a folder of several runs. */
  sweep: 'sweep.json',
  /** The same of ten runs, one for each digit, in folders of gan-mnist 0.1. */
  digits: 'digits.json',
  log: 'log.jsonl',
  losses: 'losses.csv',
  report: 'report.html',
  samples: 'samples',
  model: 'model',
  generatorOnnx: join('model', 'generator.onnx'),
  checkpoints: 'checkpoint',
  /** What `evaluate` found; its pictures are beside it. */
  evaluation: join('evaluation', 'evaluation.json'),
} as const;

/** The folders in a run's, those around others first. */
export const RUN_FOLDERS = [
  RUN_FILES.samples,
  RUN_FILES.model,
  join(RUN_FILES.model, 'generator'),
  join(RUN_FILES.model, 'discriminator'),
  RUN_FILES.checkpoints,
] as const;

/** Grids of a run beside those of its epochs. */
export const GRID_FILES = {
  /** Real images of the same classes as the samples. */
  real: 'real.png',
  /** A walk through z by the generator in `model`. */
  walk: 'walk.png',
} as const;

const RUN_NAME = /^(\d{5,})-[a-z0-9-]+$/;
const NUMBER_DIGITS = 5;
const DRAFT = '.unfinished-';
/** Claims a number, while a run is moved to it. */
const CLAIM = '.number-';
const HALF_MADE = /^\.(unfinished|number)-/;

/** The sample grid of an epoch, in a run's folder. */
export function sampleFile(epoch: number): string {
  return join(RUN_FILES.samples, `epoch-${String(epoch).padStart(4, '0')}.png`);
}

/** The epoch of a file in `samples`; undefined for what is no run's, as a user's own. */
export function epochOfSampleFile(name: string): number | undefined {
  const epoch = /^epoch-(\d{4,})\.png$/.exec(name)?.[1];
  return epoch === undefined ? undefined : Number(epoch);
}

/**
 * Names the newest run. There is no link of that name in the folder of all runs: TensorBoard follows links and would show that run twice,
 * and where runs are copied or synchronised a link becomes a folder that nobody renews.
 */
export const LATEST = 'latest';
/** Names that the folder of all runs has for something else. */
const TAKEN = [LATEST, 'compare', 'classifiers', PACKAGED];

/** Whether a folder is a run's or a sweep's. */
export const isRun = (folder: string): boolean =>
  [RUN_FILES.options, RUN_FILES.sweep, RUN_FILES.digits].some((file) =>
    existsSync(join(folder, file)),
  );

/**
 * The runs of an outputs folder, oldest first, as paths; a folder of several runs is one of them. Those that have a name in the place of
 * a number, whatever name, stand behind the numbered ones that were made before them.
 */
export function listRuns(outputs: string): string[] {
  const runs = numberedRuns(outputs);
  const named = existsSync(outputs)
    ? readNames(outputs)
        .filter((name) => !RUN_NAME.test(name) && !name.startsWith('.') && !TAKEN.includes(name))
        .map((name) => join(outputs, name))
        .filter(isRun)
    : [];
  if (named.length === 0) return runs;
  const madeAt = new Map([...runs, ...named].map((run) => [run, madeAtOf(run)]));
  for (const run of named.sort((a, b) => madeAt.get(a)! - madeAt.get(b)!)) {
    // A copy of a run, which was made when it was, is not newer.
    const before = runs.findLastIndex((other) => madeAt.get(other)! < madeAt.get(run)!);
    runs.splice(before + 1, 0, run);
  }
  return runs;
}

function numberedRuns(outputs: string): string[] {
  if (!existsSync(outputs)) return [];
  const names = readNames(outputs).filter((name) => RUN_NAME.test(name));
  return names.sort((a, b) => numberOf(a) - numberOf(b)).map((name) => join(outputs, name));
}

/** When a run was begun, in milliseconds: as it says itself; a sweep, since when it has its plan, which stays as it is. */
export function madeAtOf(run: string): number {
  const options = join(run, RUN_FILES.options);
  try {
    const { createdAt } = JSON.parse(readText(options)) as { createdAt?: unknown };
    const time = typeof createdAt === 'string' ? Date.parse(createdAt) : NaN;
    if (Number.isFinite(time)) return time;
  } catch (error) {
    // A sweep has none, and of a damaged one its own commands say so.
    if (!(error instanceof UserError || error instanceof SyntaxError)) throw error;
  }
  const plan = join(run, RUN_FILES.sweep);
  return statSync(existsSync(plan) ? plan : run).mtimeMs;
}

/** Why a run cannot have this name; undefined where it can. */
function refusedName(name: string): string | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name))
    return 'letters, digits, dots, dashes and underscores, at most 100';
  if (RUN_NAME.test(name)) return 'a name that is not that of a numbered run';
  return TAKEN.includes(name) ? `another name than ${TAKEN.join(', ')}` : undefined;
}

/**
 * Checks a name that the user gives to a new run, before anything is done for it.
 *
 * @throws UserError where a run cannot have it, or there is something of that name.
 */
function checkRunName(outputs: string, name: string): void {
  const expected = refusedName(name);
  if (expected !== undefined) throw new UserError(`--name: found "${name}", expected ${expected}`);
  const folder = join(outputs, name);
  if (existsSync(folder))
    throw new UserError(
      `--name: ${folder} is there already, expected a new name (${isRun(folder) ? `gan-mnist train --resume ${folder} goes on with it` : 'it is no run'})`,
    );
}

/**
 * Checks, before data are read and steps compiled, that a new run can be made.
 *
 * @param name that the user gives it.
 * @throws UserError where nothing can be written into the folder of runs, or as {@link checkRunName}.
 */
export function checkNewRun(outputs: string, name?: string): void {
  checkPlace(outputs, 'folder');
  if (name !== undefined) checkRunName(outputs, name);
}

/**
 * Makes the next numbered run folder, whole: it is filled under a hidden name and gets its number and its place once the
 * first files are in it.
 *
 * @param name what stands behind the number; or the whole name, where the user has given one.
 * @param fill writes the first files into the folder that it is given.
 */
export async function createRun(
  outputs: string,
  name: string | { readonly whole: string },
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  makeFolder(outputs);
  const draft = join(outputs, `${DRAFT}${randomUUID()}`);
  try {
    mkdirSync(draft);
    removeTemporaries(outputs, false);
    removeAbandoned(
      outputs,
      (one) => join(outputs, one) !== draft && HALF_MADE.test(one),
      statSync(draft).mtimeMs,
    );
    const lease = await Lease.take(draft);
    try {
      await fill(draft);
      // It gets its place only once what is in it is safe.
      for (const name of ['.', ...readdirSync(draft, { recursive: true, encoding: 'utf8' })])
        if (statSync(join(draft, name)).isDirectory()) syncFolder(join(draft, name));
    } finally {
      lease.release();
    }
    return typeof name === 'string'
      ? numbered(outputs, draft, name)
      : named(outputs, draft, name.whole);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw explainFileError(error, 'make a run in', outputs);
  }
}

/**
 * Gives a run the next number. Nobody waits: a number is claimed by making a folder, which only one process can, and whoever
 * has the claim and still finds no run of that number is the only one to move a run there.
 */
function numbered(outputs: string, draft: string, name: string): string {
  for (let number = nextNumber(outputs); ; number++) {
    const digits = String(number).padStart(NUMBER_DIGITS, '0');
    const claim = join(outputs, `${CLAIM}${digits}`);
    try {
      mkdirSync(claim);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue;
      throw error;
    }
    try {
      if (nextNumber(outputs) > number) continue;
      const folder = join(outputs, `${digits}-${name}`);
      renameSync(draft, folder);
      syncFolder(outputs);
      return folder;
    } finally {
      rmdirSync(claim);
    }
  }
}

/** Gives a run its own name. */
function named(outputs: string, draft: string, name: string): string {
  checkRunName(outputs, name);
  const folder = join(outputs, name);
  // Of two that want it at the same moment one finds the other's, which is not empty.
  renameSync(draft, folder);
  syncFolder(outputs);
  return folder;
}

function nextNumber(outputs: string): number {
  const newest = numberedRuns(outputs).at(-1);
  return newest === undefined ? 1 : numberOf(newest) + 1;
}

/** A name in `outputs` of a run that is being removed: what a killed process leaves of it goes with the next training. */
export const removedName = (id: string): string => `${DRAFT}${id}`;

const readNames = (folder: string): string[] =>
  explained('read', folder, () => readdirSync(folder));

const numberOf = (run: string): number => Number(RUN_NAME.exec(basename(run))![1]);
