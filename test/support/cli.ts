import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../../bin/gan-mnist.js', import.meta.url));

export interface Outcome {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** What stdout holds up to now. */
  readonly stdout: () => string;
}

/** The command line as its users have it, in a process of its own; needs `npm run build`. */
export function startCli(
  args: readonly string[],
  { cwd, env = {}, wrap = [] }: { cwd?: string; env?: NodeJS.ProcessEnv; wrap?: string[] } = {},
): RunningCli {
  const [command, ...rest] = [...wrap, process.execPath, BIN, ...args];
  const child = spawn(command, rest, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, outcome, stdout: () => stdout };
}

export const cli = (...args: string[]): Promise<Outcome> => startCli(args).outcome;

/** Lines of a stack trace. */
export const STACK = /^\s+at .+:\d+:\d+\)?$/m;
