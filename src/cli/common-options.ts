import { BACKEND_NAMES } from '../backends/backend.js';
import { MOST_THREADS } from '../machine.js';
import type { OptionTable } from '../options.js';

/** Options of every command that computes. */
export const COMPUTE_OPTIONS = {
  backend: {
    kind: 'choice',
    choices: ['auto', ...BACKEND_NAMES],
    default: 'auto',
    help: 'what computes',
  },
  threads: {
    kind: 'integer',
    min: 1,
    max: MOST_THREADS,
    help: 'threads to use (default: as many as this process has processors)',
  },
} as const satisfies OptionTable;

/** Options of commands that compute with a training step. */
export const STEP_OPTIONS = {
  ...COMPUTE_OPTIONS,
  fusedMultiplyAdd: {
    kind: 'switch',
    help: 'wasm: products multiply and add in one instruction (relaxed SIMD, Node.js 22 and later): faster, and other last digits on other processors',
  },
} as const satisfies OptionTable;

/** Options of every command that prints. */
export const PRINT_OPTIONS = {
  json: { kind: 'switch', help: 'JSON objects on stdout, one a line; messages go to stderr' },
  quiet: {
    kind: 'switch',
    help: 'only the paths of what was written (of a training its folder), warnings and errors',
  },
} as const satisfies OptionTable;

/** The folder of all runs. */
export const OUTPUTS = 'outputs';
