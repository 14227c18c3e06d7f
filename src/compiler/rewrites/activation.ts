import type { Rewrite } from './rewrite.js';
import { isNode, scalarOf } from '../value.js';

/**
 * The slope of a (leaky) ReLU is asked of its result instead of its operand: both have the same sign, and the
 * operand, once nothing else needs it, is never written to memory (ONNX Runtime fuses the product and the activation).
 */
export const slopeFromActivation: Rewrite = (builder, value, graph) => {
  if (!isNode(value, 'Greater')) return undefined;
  const [x, zero] = value.source.operands;
  if (scalarOf(zero) !== 0) return undefined;
  const activated = graph
    .users(x)
    .find(
      (user) =>
        isNode(user, 'Relu') || (isNode(user, 'LeakyRelu') && user.source.attributes.alpha > 0),
    );
  return activated === undefined ? undefined : builder.op('Greater', [activated, zero], {});
};
