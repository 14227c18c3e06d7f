import type { CommandDone } from './result-events.js';
import type { DryRun, TrainedSweep, TrainingEvent } from './training-events.js';
import { EXIT_CODES, Interrupted as Interruption, RunError, UserError } from '../errors.js';

/**
 * A line that a command prints with --json. The build makes dist/events.schema.json (`gan-mnist/events.schema.json`) from
 * these types, with their comments: a field without a comment says what its name says. New fields and new events may
 * come with any version; what there is keeps its name and its meaning within a major version.
 */
export type ProgramEvent =
  TrainingEvent | Failed | Interrupted | TrainedSweep | DryRun | Watching | CommandDone;

/** The last line of a command that fails; the same sentence is on stderr. */
export interface Failed {
  readonly event: 'failed';
  readonly message: string;
  /** What the command exits with: see `gan-mnist --help`. */
  readonly exitCode: number;
}

/** The last line of a command, other than a training, that was interrupted. */
export interface Interrupted {
  readonly event: 'interrupted';
  readonly message: string;
}

/** The page is there until the command is ended. */
export interface Watching {
  readonly event: 'watching';
  /** The run, or the newest one, which newer ones follow; missing while there is none. */
  readonly run?: string;
  readonly url: string;
  readonly port: number;
}

/** The last line of a command that ended by this error. */
export function failureEvent(error: Error): Failed | Interrupted {
  const { message } = error;
  if (error instanceof Interruption) return { event: 'interrupted', message };
  const isOurs = error instanceof UserError || error instanceof RunError;
  return { event: 'failed', message, exitCode: isOurs ? error.exitCode : EXIT_CODES.failed };
}

/** With --json, prints the last line of a command that ended by this error. */
export function emitEnd(error: Error): void {
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify(failureEvent(error))}\n`);
}
