import { convKernels } from './conv/conv.js';
import { elementwiseKernels } from './elementwise.js';
import { matmulKernels } from './matmul.js';
import { normaliseKernels } from './normalise.js';
import { reduceKernels } from './reduce.js';
import type { Rules } from './rule.js';
import { shapeKernels } from './shape.js';

/** Every TensorFlow.js kernel that the compiler knows. */
export const KERNELS: Rules = {
  ...elementwiseKernels,
  ...shapeKernels,
  ...reduceKernels,
  ...matmulKernels,
  ...convKernels,
  ...normaliseKernels,
};
