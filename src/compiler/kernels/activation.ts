import { RunError } from '../../errors.js';
import type { Builder } from '../graph/builder.js';
import type { Value } from '../graph/value.js';

/** The activation that a fused TensorFlow.js kernel applies to its result. */
export function activate(
  builder: Builder,
  x: Value,
  activation: string | undefined,
  leakyReluAlpha?: number,
  preluWeights?: Value,
): Value {
  switch (activation) {
    case undefined:
    case 'linear':
      return x;
    case 'elu':
      return builder.op('Elu', [x], { alpha: 1 });
    case 'leakyrelu':
      return builder.op('LeakyRelu', [x], { alpha: leakyReluAlpha ?? 0.2 });
    case 'prelu':
      return builder.op(
        'Where',
        [
          builder.op('Less', [x, builder.scalar(0)], {}),
          builder.op('Mul', [preluWeights!, x], {}),
          x,
        ],
        {},
      );
    case 'relu':
      return builder.op('Relu', [x], {});
    case 'relu6':
      return builder.op('Min', [builder.op('Relu', [x], {}), builder.scalar(6)], {});
    case 'sigmoid':
      return builder.op('Sigmoid', [x], {});
    default:
      throw new RunError(`the compiler has no rule for the fused activation ${activation}`);
  }
}
