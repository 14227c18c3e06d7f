import { CLASSIFIER_TRAINING } from '../classifier/options.js';
import { SEEDS, type OptionTable } from '../options.js';

/** How models are evaluated. */
export const EVALUATION_OPTIONS = {
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
} as const satisfies OptionTable;
