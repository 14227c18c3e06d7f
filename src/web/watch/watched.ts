import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { explained } from '../../files/explain.js';
import { isTrained } from '../../evaluation/good-enough.js';
import type { RunOptions } from '../../gan/options.js';
import type { LogRow } from '../../runs/log.js';
import { checkOwnFiles } from '../../runs/own-files.js';
import { damagedText, nameOf, readLog, type RunState, runState } from '../../runs/run-data.js';
import { readRunDescription, type RunDescription } from '../../runs/run-description.js';
import { RUN_FILES } from '../../runs/run-folder.js';
import { isSweep, memberFolder, readSweep, shortLabelOf } from '../../runs/sweep.js';

/** A run as it is at a moment, perhaps before its first epoch. */
export interface WatchedRun {
  readonly folder: string;
  /** In a sweep, what distinguishes it. */
  readonly label: string;
  readonly state: RunState;
  readonly options: RunOptions;
  /** Missing of a run of a sweep that has not begun. */
  readonly description?: RunDescription;
  readonly rows: readonly LogRow[];
  /** What is wrong with its files, for the reader to know. */
  readonly problem?: string;
}

/** What is watched: one run, or those of a sweep. */
export interface Watched {
  readonly folder: string;
  readonly name: string;
  /** Names of the options in which the runs differ; absent of a single run. */
  readonly varied?: readonly string[];
  readonly runs: readonly WatchedRun[];
}

/**
 * Reads a run's folder, or that of a sweep.
 *
 * @throws UserError where it is none, is damaged, or has links out of it.
 */
export function readWatched(folder: string): Watched {
  if (!existsSync(folder)) throw new UserError(`${folder} is gone: it was deleted or moved`);
  const name = nameOf(folder);
  if (!isSweep(folder)) return { folder, name, runs: [readOne(folder, name)] };
  const sweep = readSweep(folder);
  const runs = sweep.runs.map((run) => {
    const member = memberFolder(sweep, run);
    const label = shortLabelOf(sweep, run);
    return existsSync(join(member, RUN_FILES.options))
      ? readOne(member, label)
      : {
          folder: member,
          label,
          state: runState(member, undefined, false),
          options: run.options,
          rows: [],
        };
  });
  return { folder, name, varied: sweep.varied, runs };
}

function readOne(folder: string, label: string): WatchedRun {
  checkOwnFiles(folder);
  const description = readRunDescription(folder);
  const { options } = description;
  const { rows, damaged } = readLog(folder);
  const last = rows.at(-1);
  const state = runState(folder, last, isTrained(options, last));
  return {
    folder,
    label,
    state,
    options,
    description,
    rows,
    ...(damaged.length > 0 && { problem: damagedText(folder, damaged) }),
  };
}

/**
 * Differs whenever what is watched may have: logs and options are replaced or appended to, and whether a process is at work there
 * is asked.
 *
 * @throws UserError where it cannot be looked at.
 */
export function stampOf(folder: string): string {
  return explained('read', folder, () => {
    if (!existsSync(folder)) return 'gone';
    if (!isSweep(folder)) return runStamp(folder);
    const sweep = readSweep(folder);
    return sweep.runs.map((run) => runStamp(memberFolder(sweep, run))).join('; ');
  });
}

function runStamp(folder: string): string {
  const files = [RUN_FILES.log, RUN_FILES.options, RUN_FILES.evaluation].map((name) => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    return found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeMs}`;
  });
  return [...files, runState(folder, undefined, false)].join(', ');
}
