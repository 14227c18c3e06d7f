import type { OptionTable } from '../options.js';
import { RUN_OPTIONS } from '../training/options.js';
import { COMPUTE_OPTIONS, OUTPUTS, PRINT_OPTIONS } from './common-options.js';

export const TRAIN_OPTIONS = {
  ...RUN_OPTIONS,
  eachDigit: { kind: 'switch', help: 'ten runs in one folder, one a digit, each in its process' },
  jobs: {
    kind: 'integer',
    min: 1,
    max: 10,
    help: 'with --each-digit: runs at a time, which share the threads (default: a processor each)',
  },
  data: {
    kind: 'text',
    value: 'DIR',
    help: 'folder with the four IDX files, plain or .gz (default: MNIST itself)',
  },
  out: { kind: 'text', value: 'DIR', default: OUTPUTS, help: 'folder of all runs' },
  checkpointEvery: {
    kind: 'integer',
    min: 1,
    max: 1_000_000,
    default: 1,
    help: 'epochs from one checkpoint to the next',
  },
  resume: {
    kind: 'text',
    value: 'RUN',
    bare: true,
    help: 'go on with this run (default: the newest) from its last checkpoint',
  },
  ...COMPUTE_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const SAMPLE_OPTIONS = {
  run: { kind: 'text', value: 'DIR', help: 'run to sample from (default: the newest that can)' },
  n: { kind: 'integer', min: 1, max: 10_000, default: 64, help: 'images' },
  digit: {
    kind: 'integer',
    min: 0,
    max: 9,
    help: 'images of this digit, from a run that was trained on it alone',
  },
  eachDigit: {
    kind: 'switch',
    help: 'a row of n/10 images a digit, from ten runs of one digit each (default n: 100)',
  },
  seed: { kind: 'integer', min: 0, max: 2 ** 31 - 1, default: 1, help: 'of z' },
  out: { kind: 'text', value: 'FILE', help: 'PNG to write (default: in the run)' },
  ...COMPUTE_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const DATA_OPTIONS = {
  data: {
    kind: 'text',
    value: 'DIR',
    help: 'folder with the four IDX files, plain or .gz (default: MNIST itself)',
  },
  out: {
    kind: 'text',
    value: 'FILE',
    help: 'PNG with ten images of each digit (default: outputs/digits.png)',
  },
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;
