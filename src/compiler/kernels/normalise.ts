import type { FusedBatchNormAttrs } from '@tensorflow/tfjs-core';
import type { Rule, Rules } from './rule.js';

export const normaliseKernels: Rules = {
  /** (x - mean) / sqrt(variance + epsilon) * scale + offset, the statistics along the last axis. */
  FusedBatchNorm: ((builder, { x, mean, variance, scale, offset }, { varianceEpsilon }) => {
    const deviation = builder.op(
      'Sqrt',
      [builder.op('Add', [variance, builder.scalar(varianceEpsilon)], {})],
      {},
    );
    const factor = builder.op('Div', [scale ?? builder.scalar(1), deviation], {});
    const scaled = builder.op('Mul', [builder.op('Sub', [x, mean], {}), factor], {});
    return offset === undefined ? scaled : builder.op('Add', [scaled, offset], {});
  }) satisfies Rule<FusedBatchNormAttrs>,
};
