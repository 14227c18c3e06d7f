/**
 * The names that options of the networks and their training may have. Apart from what they name, which needs TensorFlow.js: options
 * are read by commands that start without it.
 */
export const CONDITIONINGS = ['projection', 'concatenation'] as const;
export const INITIALISATIONS = ['normal', 'glorot', 'he'] as const;
export const LOSS_NAMES = [
  'non-saturating',
  'relativistic',
  'least-squares',
  'hinge',
  'wasserstein',
] as const;
export const PENALTY_NAMES = ['none', 'r1r2', 'r1r2-by-noise'] as const;

/** What the numbers of each loss mean. */
export const LOSS_MEANINGS: Readonly<Record<(typeof LOSS_NAMES)[number], string>> = {
  'non-saturating':
    'cross-entropy of real and generated: both undecided at a discriminator loss of 1.39 and a generator loss of 0.69',
  relativistic:
    'how surely a real image is told from a generated one beside it: both undecided at 0.69 each',
  'least-squares':
    'squared distance from 1 for real and 0 for generated: both undecided at a discriminator loss of 0.25 and a generator loss of 0.13',
  hinge:
    'by how much real stays below 1 and generated above -1: both undecided at a discriminator loss of 2, the generator loss has no scale',
  wasserstein:
    'minus the distance between real and generated as the discriminator measures it: near 0 is good, the generator loss has no scale',
};
