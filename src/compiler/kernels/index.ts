import { convKernels } from './conv/conv.js';
import { depthwiseKernels } from './depthwise.js';
import { einsumKernels } from './einsum.js';
import { elementwiseKernels } from './elementwise.js';
import { matmulKernels } from './matmul.js';
import { normaliseKernels } from './normalise.js';
import { poolingKernels } from './pooling.js';
import { reduceKernels } from './reduce.js';
import { resizeKernels } from './resize.js';
import type { Rules } from './rule.js';
import { selectKernels } from './select.js';
import { shapeKernels } from './shape.js';
import { spaceKernels } from './space.js';
import { specialKernels } from './special.js';

/** Every TensorFlow.js kernel that the compiler knows. */
export const KERNELS: Rules = {
  ...elementwiseKernels,
  ...specialKernels,
  ...shapeKernels,
  ...spaceKernels,
  ...selectKernels,
  ...reduceKernels,
  ...matmulKernels,
  ...convKernels,
  ...depthwiseKernels,
  ...poolingKernels,
  ...resizeKernels,
  ...einsumKernels,
  ...normaliseKernels,
};
