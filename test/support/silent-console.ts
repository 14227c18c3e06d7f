import { Screen } from '../../src/terminal/screen.js';
import type { Console } from '../../src/cli/console.js';

/** A console on which nothing is seen. */
export const silentConsole: Console = {
  json: false,
  quiet: true,
  colors: 0,
  lineWidth: Infinity,
  stdout: process.stdout,
  screen: new Screen(process.stdout, { isLive: false }),
  task: { at: () => {} },
  tell: () => {},
  note: () => {},
  say: () => {},
  warn: () => {},
  emit: () => {},
  wrote: () => {},
  interruptions: () => new AbortController().signal,
};
