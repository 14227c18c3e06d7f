import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES, messageOf } from '../errors.js';
import { afterSilence } from '../silence.js';

/** An object that the process prints with --json, as {"event": "epoch", ...}: the types of gan-mnist/events.schema.json. */
export type JobEvent = Readonly<Record<string, unknown>> & { readonly event: string };

/** One run of a sweep in a process of its own. */
export interface Job {
  /** Its end: the exit code, and what the process said on stderr last. */
  readonly ended: Promise<{ readonly code: number; readonly lastWords: string }>;
  /** Once: stop after the step under way and save. Twice: stop at once. */
  readonly interrupt: () => void;
}

const running = new Set<ChildProcess>();
const tell = (signal: NodeJS.Signals): void => running.forEach((child) => void child.kill(signal));
const endAll = (): void => tell('SIGKILL');
const goOnAll = (): void => tell('SIGCONT');

/** Ctrl-Z reaches only us as well. A display that is drawn in place stops this process itself, once the terminal is as it was. */
function stopAll(): void {
  tell('SIGSTOP');
  if (process.listenerCount('SIGTSTP') === 1) process.kill(process.pid, 'SIGSTOP');
}

function begin(child: ChildProcess): void {
  if (running.size === 0) {
    process.on('exit', endAll);
    // Windows does not have them.
    if (constants.signals.SIGTSTP !== undefined)
      process.prependListener('SIGTSTP', stopAll).on('SIGCONT', goOnAll);
  }
  running.add(child);
}

function end(child: ChildProcess): void {
  if (!running.delete(child) || running.size > 0) return;
  process.removeListener('exit', endAll);
  process.removeListener('SIGTSTP', stopAll).removeListener('SIGCONT', goOnAll);
}

/** Until a process says that it has started: where a system has few threads left, Node.js may wait for more in its own start for ever. */
const LONGEST_START_MS = 60_000;
const LAST_LINES = 40;
/** After its end, for the last of what a process has said. */
const MILLISECONDS_TO_READ = 2000;
const PROGRAM = fileURLToPath(new URL('../../bin/gan-mnist.js', import.meta.url));

/**
 * Starts this package's command line.
 *
 * @param args with --json.
 * @param heard of each event; other lines on stdout, as a preloaded module may print, are passed over.
 * @param longestStart milliseconds after which a process that has not said that it has started is given up.
 */
export function startJob(
  args: readonly string[],
  heard: (event: JobEvent) => void,
  longestStart = LONGEST_START_MS,
): Job {
  let child: ChildProcess;
  try {
    child = spawn(process.execPath, [PROGRAM, ...args], {
      // A channel, by whose end the process notices that we are gone (cli/signals.ts), however we ended.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A process group of its own: the terminal's Ctrl-C reaches only us, who pass it on once.
      detached: true,
      windowsHide: true,
    });
  } catch (error) {
    // No memory for another process, which the others are not to suffer for.
    return { ended: Promise.resolve(notStarted(error)), interrupt: () => {} };
  }
  const lines: string[] = [];
  linesOf(child.stderr, (line) => {
    lines.push(line);
    if (lines.length > LAST_LINES) lines.shift();
  });
  linesOf(child.stdout, (line) => {
    const event = eventOf(line);
    if (event !== undefined) heard(event);
  });
  begin(child);
  const silence = afterSilence(longestStart);
  child.once('message', () => silence[Symbol.dispose]());
  const over = (): void => {
    silence[Symbol.dispose]();
    end(child);
  };
  const ended = new Promise<{ code: number; lastWords: string }>((resolve) => {
    // Without a process there is no 'exit' either.
    child.on('error', (error) => {
      over();
      resolve(notStarted(error));
    });
    void silence.over.then(() => {
      child.kill('SIGKILL');
      over();
      resolve(notStarted(`it is not there after ${longestStart / 1000} s`));
    });
    child.on('exit', (code, signal) => {
      over();
      const done = (): void => {
        clearTimeout(timer);
        for (const stream of [child.stdout, child.stderr]) stream?.destroy();
        const ofSignal = signal === 'SIGINT' ? EXIT_CODES.interrupted : EXIT_CODES.failed;
        resolve({ code: code ?? ofSignal, lastWords: lastWords(lines, signal) });
      };
      // The streams stay open for as long as a process lives that it has started, as a preloaded module may.
      const timer = setTimeout(done, MILLISECONDS_TO_READ);
      child.once('close', done);
    });
  });
  return { ended, interrupt: () => void child.kill('SIGINT') };
}

const notStarted = (reason: unknown) => ({
  code: EXIT_CODES.failed,
  lastWords: `the process does not start: ${messageOf(reason)}`,
});

/** @param stream there is none where no more files may be open. */
function linesOf(stream: Readable | null | undefined, heard: (line: string) => void): void {
  if (stream) createInterface(stream).on('line', heard);
}

/** Behind what a preloaded module may have printed without a line's end. */
export function eventOf(line: string): JobEvent | undefined {
  try {
    const value: unknown = JSON.parse(line.slice(Math.max(0, line.indexOf('{"event":'))));
    const isEvent = typeof (value as Partial<JobEvent> | null)?.event === 'string';
    return isEvent ? (value as JobEvent) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The sentence of a known failure, or the whole of an unknown one. */
function lastWords(lines: readonly string[], signal: NodeJS.Signals | null): string {
  if (lines.some((line) => line.includes('JavaScript heap out of memory')))
    return 'its JavaScript heap was full: raise --max-old-space-size (NODE_OPTIONS)';
  if (signal === 'SIGKILL') return `the process was ended by SIGKILL, as systems do without memory`;
  if (signal !== null) return `the process was ended by ${signal}`;
  const sentence = lines.findLast((line) => line.startsWith('gan-mnist: '));
  return sentence?.replace('gan-mnist: ', '') ?? lines.join('\n');
}
