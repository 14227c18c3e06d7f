/** The options of commands about data sets and what they are held against. */
import { FORMATS } from '../datasets/format.js';
import { MOST_PER_CLASS } from '../datasets/counts.js';
import { STACKED_CHANNELS } from '../data/stacked.js';
import type { OptionTable } from '../options.js';
import { CLASSIFIER_TRAINING } from '../classifier/options.js';
import {
  COMPUTE_OPTIONS,
  PRINT_OPTIONS,
  IMAGES_OPTIONS,
  SEEDS,
  RESULTS,
  RUN_OPTION,
} from './common-options.js';

export const DATA_OPTIONS = {
  ...IMAGES_OPTIONS,
  seed: {
    kind: 'integer',
    ...SEEDS,
    default: 1,
    help: 'of the images that --test-share sets aside',
  },
  out: {
    kind: 'text',
    value: 'FILE',
    help: 'PNG with ten images of each class (default: outputs/data.png)',
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
  seed: { kind: 'integer', ...SEEDS, default: 1, help: 'of z and of the order' },
  ...LABELLED_OPTIONS,
  ...COMPUTE_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const EVALUATE_OPTIONS = {
  run: RUN_OPTION,
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
    ...SEEDS,
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
