import { constants } from 'node:os';

/**
 * What ends a command: Ctrl-C, a terminal that is closed (HUP), a cluster that needs the machine (TERM, or USR1 and USR2 some
 * time before), a limit on processor time that is reached (XCPU, some time before the kill). Without a handler, Node.js opens its debugger at USR1, and the first process of a container gets none of them. Node.js
 * resets at its start that nohup had HUP ignored, so that a training under nohup is saved and ends as well.
 */
const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGXCPU'] as const;
export type EndingSignal = (typeof NAMES)[number];

/** Whether a signal asks for the end itself: others announce it, perhaps again and again, and the kill comes later. */
export const isAsking = (name: string | undefined): boolean =>
  name === 'SIGINT' || name === 'SIGTERM';

let stop: ((name: EndingSignal) => void) | undefined;

/**
 * From now on a signal ends the process, with 128 plus its number, as a shell says it; or does what {@link onSignal} says. So does the
 * end of a process that started this one with a channel, as a run of a sweep: it is not to live on for nobody.
 */
export function handleSignals(): void {
  const end = (name: EndingSignal): void => {
    if (stop === undefined) process.exit(128 + constants.signals[name]);
    stop(name);
  };
  // Windows does not have all of them.
  for (const name of NAMES) if (constants.signals[name] !== undefined) process.on(name, end);
  process.once('disconnect', () => end('SIGTERM'));
  // A channel that is listened to would keep the process alive.
  process.channel?.unref();
}

/** What a signal does from now on. */
export function onSignal(handler: (name: EndingSignal) => void): void {
  stop = handler;
}
