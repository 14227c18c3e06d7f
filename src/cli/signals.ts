import { constants } from 'node:os';
import { EXIT_CODES, Interrupted } from '../errors.js';
import { explainFileError } from '../files/explain.js';
import { emitEnd } from './events.js';

/**
 * What ends a command: Ctrl-C, a terminal that is closed (HUP), a cluster that needs the machine (TERM, or USR1 and USR2 some
 * time before), a limit on processor time that is reached (XCPU, some time before the kill), a time that was set before the
 * program began (ALRM), the end of the machine's power (PWR). Without a handler, Node.js opens its debugger at USR1, and the first
 * process of a container gets none of them. Node.js resets at its start that nohup had HUP ignored, so that a training under nohup is
 * saved and ends as well.
 */
const NAMES = [
  ...(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const),
  ...(['SIGXCPU', 'SIGALRM', 'SIGPWR'] as const),
];
export type EndingSignal = (typeof NAMES)[number];

/** Whether a signal asks for the end itself: others announce it, perhaps again and again, and the kill comes later. */
export const isAsking = (name: string | undefined): boolean =>
  name === 'SIGINT' || name === 'SIGTERM';

let stop: ((name: EndingSignal) => void) | undefined;

/** What a process says over its channel first. */
const STARTED = 'started';

/**
 * The first thing that the program does (bin/). From now on a signal ends the process, with 128 plus its number, as a shell says
 * it; or does what {@link onSignal} says. So does the end of a process that started this one with a channel, as a run of a
 * sweep: it is not to live on for nobody. That one is told that this one has started.
 */
export function handleSignals(): void {
  const end = (name: EndingSignal): void => {
    if (stop === undefined) leave(128 + constants.signals[name]);
    else stop(name);
  };
  // Windows does not have all of them.
  for (const name of NAMES) if (constants.signals[name] !== undefined) process.on(name, end);
  process.once('disconnect', () => end('SIGTERM'));
  // A channel that is listened to would keep the process alive.
  process.channel?.unref();
  // Who waits for us to start hears that we have; who has gone meanwhile ends us by the channel's end.
  process.send?.(STARTED, undefined, undefined, () => {});
}

/** Ends the process at once, because a signal asks for it. */
export function leave(code: number): never {
  emitEnd(new Interrupted('interrupted'));
  process.exit(code);
}

/**
 * From now on a signal that asks for the end has it at once, also in the middle of computing, where no handler is heard: for commands
 * that write nothing. A shell says 128 plus its number of that as well.
 */
export function endAtOnce(): void {
  // The first process of a container gets only signals that it listens to; Windows has another code for a process that is ended so.
  if (process.pid === 1 || process.platform === 'win32') return;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeAllListeners(name);
}

/** What a signal does from now on. */
export function onSignal(handler: (name: EndingSignal) => void): void {
  stop = handler;
}

/**
 * Makes what can happen to the standard streams, and a limit on the size of files, an error like others instead of a
 * stack or a killed process.
 */
export function surviveStreams(): void {
  // A limit (ulimit -f) otherwise kills the process; with a listener, the write fails instead.
  process.on('SIGXFSZ', () => {});
  // Nobody reads what we have to say: that is no error of ours.
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A command that has something to save listens itself.
    const saves = process.stdout.listenerCount('error') > 1;
    // A reader that has seen enough (head), or a terminal that was closed.
    if (error.code === 'EPIPE' || error.code === 'EIO') {
      if (!saves) process.exit(EXIT_CODES.done);
      return;
    }
    process.stderr.write(`gan-mnist: ${explainFileError(error, 'write', 'to stdout').message}\n`);
    if (!saves) process.exit(EXIT_CODES.failed);
  });
}
