/** The options of commands that make pictures and pages of runs. */
import { join } from 'node:path';
import { SEEDS, type OptionTable } from '../options.js';
import { RUN_OPTIONS } from '../gan/options.js';
import {
  COMPUTE_OPTIONS,
  PRINT_OPTIONS,
  OUTPUTS,
  OPEN,
  RESULTS,
  RUN_OPTION,
} from './common-options.js';

export const SAMPLE_FORMATS = ['png', 'npz', 'files'] as const;

export const SAMPLE_OPTIONS = {
  run: {
    kind: 'text',
    value: 'DIR',
    help: 'the same as RUN; "packaged" is the generator in the package (default: the newest run that can, or packaged where there is none)',
  },
  n: { kind: 'integer', min: 1, max: 10_000, default: 64, help: 'images' },
  digit: {
    kind: 'integer',
    min: 0,
    max: RUN_OPTIONS.digit.max,
    help: 'images of this digit, or class by its number',
  },
  class: { kind: 'text', value: 'NAME', help: 'images of this class, by its name' },
  eachDigit: {
    kind: 'switch',
    help: 'one row of images per digit, or class (default: ten images each)',
  },
  seed: { kind: 'integer', ...SEEDS, default: 1, help: 'of z' },
  seeds: {
    kind: 'text',
    value: 'LIST',
    help: 'an image for each of these seeds, as 1,5,9 or 0..35; with --each-digit the same z in each row',
  },
  latentScale: {
    kind: 'number',
    min: 0,
    exclusive: true,
    max: 10,
    help: 'factor of z: above 1 images are more diverse, below 1 more typical (default: 1)',
  },
  format: {
    kind: 'choice',
    choices: SAMPLE_FORMATS,
    help: 'a grid, NumPy arrays "images" and "labels", or a folder with a PNG for each image (default: by the ending of --out, else png)',
  },
  out: {
    kind: 'text',
    value: 'FILE',
    help: 'file or folder to write (default: in the run); - is stdout (png)',
  },
  ...COMPUTE_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const REPORT_OPTIONS = {
  run: RUN_OPTION,
  out: RESULTS,
  open: OPEN,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const COMPARE_OPTIONS = {
  out: {
    kind: 'text',
    value: 'DIR',
    default: join(OUTPUTS, 'compare'),
    help: 'folder for compare.html and compare.png',
  },
  open: OPEN,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const INTERPOLATE_OPTIONS = {
  run: RUN_OPTION,
  seeds: {
    kind: 'text',
    value: 'LIST',
    default: '1,5,9',
    help: 'the points between which the walk goes, as seeds, 1,5,9 or 0..4; sample --seeds shows them',
  },
  steps: {
    kind: 'integer',
    min: 2,
    max: 100,
    default: 10,
    help: 'images from one point to the next, both counted',
  },
  digit: {
    kind: 'integer',
    min: 0,
    max: RUN_OPTIONS.digit.max,
    help: 'the digit, or class by its number, that all are asked for as (default: 0, 1, 2, ... from point to point)',
  },
  out: {
    kind: 'text',
    value: 'FILE',
    help: 'PNG to write, the GIF beside it (default: in the run)',
  },
  ...COMPUTE_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const PROJECT_OPTIONS = {
  run: RUN_OPTION,
  data: {
    kind: 'text',
    value: 'DIR',
    help: 'the training images, of which the nearest is shown beside, where they are not any more where the run found them',
  },
  out: { kind: 'text', value: 'FILE', help: 'PNG to write (default: in the run)' },
  ...COMPUTE_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const WATCH_OPTIONS = {
  run: RUN_OPTION,
  port: {
    kind: 'integer',
    min: 0,
    max: 65_535,
    default: 8080,
    help: '0 takes any free one',
  },
  host: {
    kind: 'text',
    value: 'ADDRESS',
    help: 'address of this machine by which others may come, as 0.0.0.0 for all: the page then has a secret in its own (default: 127.0.0.1, this machine alone)',
  },
  open: OPEN,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;
