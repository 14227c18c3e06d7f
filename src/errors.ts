import { withoutControls } from './names.js';

/** What the command line exits with, by what happened. */
export const EXIT_CODES = {
  /** All that was asked for is done. */
  done: 0,
  /** The input was fine and the work failed: trying again may help. */
  failed: 1,
  /** A flag, a file or a data set that cannot work: trying again does not help. */
  badInput: 2,
  /** What was asked for is done, and a gate that was set for it is not met. */
  gateFailed: 3,
  /** SIGTERM in a run that a scheduler has started (`sweep run --index`); it is saved and can be started again. */
  preempted: 75,
  /** Ctrl-C or SIGTERM; what there was is saved. It is 128 + SIGINT. */
  interrupted: 130,
} as const;

/** An error of one sentence in one line, whatever names and other programs' messages are in it. */
class Sentence extends Error {
  constructor(message?: string, options?: ErrorOptions) {
    super(message === undefined ? undefined : withoutControls(message), options);
  }
}

/**
 * The user gave something that cannot work: a flag, a file, a data set. The message is one clear sentence that
 * names what, where, what was found and what was expected. The command line prints it without a stack and exits 2.
 */
export class UserError extends Sentence {
  override readonly name: string = 'UserError';
  readonly exitCode: number = EXIT_CODES.badInput;
}

/**
 * The input was fine and the work failed all the same: a full disk, a collapsed run, a backend that does not load.
 * The command line prints it without a stack and exits 1. Any other error is a bug and shows its stack.
 */
export class RunError extends Sentence {
  override readonly name: string = 'RunError';
  readonly exitCode: number = EXIT_CODES.failed;
}

/** The user stopped it (Ctrl-C): the command line exits with 130, which is 128 + SIGINT. */
export class Interrupted extends RunError {
  override readonly name: string = 'Interrupted';
  override readonly exitCode: number = EXIT_CODES.interrupted;
}

/** Another process has taken over the folder that this one worked in: it must write nothing more there. */
export class LeaseLost extends RunError {
  override readonly name: string = 'LeaseLost';
}

/** A gate that the user set was not met; everything was measured and written. */
export class GateFailed extends RunError {
  override readonly name: string = 'GateFailed';
  override readonly exitCode: number = EXIT_CODES.gateFailed;
}

/** What was thrown, in words: it need not be an error. */
export const messageOf = (thrown: unknown): string =>
  permissionReason(thrown) ?? (thrown instanceof Error ? thrown.message : String(thrown));

/** The flags of Node.js' permissions (https://nodejs.org/api/permissions.html), by what its errors call them. */
const PERMISSION_FLAGS: Readonly<Record<string, string>> = {
  FileSystemRead: '--allow-fs-read',
  FileSystemWrite: '--allow-fs-write',
  WorkerThreads: '--allow-worker',
  ChildProcess: '--allow-child-process',
  Net: '--allow-net',
};

/** Which of Node.js' permissions is missing, where it was started with some; undefined for any other error. */
export function permissionReason(thrown: unknown): string | undefined {
  const { code, permission = '' } = (thrown ?? {}) as { code?: string; permission?: string };
  const isAddon = code === 'ERR_DLOPEN_DISABLED' && process.permission !== undefined;
  if (!isAddon && code !== 'ERR_ACCESS_DENIED') return undefined;
  return lackText(isAddon ? '--allow-addons' : (PERMISSION_FLAGS[permission] ?? 'one'));
}

const lackText = (flag: string): string =>
  `Node.js' permissions (--permission) lack ${flag} for it`;

/**
 * Looks before something begins that would fail for want of one of Node.js' permissions, again and again or where nobody could catch it.
 *
 * @param what is to be done.
 * @throws UserError without the permission.
 */
export function checkPermission(scope: 'child' | 'net', what: string): void {
  const flag = { child: '--allow-child-process', net: '--allow-net' }[scope];
  // Earlier versions say that there is no permission for what they do not know.
  const isKnown = process.allowedNodeEnvironmentFlags.has(flag);
  if (isKnown && process.permission?.has(scope) === false)
    throw new UserError(`cannot ${what}: ${lackText(flag)}`);
}
