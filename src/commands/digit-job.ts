import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Failed, TrainingEvent } from '../cli/events.js';
import { EXIT_CODES } from '../errors.js';

/** The training of one digit in a process of its own. */
export interface DigitJob {
  /** Its end: the exit code, and what the process said on stderr last. */
  readonly ended: Promise<{ code: number; lastWords: string }>;
  /** Once: stop after the step under way and save. Twice: stop at once. */
  readonly interrupt: () => void;
}

const LAST_LINES = 20;

/**
 * Starts this program again, as it was started.
 *
 * @param args of the command line, with --json.
 */
export function startJob(
  args: readonly string[],
  heard: (event: TrainingEvent | Failed) => void,
): DigitJob {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1], ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: the terminal's Ctrl-C reaches only us, who pass it on once.
    detached: true,
    windowsHide: true,
  });
  const lines: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line);
    if (lines.length > LAST_LINES) lines.shift();
  });
  createInterface(child.stdout).on('line', (line) =>
    heard(JSON.parse(line) as TrainingEvent | Failed),
  );
  const leave = (): void => void child.kill('SIGKILL');
  process.once('exit', leave);
  const ended = new Promise<{ code: number; lastWords: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.removeListener('exit', leave);
      resolve({
        code: code ?? (signal === 'SIGINT' ? EXIT_CODES.interrupted : EXIT_CODES.failed),
        lastWords: lastWords(lines, signal),
      });
    });
  });
  return { ended, interrupt: () => void child.kill('SIGINT') };
}

/** The sentence of a known failure, or the whole of an unknown one. */
function lastWords(lines: readonly string[], signal: NodeJS.Signals | null): string {
  if (signal !== null) return `the process was ended by ${signal}`;
  const sentence = lines.findLast((line) => line.startsWith('gan-mnist: '));
  return sentence?.replace('gan-mnist: ', '') ?? lines.join('\n');
}
