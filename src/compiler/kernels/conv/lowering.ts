import type { Builder } from '../../graph/builder.js';
import type { Value } from '../../graph/value.js';
import type { ConvAttributes } from './geometry.js';

/** A way to say a convolution and its gradients in the graph's ops. Images are NHWC, filters HWIO, as TensorFlow.js has them. */
export interface Lowering {
  /** x [n, h, w, c] with filter [kh, kw, c, m] and bias [m] -> [n, oh, ow, m]. */
  readonly conv: (
    builder: Builder,
    x: Value,
    filter: Value,
    attributes: ConvAttributes,
    bias?: Value,
  ) => Value;
  /** The gradient by the image, which is also the transposed convolution: dy [n, oh, ow, m] -> [n, h, w, c]. */
  readonly convTranspose: (
    builder: Builder,
    dy: Value,
    filter: Value,
    inputShape: readonly number[],
    attributes: ConvAttributes,
  ) => Value;
  /** The gradient by the filter: x [n, h, w, c], dy [n, oh, ow, m] -> [kh, kw, c, m]. */
  readonly convFilterGradient: (
    builder: Builder,
    x: Value,
    dy: Value,
    filterShape: readonly number[],
    attributes: ConvAttributes,
  ) => Value;
}
