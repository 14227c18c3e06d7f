import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from './worker.js';

/** What a row of the bench times. */
export interface Setting {
  readonly model: string;
  readonly batchSize: number;
  readonly units: number;
  readonly threads: number;
}

/** One way to run the step. */
export interface Contestant {
  /** Unique; `--only` matches it. */
  readonly backend: string;
  /** The most threads that it can use. */
  readonly mostThreads?: number;
  /** Smaller batches, by model, where the whole one would take minutes a step. */
  readonly batchSizes?: Readonly<Record<string, number>>;
  /** How to start it, or why it cannot be. */
  command(setting: Setting, peersFolder: string): Command | { readonly missing: string };
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where peers/setup.sh puts Python's and Node's peers unless it is told otherwise. */
export const DEFAULT_PEERS_FOLDER = here('peers/installed');

/** A TypeScript file of the bench as a process. */
export function typescript(path: string, args: readonly string[]): Command {
  return {
    file: process.execPath,
    args: ['--import', import.meta.resolve('tsx'), here(path), ...args],
  };
}

/** A script of bench/peers in the Python that peers/setup.sh made. */
export function python(
  script: string,
  args: readonly string[],
  peersFolder: string,
): Command | { missing: string } {
  const file = join(peersFolder, 'venv', 'bin', 'python');
  if (!existsSync(file)) return { missing: 'no Python peers: run bench/peers/setup.sh' };
  return {
    file,
    args: [here(`peers/${script}`), ...args],
    env: { TF_CPP_MIN_LOG_LEVEL: '3', JAX_PLATFORMS: 'cpu' },
  };
}

const flags = ({ model, batchSize, units, threads }: Setting, variant: string): string[] =>
  Object.entries({ model, 'batch-size': batchSize, units, threads, variant }).flatMap(
    ([name, value]) => [`--${name}`, String(value)],
  );

const ours = (backend: string, variant = backend): Contestant => ({
  backend,
  command: (setting) => typescript('workers/backend.ts', flags(setting, variant)),
});

/** @param scripts by model. */
const pythonPeer = (
  backend: string,
  scripts: Readonly<Record<string, string>>,
  variant: string,
): Contestant => ({
  backend,
  command: (setting, folder) =>
    setting.model in scripts
      ? python(scripts[setting.model], flags(setting, variant), folder)
      : notWritten(setting),
});

const notWritten = ({ model }: Setting) => ({ missing: `no step of ${model} is written for it` });

const plain = (script: string) => ({ dense: script, conv: script });

const PYTORCH = {
  ...plain('pytorch_step.py'),
  'dense-default': 'pytorch_default_step.py',
  'conv-default': 'pytorch_default_step.py',
};
const JAX = {
  ...plain('jax_step.py'),
  'dense-default': 'jax_default_step.py',
  'conv-default': 'jax_default_step.py',
};
const TENSORFLOW = plain('tensorflow_step.py');

const nodePeer = (backend: string, library: string, path: string, variant: string): Contestant => ({
  backend,
  command: (setting, folder) => {
    const cwd = join(folder, 'node');
    return existsSync(join(cwd, 'node_modules', library))
      ? { ...typescript(path, flags(setting, variant)), cwd }
      : { missing: `no ${library}: run bench/peers/setup.sh` };
  },
});

/** For a contestant that runs the plain steps only. */
const plainOnly = (contestant: Contestant): Contestant => ({
  ...contestant,
  command: (setting, folder) =>
    setting.model.endsWith('-default') ? notWritten(setting) : contestant.command(setting, folder),
});

/** For a library without an option for its threads: it gets as many processors. */
const pinned = (contestant: Contestant): Contestant => ({
  ...contestant,
  command: (setting, folder) => {
    const command = contestant.command(setting, folder);
    if ('missing' in command) return command;
    if (!hasTaskset()) return { missing: 'its threads are set by taskset, which is not here' };
    const processors = `0-${setting.threads - 1}`;
    return { ...command, file: 'taskset', args: ['-c', processors, command.file, ...command.args] };
  },
});

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The step's matrix products alone. */
export const LIMIT: Contestant = {
  backend: 'limit',
  command: (setting) => typescript('workers/limit.ts', flags(setting, '')),
};

/** Everything that is timed, in the order of the table. */
export const CONTESTANTS: readonly Contestant[] = [
  ours('native'),
  ours('wasm'),
  { ...ours('tfjs-cpu', 'cpu'), mostThreads: 1, batchSizes: { conv: 2, 'conv-default': 2 } },
  { ...ours('tfjs-wasm'), mostThreads: 1 },
  plainOnly(
    pinned(nodePeer('tfjs-node', '@tensorflow/tfjs-node', 'workers/backend.ts', 'tfjs-node')),
  ),
  pinned(
    nodePeer('tfjs-node-our-step', '@tensorflow/tfjs-node', 'workers/backend.ts', 'tensorflow'),
  ),
  {
    ...plainOnly(nodePeer('jax-js', '@jax-js/jax', 'workers/jax_js.ts', '')),
    mostThreads: 1,
    batchSizes: { conv: 2 },
  },
  pythonPeer('pytorch-eager', plain('pytorch_step.py'), 'eager'),
  pythonPeer('pytorch-concatenated', PYTORCH, 'concatenated'),
  pythonPeer('pytorch-compile', PYTORCH, 'compile'),
  pythonPeer('tensorflow-function', TENSORFLOW, 'function'),
  pythonPeer('tensorflow-xla', TENSORFLOW, 'xla'),
  pinned(pythonPeer('jax-jit', JAX, 'jit')),
];
