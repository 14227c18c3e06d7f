import { join } from 'node:path';
import { FORMATS } from '../datasets/format.js';
import { MOST_PER_CLASS } from '../datasets/counts.js';
import { STACKED_CHANNELS } from '../data/stacked.js';
import type { OptionTable } from '../options.js';
import { RUN_OPTIONS } from '../gan/options.js';
import { CLASSIFIER_TRAINING } from '../classifier/options.js';
import { EXPLAINED_PHASES } from '../explain/phases.js';
import { SCHEDULERS } from '../sweeps/script.js';
import { COMPUTE_OPTIONS, OUTPUTS, PRINT_OPTIONS, STEP_OPTIONS } from './common-options.js';

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

const NAME = {
  kind: 'text',
  value: 'NAME',
  help: "name of the run's folder (default: the next number and the model, as 00001-dense)",
} as const;

export const TRAIN_OPTIONS = {
  ...RUN_OPTIONS,
  eachDigit: {
    kind: 'switch',
    help: 'a sweep over --digit: a run of each digit, or class, in one folder, each in its process',
  },
  jobs: {
    kind: 'integer',
    min: 1,
    max: 256,
    help: 'with --each-digit: runs at a time, which share the threads (default: a processor each)',
  },
  ...IMAGES_OPTIONS,
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
  from: {
    kind: 'text',
    value: 'RUN',
    help: 'begin with the weights of this run, and with its options and data where no others are given',
  },
  name: NAME,
  dryRun: {
    kind: 'switch',
    help: 'print layers, parameters, steps, and an estimate of time, memory and disk; nothing is trained or written',
  },
  failOn: {
    kind: 'choice',
    choices: ['collapse'],
    help: 'exit with code 3 if the run ends so',
  },
  preview: {
    kind: 'switch',
    default: true,
    help: 'no samples in the terminal while it trains',
  },
  ...STEP_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

const LISTS = Object.fromEntries(
  Object.entries(RUN_OPTIONS).map(([name, { help }]) => [
    name,
    { kind: 'text', value: 'LIST', help } as const,
  ]),
) as Record<keyof typeof RUN_OPTIONS, { kind: 'text'; value: 'LIST'; help: string }>;

/** Of each option of a run one value or several, as 0.0005,0.001 or 1..20. */
export const SWEEP_NEW_OPTIONS = {
  ...LISTS,
  ...IMAGES_OPTIONS,
  out: TRAIN_OPTIONS.out,
  name: NAME,
  checkpointEvery: TRAIN_OPTIONS.checkpointEvery,
  backend: COMPUTE_OPTIONS.backend,
  threads: { ...COMPUTE_OPTIONS.threads, help: 'processors of each run (default: 1)' },
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const SWEEP_RUN_OPTIONS = {
  jobs: {
    kind: 'integer',
    min: 1,
    max: 256,
    help: 'runs at a time on this machine (default: a processor each)',
  },
  index: {
    kind: 'integer',
    min: 0,
    max: 9_999,
    help: 'train this one alone; a scheduler’s number (SLURM_ARRAY_TASK_ID and others) is read too',
  },
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const SWEEP_SCRIPT_OPTIONS = {
  for: { kind: 'choice', choices: SCHEDULERS, help: 'what the script is for' },
  out: { kind: 'text', value: 'FILE', help: 'where it is written (default: stdout)' },
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const SWEEP_TABLE_OPTIONS = {
  out: { kind: 'text', value: 'FILE', help: 'CSV file to write instead' },
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

/** What seeds can be. */
export const SEEDS = { min: 0, max: 2 ** 31 - 1 } as const;

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

export const RUNS_OPTIONS = {
  out: { kind: 'text', value: 'DIR', default: OUTPUTS, help: 'folder of all runs' },
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const RUNS_REMOVE_OPTIONS = {
  yes: { kind: 'switch', help: 'do not ask' },
  ...RUNS_OPTIONS,
} as const satisfies OptionTable;

export const DATA_OPTIONS = {
  ...IMAGES_OPTIONS,
  seed: {
    kind: 'integer',
    min: 0,
    max: 2 ** 31 - 1,
    default: 1,
    help: 'of the images that --test-share sets aside',
  },
  out: {
    kind: 'text',
    value: 'FILE',
    help: 'PNG with ten images of each class (default: outputs/digits.png)',
  },
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

/** Options of the commands that draw labelled images. */
const LABELLED_OPTIONS = {
  latentScale: {
    kind: 'number',
    min: 0,
    exclusive: true,
    max: 10,
    help: 'factor of z: above 1 images are more diverse, below 1 more typical (default: 1; 1.15 for models of one digit with a normal z, as --model conv has it)',
  },
  minConfidence: {
    kind: 'number',
    min: 0,
    max: 0.9999,
    default: 0.9,
    help: 'images of an all-digits model of which the classifier is less sure are thrown away',
  },
  data: {
    kind: 'text',
    value: 'DIR',
    help: 'the real images, where they are not any more where the run found them',
  },
} as const satisfies OptionTable;

export const DATASET_OPTIONS = {
  run: {
    kind: 'text',
    value: 'DIR',
    help: 'the same as RUN; "packaged" is the generator in the package',
  },
  perDigit: {
    kind: 'integer',
    min: 1,
    max: MOST_PER_CLASS,
    default: 6000,
    help: 'training images of each digit, or class; a sixth as many test images come with them',
  },
  counts: {
    kind: 'text',
    value: 'COUNTS',
    help: 'training images by class instead, as 0:1000,8:9000 or cat:500,dog:500; none of those not named',
  },
  format: {
    kind: 'choice',
    choices: FORMATS,
    default: 'idx',
    help: "MNIST's four files, a folder of PNG per class, CSV, NumPy or Parquet",
  },
  stack: {
    kind: 'integer',
    min: STACKED_CHANNELS,
    max: STACKED_CHANNELS,
    help: 'no run: Stacked MNIST, three random digits as red, green and blue of an image, a class for each of 1,000 triples, to see what modes a model loses',
  },
  out: { kind: 'text', value: 'DIR', default: 'synthetic', help: 'folder of the data set' },
  force: { kind: 'switch', help: 'replace the data set that is there' },
  seed: { kind: 'integer', min: 0, max: 2 ** 31 - 1, default: 1, help: 'of z and of the order' },
  ...LABELLED_OPTIONS,
  ...COMPUTE_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const EXPLAIN_OPTIONS = {
  model: {
    kind: 'choice',
    choices: RUN_OPTIONS.model.choices,
    help: "the step of this model with its defaults on MNIST, instead of a run's",
  },
  phase: {
    kind: 'choice',
    choices: EXPLAINED_PHASES,
    help: 'all that one phase made, as text, instead of the summary',
  },
  ...STEP_OPTIONS,
  json: PRINT_OPTIONS.json,
} as const satisfies OptionTable;

const OPEN = { kind: 'switch', help: 'open it in the browser' } as const;

const RESULTS = {
  kind: 'text',
  value: 'DIR',
  help: 'folder for the results (default: in the run, or beside you where that is read-only)',
} as const;

/** Beside an argument RUN. */
const RUN = { kind: 'text', value: 'DIR', help: 'the same as RUN' } as const;

export const REPORT_OPTIONS = {
  run: RUN,
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
  run: RUN,
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
  run: RUN,
  data: {
    kind: 'text',
    value: 'DIR',
    help: 'the training images, of which the nearest is shown beside, where they are not any more where the run found them',
  },
  out: { kind: 'text', value: 'FILE', help: 'PNG to write (default: in the run)' },
  ...COMPUTE_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const EVALUATE_OPTIONS = {
  run: RUN,
  out: RESULTS,
  perDigit: {
    kind: 'integer',
    min: 13,
    max: 50_000,
    help: 'synthetic images of each class to train on (default: 60,000 in all, of ten classes 6000 each)',
  },
  epochs: {
    kind: 'integer',
    min: 1,
    max: 1000,
    help: `passes over the images in each training on them (default: ${CLASSIFIER_TRAINING.epochs}, more for sets smaller than MNIST)`,
  },
  images: {
    kind: 'integer',
    min: 200,
    max: 30_000,
    default: 10_000,
    help: 'synthetic images for the Frechet distance, and at most as many real ones',
  },
  seed: {
    kind: 'integer',
    min: 0,
    max: 2 ** 31 - 1,
    default: 1,
    help: 'of z and of the trainings',
  },
  repeats: {
    kind: 'integer',
    min: 1,
    max: 100,
    default: 1,
    help: 'times that all is measured, with the next seed each time: figures then have standard errors',
  },
  quick: {
    kind: 'switch',
    help: 'ask the judges only, which takes seconds: nothing is trained on the images',
  },
  secondJudge: {
    kind: 'switch',
    help: 'ask a second judge with another network for other data than MNIST too: it is trained first',
  },
  require: {
    kind: 'text',
    value: 'LIMITS',
    help: 'exit with code 3 unless train-on-synthetic-test-on-real reaches so many percent, as 98; or for other figures, as recognised:99,frechet:5',
  },
  ...LABELLED_OPTIONS,
  ...COMPUTE_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const WATCH_OPTIONS = {
  run: RUN,
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
