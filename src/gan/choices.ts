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
