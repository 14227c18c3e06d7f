import type { Console } from '../../src/cli/console.js';

/** A console on which nothing is seen. */
export const silentConsole: Console = {
  json: false,
  quiet: true,
  colors: 0,
  stdout: process.stdout,
  say: () => {},
  warn: () => {},
  emit: () => {},
  wrote: () => {},
  interruptions: () => new AbortController().signal,
};
