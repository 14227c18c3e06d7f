import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { explained } from '../files/explain.js';
import { type LogRow, parseLog } from './log.js';
import { readRunDescription, type RunDescription } from './run-description.js';
import { RUN_FILES, sampleFile } from './run-folder.js';
import {
  hasBegun,
  isSweep,
  memberFolder,
  readSweep,
  sharedOptions,
  shortLabelOf,
} from './sweep.js';
import type { Scalars } from '../gan/step.js';
import { isInUse } from '../files/lease.js';
import { readText } from '../files/read.js';
import { newestStep } from './checkpoint.js';

/** What a run's folder says, as pages show it. */
export interface RunData {
  readonly folder: string;
  /** The folder's own name, as 00003-dense. */
  readonly name: string;
  readonly description: RunDescription;
  /** At least one. */
  readonly rows: readonly LogRow[];
  /** In the folder of a sweep; `rows` are then the means of its runs. */
  readonly sweep?: SweepData;
}

export interface SweepData {
  readonly varied: readonly string[];
  /** The runs that have finished an epoch, by what distinguishes them: of a sweep over --digit "0" to "9". */
  readonly runs: ReadonlyMap<string, RunData>;
  /** What distinguishes each run of the plan. */
  readonly planned: readonly string[];
}

/**
 * Reads a run, or a folder of several, for a page.
 *
 * @param warn told of lines of the log that are damaged and were skipped.
 * @throws UserError where the folder is no run, or one without a finished epoch.
 */
export function readRun(folder: string, warn: Warn): RunData {
  const many = isSweep(folder);
  const run = (many ? readSweepIfBegun : readRunIfBegun)(folder, warn);
  if (run === undefined)
    throw new UserError(
      `${folder} has no finished epoch yet, expected at least one line in ${many ? 'the log of a run' : RUN_FILES.log}: train it ${many ? `with gan-mnist sweep run ${folder}` : `on with gan-mnist train --resume ${folder}`}, or follow it with gan-mnist watch`,
    );
  return run;
}

type Warn = (message: string) => void;

/** The runs of a sweep as if they were one. */
function readSweepIfBegun(folder: string, warn: Warn): RunData | undefined {
  const sweep = readSweep(folder);
  const runs = new Map<string, RunData>();
  for (const planned of sweep.runs.filter((one) => hasBegun(sweep, one))) {
    const run = readRunIfBegun(memberFolder(sweep, planned), warn);
    if (run !== undefined) runs.set(shortLabelOf(sweep, planned), run);
  }
  const [first] = runs.values();
  if (first === undefined) return undefined;
  const rows = meanRows([...runs.values()].map((run) => run.rows));
  const { varied } = sweep;
  const planned = sweep.runs.map((one) => shortLabelOf(sweep, one));
  const description = { ...first.description, options: sharedOptions(sweep) };
  return { folder, name: nameOf(folder), description, rows, sweep: { varied, runs, planned } };
}

/** A run; undefined where no epoch of it is finished. */
function readRunIfBegun(folder: string, warn: Warn): RunData | undefined {
  const description = readRunDescription(folder);
  const { rows, damaged } = readLog(folder);
  if (damaged.length > 0) warn(damagedText(folder, damaged));
  const broken = brokenGridsText(folder, rows);
  if (broken !== undefined) warn(broken);
  return rows.length === 0 ? undefined : { folder, name: nameOf(folder), description, rows };
}

/** The log of a run; without one, no rows. */
export function readLog(folder: string): { rows: LogRow[]; damaged: number[] } {
  const path = join(folder, RUN_FILES.log);
  return parseLog(existsSync(path) ? readText(path) : '');
}

export function damagedText(folder: string, damaged: readonly number[]): string {
  const [word, verb] = damaged.length === 1 ? ['line', 'is'] : ['lines', 'are'];
  return `${join(folder, RUN_FILES.log)}: ${word} ${damaged.join(', ')} ${verb} damaged and ${verb} skipped`;
}

/** The epochs of which the folder has a whole grid of samples. */
export function sampledEpochs(folder: string, rows: readonly Pick<LogRow, 'epoch'>[]): number[] {
  return rows
    .map((row) => row.epoch)
    .filter((epoch) => stateOfGrid(join(folder, sampleFile(epoch))) === 'whole');
}

