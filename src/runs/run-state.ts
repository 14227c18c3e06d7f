import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { isInUse } from '../files/lease.js';
import { newestStep } from './checkpoint.js';
import type { LogRow } from './log.js';
import { readRunDescription } from './run-description.js';
import { RUN_FILES } from './run-folder.js';

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
