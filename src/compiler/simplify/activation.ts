import type { Rewrite } from './rewrite.js';
import { isNode, sameShape, scalarOf, sizeOf } from '../graph/value.js';

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

/** The smallest normal float32 times this is above 1. */
const STEEP = 1e38;

/**
 * The gradient of a leaky ReLU as a product with its slope, where(x > 0, dy, dy * a) = dy * clip(x * 1e38, a, 1): ONNX
 * Runtime's Where and its comparison are several times slower than Mul and Clip. Equal for every x but those between 0 and the
 * smallest normal number, whose slope is then between a and 1, and NaN, whose gradient is NaN.
 */
export const slopeByClip: Rewrite = (builder, value) => {
  if (!isNode(value, 'Where')) return undefined;
  const [condition, dy, below] = value.source.operands;
  if (!isNode(condition, 'Greater') || !isNode(below, 'Mul')) return undefined;
  const [x, zero] = condition.source.operands;
  const [factor, scale] = below.source.operands;
  const slope = scalarOf(scale);
  if (scalarOf(zero) !== 0 || factor !== dy || slope === undefined || slope < 0 || slope > 1)
    return undefined;
  if (
    !sameShape(x.shape, value.shape) ||
    !sameShape(dy.shape, value.shape) ||
    sizeOf(value.shape) === 1
  )
    return undefined;
  const steep = builder.op('Mul', [x, builder.scalar(STEEP)], {});
  return builder.op('Mul', [dy, builder.op('Clip', [steep], { min: slope, max: 1 })], {});
};
