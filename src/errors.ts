/**
 * The user gave something that cannot work: a flag, a file, a data set. The message is one clear sentence that
 * names what, where, what was found and what was expected. The command line prints it without a stack and exits 2.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  readonly exitCode: number = 2;
}

/**
 * The input was fine and the work failed all the same: a full disk, a collapsed run, a backend that does not load.
 * The command line prints it without a stack and exits 1. Any other error is a bug and shows its stack.
 */
export class RunError extends Error {
  override readonly name: string = 'RunError';
  readonly exitCode: number = 1;
}

/** The user stopped it (Ctrl-C): the command line exits with 130, which is 128 + SIGINT. */
export class Interrupted extends RunError {
  override readonly name: string = 'Interrupted';
  override readonly exitCode: number = 130;
}

/** Another process has taken over the folder that this one worked in: it must write nothing more there. */
export class LeaseLost extends RunError {
  override readonly name: string = 'LeaseLost';
}

/** A gate that the user set was not met; everything was measured and written. */
export class GateFailed extends RunError {
  override readonly name: string = 'GateFailed';
  override readonly exitCode: number = 3;
}
