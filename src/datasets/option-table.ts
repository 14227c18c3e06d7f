import { SEEDS, type OptionTable } from '../options.js';
import { MOST_PER_CLASS } from './counts.js';
import { FORMATS } from './format.js';

/** What is written into a data set, and how. */
export const SET_OPTIONS = {
  perDigit: {
    kind: 'integer',
    min: 1,
    max: MOST_PER_CLASS,
    default: 6000,
    help: 'training images of each digit, or class; a sixth as many test images come with them',
  },
  format: {
    kind: 'choice',
    choices: FORMATS,
    default: 'idx',
    help: "MNIST's four files, a folder of PNG per class, CSV, NumPy or Parquet",
  },
  force: { kind: 'switch', help: 'replace the data set that is there' },
  seed: { kind: 'integer', ...SEEDS, default: 1, help: 'of z and of the order' },
} as const satisfies OptionTable;
