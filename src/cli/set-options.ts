/** The options of commands about data sets and what they are held against. */
import { SET_OPTIONS } from '../datasets/option-table.js';
import { STACKED_CHANNELS } from '../data/stacked.js';
import { EVALUATION_OPTIONS } from '../evaluation/option-table.js';
import { LABELLED_OPTIONS } from '../labelled/option-table.js';
import { SEEDS, type OptionTable } from '../options.js';
import {
  COMPUTE_OPTIONS,
  PRINT_OPTIONS,
  IMAGES_OPTIONS,
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

/** Where the images of a run are that its own are held against. */
const REAL_IMAGES = {
  kind: 'text',
  value: 'DIR',
  help: 'the real images, where they are not any more where the run found them',
} as const;

export const DATASET_OPTIONS = {
  run: {
    kind: 'text',
    value: 'DIR',
    help: 'the same as RUN; "packaged" is the generator in the package',
  },
  ...SET_OPTIONS,
  counts: {
    kind: 'text',
    value: 'COUNTS',
    help: 'training images by class instead, as 0:1000,8:9000 or cat:500,dog:500; none of those not named',
  },
  stack: {
    kind: 'integer',
    min: STACKED_CHANNELS,
    max: STACKED_CHANNELS,
    help: 'no run: Stacked MNIST, three random digits as red, green and blue of an image, a class for each of 1,000 triples, to see what modes a model loses',
  },
  out: { kind: 'text', value: 'DIR', default: 'synthetic', help: 'folder of the data set' },
  ...LABELLED_OPTIONS,
  data: REAL_IMAGES,
  ...COMPUTE_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const EVALUATE_OPTIONS = {
  run: RUN_OPTION,
  out: RESULTS,
  ...EVALUATION_OPTIONS,
  require: {
    kind: 'text',
    value: 'LIMITS',
    help: 'exit with code 3 unless train-on-synthetic-test-on-real reaches so many percent, as 98; or for other figures, as recognised:99,frechet:5',
  },
  ...LABELLED_OPTIONS,
  data: REAL_IMAGES,
  ...COMPUTE_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;
