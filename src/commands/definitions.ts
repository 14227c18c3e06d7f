import type { OptionTable } from '../options.js';
import { RUN_OPTIONS } from '../training/options.js';
import { defineCommand, type CommandDefinition } from './command.js';
import { COMPUTE_OPTIONS, OUTPUTS, PRINT_OPTIONS } from './common-options.js';

export const TRAIN_OPTIONS = {
  ...RUN_OPTIONS,
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
  run: { kind: 'text', value: 'DIR', help: 'run to sample from (default: the newest)' },
  n: { kind: 'integer', min: 1, max: 10_000, default: 64, help: 'images' },
  seed: { kind: 'integer', min: 0, max: 2 ** 31 - 1, default: 1, help: 'of z' },
  out: { kind: 'text', value: 'FILE', help: 'PNG to write (default: in the run)' },
  ...COMPUTE_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

const DATA_OPTIONS = {
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

/** Every command, by the word that is typed. What a command needs is loaded when it runs. */
export const COMMANDS: Readonly<Record<string, CommandDefinition>> = {
  train: defineCommand({
    summary: 'train a GAN on MNIST and write its run folder',
    examples: [
      'gan-mnist train',
      'gan-mnist train --epochs 5 --seed 7',
      'gan-mnist train --resume --epochs 300',
    ],
    options: TRAIN_OPTIONS,
    run: async (given, console) => (await import('./train.js')).runTrain(given, console),
  }),
  sample: defineCommand({
    summary: 'draw images from a trained generator into a grid PNG',
    examples: [
      'gan-mnist sample --n 64',
      'gan-mnist sample --run outputs/00001-dense --seed 5 --out grid.png',
    ],
    options: SAMPLE_OPTIONS,
    run: async (given, console) => (await import('./sample.js')).runSample(given, console),
  }),
  data: defineCommand({
    summary: 'verify and describe the data set',
    examples: ['gan-mnist data', 'gan-mnist data --data my-digits --json'],
    options: DATA_OPTIONS,
    run: async (given, console) => (await import('./data.js')).runData(given, console),
  }),
};
