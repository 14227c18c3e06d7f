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

/** What the images are and how they are read. */
export const IMAGES_OPTIONS = {
  data: {
    kind: 'text',
    value: 'PATH',
    help: 'images of your own: a folder of pictures or of IDX files, a CSV, NumPy or Parquet file (default: MNIST)',
  },
  size: {
    kind: 'integer',
    min: 8,
    max: 64,
    help: 'side in pixels, a multiple of 4, to which images are cropped and scaled (default: as they are; pictures of several sizes: 32)',
  },
  color: {
    kind: 'choice',
    choices: ['gray', 'rgb'],
    help: 'make the images gray, or of three channels (default: as they are)',
  },
  testShare: {
    kind: 'number',
    min: 0,
    exclusive: true,
    max: 0.9,
    help: 'share of the images that is set aside as test images, where there are none',
  },
  skipBad: { kind: 'switch', help: 'leave out pictures that cannot be read, and name them' },
} as const satisfies OptionTable;

export const NAME_OPTION = {
  kind: 'text',
  value: 'NAME',
  help: "name of the run's folder (default: the next number and the model, as 00001-dense)",
} as const;

export const OPEN = { kind: 'switch', help: 'open it in the browser' } as const;

export const RESULTS = {
  kind: 'text',
  value: 'DIR',
  help: 'folder for the results (default: in the run, or beside you where that is read-only)',
} as const;

/** Beside an argument RUN. */
export const RUN_OPTION = { kind: 'text', value: 'DIR', help: 'the same as RUN' } as const;
