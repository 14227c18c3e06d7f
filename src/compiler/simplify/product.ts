import { isNode } from '../graph/value.js';
import type { Rewrite } from './rewrite.js';

/** A vector added to each row of a product is the product's bias: so a layer with a fused activation does without a pass. */
export const biasIntoProduct: Rewrite = (builder, value, graph) => {
  if (!isNode(value, 'Add')) return undefined;
  const [product, bias] = value.source.operands;
  if (!isNode(product, 'Gemm') || product.source.operands.length !== 2 || bias.shape.length !== 1)
    return undefined;
  if (bias.shape[0] !== value.shape[1] || graph.users(product).length !== 1) return undefined;
  return builder.op('Gemm', [...product.source.operands, bias], product.source.attributes);
};
