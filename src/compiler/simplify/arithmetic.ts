import type { Rewrite } from './rewrite.js';
import { isNode, sameShape, scalarOf, type Value } from '../graph/value.js';

/** x + 0, x - 0, x * 1 and x / 1 are x; a product with -1 is a negation. */
export const dropNeutral: Rewrite = (builder, value) => {
  if (!isNode(value, 'Add', 'Sub', 'Mul', 'Div')) return undefined;
  const [a, b] = value.source.operands;
  const neutral = isNode(value, 'Add', 'Sub') ? 0 : 1;
  const commutes = isNode(value, 'Add', 'Mul');
  const whole = (x: Value): boolean => sameShape(x.shape, value.shape);
  if (scalarOf(b) === neutral && whole(a)) return a;
  if (commutes && scalarOf(a) === neutral && whole(b)) return b;
  if (isNode(value, 'Mul') && value.dtype === 'float32') {
    if (scalarOf(b) === -1 && whole(a)) return builder.op('Neg', [a], {});
    if (scalarOf(a) === -1 && whole(b)) return builder.op('Neg', [b], {});
  }
  return undefined;
};
