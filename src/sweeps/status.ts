import { isTrained } from '../evaluation/good-enough.js';
import type { LogRow } from '../runs/log.js';
import { readLog } from '../runs/run-data.js';
import { runState, type RunState } from '../runs/run-state.js';
import { hasBegun, labelOf, memberFolder, type PlannedRun, type Sweep } from '../runs/sweep.js';

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
}

/** The status of each run, by its files: it may be trained on any machine. */
export const statusOf = (sweep: Sweep): MemberStatus[] =>
  sweep.runs.map((run, index) => memberStatus(sweep, run, index));

function memberStatus(sweep: Sweep, run: PlannedRun, index: number): MemberStatus {
  const folder = memberFolder(sweep, run);
  const last = hasBegun(sweep, run) ? readLog(folder).rows.at(-1) : undefined;
  const epochs = last?.epoch ?? 0;
  const allEpochs = run.options.epochs;
  return {
    index,
    name: run.name,
    label: labelOf(sweep, run),
    folder,
    state: runState(folder, last, isTrained(run.options, last)),
    epochs,
    allEpochs,
    ...(last !== undefined && { last }),
  };
}
