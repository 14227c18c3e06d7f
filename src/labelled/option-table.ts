import type { OptionTable } from '../options.js';

/** How labelled images are drawn. */
export const LABELLED_OPTIONS = {
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
} as const satisfies OptionTable;
