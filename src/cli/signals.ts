import { constants } from 'node:os';

/**
 * What ends a command: Ctrl-C, a terminal that is closed (HUP), a cluster that needs the machine (TERM, or USR1 and USR2 some
 * time before). Without a handler, Node.js opens its debugger at USR1, and the first process of a container gets none of them. Node.js
 * resets at its start that nohup had HUP ignored, so that a training under nohup is saved and ends as well.
 */
const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
export type EndingSignal = (typeof NAMES)[number];

let stop: ((name: EndingSignal) => void) | undefined;

/** From now on a signal ends the process, with 128 plus its number, as a shell says it; or does what {@link onSignal} says. */
export function handleSignals(): void {
  for (const name of NAMES) {
    const number = constants.signals[name] as number | undefined;
    if (number === undefined) continue;
    process.on(name, () => {
      if (stop === undefined) process.exit(128 + number);
      stop(name);
    });
  }
}

/** What a signal does from now on. */
export function onSignal(handler: (name: EndingSignal) => void): void {
  stop = handler;
}
