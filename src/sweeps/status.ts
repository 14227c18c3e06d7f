import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isTrained } from '../evaluation/good-enough.js';
import type { RunOptions } from '../gan/options.js';
import type { LogRow } from '../runs/log.js';
import { readLog, runState, type RunState } from '../runs/run-data.js';
import { RUN_FILES } from '../runs/run-folder.js';
import { labelOf, memberFolder, type PlannedRun, type Sweep } from '../runs/sweep.js';

/** How far a run of a sweep is. */
export interface MemberStatus {
  readonly index: number;
  readonly name: string;
  readonly label: string;
  readonly folder: string;
  readonly state: RunState;
  /** In its log. */
  readonly epochs: number;
  readonly allEpochs: number;
  readonly last?: LogRow;
  /** Of its log. */
  readonly rows: readonly LogRow[];
}

/** The status of each run, by its files: it may be trained on any machine. */
export const statusOf = (sweep: Sweep): MemberStatus[] =>
  sweep.runs.map((run, index) => memberStatus(sweep, run, index));

function memberStatus(sweep: Sweep, run: PlannedRun, index: number): MemberStatus {
  const folder = memberFolder(sweep, run);
  return {
    index,
    name: run.name,
    label: labelOf(sweep, run),
    folder,
    ...runStatus(folder, run.options),
  };
}

/** How far a run is, by its files. */
export function runStatus(
  folder: string,
  options: RunOptions,
): Pick<MemberStatus, 'state' | 'epochs' | 'allEpochs' | 'last' | 'rows'> {
  const begun = existsSync(join(folder, RUN_FILES.options));
  const { rows } = begun ? readLog(folder) : { rows: [] };
  const last = rows.at(-1);
  return {
    state: runState(folder, last, isTrained(options, last)),
    epochs: last?.epoch ?? 0,
    allEpochs: options.epochs,
    rows,
    ...(last !== undefined && { last }),
  };
}
