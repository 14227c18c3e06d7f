import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { isInUse } from '../files/lease.js';
import { newestStep } from '../runs/checkpoint.js';
import type { LogRow } from '../runs/log.js';
import { readLog } from '../runs/run-data.js';
import { readRunDescription } from '../runs/run-description.js';
import { RUN_FILES } from '../runs/run-folder.js';
import { hasBegun, labelOf, memberFolder, type PlannedRun, type Sweep } from '../runs/sweep.js';

/** How far a run of a sweep is. */
export interface MemberStatus {
  readonly index: number;
  readonly name: string;
  readonly label: string;
  readonly folder: string;
  /**
   * waiting: not begun; running: a process has it, or had it until a moment ago on another machine; stopped: begun, and
   * nobody has it; done: all epochs are trained.
   */
  readonly state: 'waiting' | 'running' | 'stopped' | 'done';
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
    state: stateOf(folder, hasBegun(sweep, run), last !== undefined && epochs >= allEpochs, last),
    epochs,
    allEpochs,
    ...(last !== undefined && { last }),
  };
}

function stateOf(
  folder: string,
  begun: boolean,
  trained: boolean,
  last: LogRow | undefined,
): MemberStatus['state'] {
  // Of another machine's or container's process nobody here can tell; it may still be drawing.
  if (existsSync(join(folder, 'lock')) && isInUse(folder) !== false) return 'running';
  if (!begun) return 'waiting';
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
