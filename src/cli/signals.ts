import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

/**
 * What ends a command: Ctrl-C, a terminal that is closed (HUP), a cluster that needs the machine (TERM, or USR1 and USR2 some
 * time before). Without a handler, Node.js opens its debugger at USR1, and the first process of a container gets none of them.
 */
const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
export type EndingSignal = (typeof NAMES)[number];

let stop: ((name: EndingSignal) => void) | undefined;

/** From now on a signal ends the process, with 128 plus its number, as a shell says it; or does what {@link onSignal} says. */
export function handleSignals(): void {
  for (const name of NAMES) {
    const number = constants.signals[name] as number | undefined;
    if (number === undefined || isIgnored(name, number)) continue;
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

/** Whether it is to be ignored, as nohup wants it of HUP; a handler of ours would undo that. */
function isIgnored(name: EndingSignal, number: number): boolean {
  let status: string;
  try {
    status = readFileSync('/proc/self/status', 'utf8');
  } catch {
    // Another system does not tell. nohup takes the terminal away from all three streams.
    return name === 'SIGHUP' && ![0, 1, 2].some(isTerminal);
  }
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> BigInt(number - 1)) & 1n) === 1n;
}

const isTerminal = (descriptor: number): boolean =>
  [process.stdin, process.stdout, process.stderr][descriptor].isTTY === true;
