import { EXIT_CODES, Interrupted, RunError, UserError } from '../errors.js';
import type * as events from './events.js';

/** The last line of a command that ended by this error. */
export function failureEvent(error: Error): events.Failed | events.Interrupted {
  const { message } = error;
  if (error instanceof Interrupted) return { event: 'interrupted', message };
  const isOurs = error instanceof UserError || error instanceof RunError;
  return { event: 'failed', message, exitCode: isOurs ? error.exitCode : EXIT_CODES.failed };
}