/** What is to be said of grids that are no whole PNG files, as those cut off are: pictures and pages leave them out. */
export function brokenGridsText(folder: string, rows: readonly LogRow[]): string | undefined {
  const broken = rows
    .map((row) => join(folder, sampleFile(row.epoch)))
    .filter((path) => stateOfGrid(path) === 'broken');
  if (broken.length === 0) return undefined;
  const [first, ...others] = broken;
  return others.length === 0
    ? `${first} is no whole PNG file: pictures and pages leave it out`
    : `${first} and ${others.length} more are no whole PNG files: pictures and pages leave them out`;
}

/** The chunk that every PNG ends with (PNG specification, 11.2.5 IEND). */
const PNG_END = Buffer.from('0000000049454e44ae426082', 'hex');

function stateOfGrid(path: string): 'missing' | 'broken' | 'whole' {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'missing';
  if (found.size < PNG_END.length) return 'broken';
  return explained('read', path, () => {
    const file = openSync(path, 'r');
    try {
      const end = Buffer.alloc(PNG_END.length);
      readSync(file, end, 0, end.length, found.size - end.length);
      return end.equals(PNG_END) ? 'whole' : 'broken';
    } finally {
      closeSync(file);
    }
  });
}

/** The last part of the folder's path, also of "." or of a link. */
export const nameOf = (folder: string): string => basename(resolve(folder));

/**
 * For each epoch the means over the runs that have come to it; steps and seconds are sums, the time is the latest.
 *
 * @param runs the rows of each, in the order of epochs.
 */
function meanRows(runs: readonly (readonly LogRow[])[]): LogRow[] {
  const byEpoch = new Map<number, LogRow[]>();
  for (const row of runs.flat()) byEpoch.set(row.epoch, [...(byEpoch.get(row.epoch) ?? []), row]);
  return [...byEpoch.values()].map(meanRow).sort((a, b) => a.epoch - b.epoch);
}

function meanRow(rows: readonly LogRow[]): LogRow {
  return {
    epoch: rows[0].epoch,
    step: sum(rows.map((row) => row.step)),
    scalars: meansOf(rows.map((row) => row.scalars)),
    last: meansOf(rows.map((row) => row.last)),
    measures: meansOf(rows.map((row) => row.measures)),
    seconds: sum(rows.map((row) => row.seconds)),
    imagesPerSecond: mean(rows.map((row) => row.imagesPerSecond)),
    time: rows
      .map((row) => row.time)
      .sort()
      .at(-1)!,
  };
}

/** The mean of each number over those that have it. */
function meansOf(all: readonly Scalars[]): Scalars {
  const names = new Set(all.flatMap((one) => Object.keys(one)));
  const meanOf = (name: string): number =>
    mean(all.flatMap((one) => (name in one ? [one[name]] : [])));
  return Object.fromEntries([...names].map((name) => [name, meanOf(name)]));
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

/**
 * waiting: not begun; running: a process has it, or had it until a moment ago on another machine; stopped: begun, and
 * nobody has it; done: it is trained to its end.
 */
export type RunState = 'waiting' | 'running' | 'stopped' | 'done';

/**
 * The state of a run by its files: it may be trained on any machine.
 *
 * @param last row of its log.
 * @param trained whether that is the last one that there will be.
 */
export function runState(folder: string, last: LogRow | undefined, trained: boolean): RunState {
  // Of another machine's or container's process nobody here can tell; it may still be drawing.
  if (existsSync(join(folder, 'lock')) && isInUse(folder) !== false) return 'running';
  if (!existsSync(join(folder, RUN_FILES.options))) return 'waiting';
  return trained && isSaved(folder, last!.step) ? 'done' : 'stopped';
}

/** Whether what the log tells of is in a checkpoint too. A damaged run is not: its training says what is wrong. */
function isSaved(folder: string, step: number): boolean {
  try {
    readRunDescription(folder);
    return newestStep(join(folder, RUN_FILES.checkpoints)) === step;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
