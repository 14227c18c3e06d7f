import { UserError } from '../errors.js';
import { flagOf, type OptionsOf } from '../options.js';
import { RUN_OPTIONS } from '../gan/options.js';
import { findOwnRun } from '../runs/find-run.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { TRAIN_OPTIONS } from '../cli/train-options.js';

/** What was typed after `gan-mnist train`. */
export type Given = Partial<OptionsOf<typeof TRAIN_OPTIONS>>;

export function onlyRunOptions(given: Given): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in RUN_OPTIONS));
}

/** @param run the empty text for the newest. */
export function findResumed(run: string, out: string = OUTPUTS): string {
  return findOwnRun(out, run === '' ? undefined : run, '--resume');
}

/** @throws UserError where something is to change that a run keeps. */
export function refuseOtherOptions(given: Given): void {
  for (const name of Object.keys(onlyRunOptions(given))) {
    if (name !== 'epochs')
      throw new UserError(
        `${flagOf(name)} contradicts --resume: a resumed run keeps its own options, only --epochs can be raised`,
      );
  }
  if (given.from !== undefined)
    throw new UserError(
      '--from contradicts --resume: a resumed run goes on from its own checkpoint, expected one of them',
    );
}

export const threadsText = (threads: number): string =>
  threads === 1 ? '1 thread' : `${threads} threads`;
