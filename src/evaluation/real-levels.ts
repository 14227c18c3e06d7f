/** Images that are generated for each measure of a running training, and training images that they are to cover. */
export const MEASURED_IMAGES = 2000;

/**
 * What real images have in these measures, by MNIST's judge in the package; test/evaluation/running-measure.test.ts computes them.
 */
export const REAL_LEVELS = {
  /** Share of test images that it takes for what they are. */
  accuracy: 0.9928,
  /** Share of test images that it is at least 0.9 sure of. */
  sure: 0.9796,
  /** Share of the first 2000 training images that the next 2000 cover. */
  coverage: 0.908,
} as const;
