import type { Builder } from '../../graph/builder.js';
import type { Value } from '../../graph/value.js';
import { crop, geometry, reachOf } from './geometry.js';
import type { Lowering } from './lowering.js';

// Convolutions of images of one channel by ONNX's own ops, for graphs of any batch. ONNX has images as NCHW and filters as
// OIHW, TensorFlow.js has NHWC and HWIO: with one channel that is the same, and there ONNX Runtime's convolutions are quick.

const toChannelsFirst = (builder: Builder, x: Value): Value =>
  builder.op('Transpose', [x], { perm: [0, 3, 1, 2] });
const toChannelsLast = (builder: Builder, x: Value): Value =>
  builder.op('Transpose', [x], { perm: [0, 2, 3, 1] });

export const conv: Lowering['conv'] = (builder, x, filter, attributes, bias) => {
  const info = geometry(x.shape, filter.shape, attributes);
  const { read, pads } = reachOf(info);
  const operands = [
    toChannelsFirst(builder, crop(builder, x, read)),
    builder.op('Transpose', [filter], { perm: [3, 2, 0, 1] }),
  ];
  const y = builder.op('Conv', bias === undefined ? operands : [...operands, bias], {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads,
  });
  return toChannelsLast(builder, y);
};

export const convTranspose: Lowering['convTranspose'] = (
  builder,
  dy,
  filter,
  inputShape,
  attributes,
) => {
  const info = geometry(inputShape, filter.shape, attributes);
  const { read, pads } = reachOf(info);
  // Rows that no window reads have no gradient. A few of them ONNX can add itself.
  const unread = [inputShape[1] - read[0], inputShape[2] - read[1]];
  const strides = [info.strideHeight, info.strideWidth];
  const outputPadding = unread.map((count, axis) => (count < strides[axis] ? count : 0));
  const operands = [
    toChannelsFirst(builder, dy),
    builder.op('Transpose', [filter], { perm: [3, 2, 0, 1] }),
  ];
  const x = toChannelsLast(
    builder,
    builder.op('ConvTranspose', operands, {
      strides,
      dilations: [info.dilationHeight, info.dilationWidth],
      pads,
      outputPadding,
    }),
  );
  const after = [0, unread[0] - outputPadding[0], unread[1] - outputPadding[1], 0];
  return after.every((count) => count === 0)
    ? x
    : builder.op('Pad', [x], { before: [0, 0, 0, 0], after });
};

/** The gradient by the filter, itself a convolution: batch and channels trade places, strides and dilations too. */
export const convFilterGradient: Lowering['convFilterGradient'] = (
  builder,
  x,
  dy,
  filterShape,
  attributes,
) => {
  const info = geometry(x.shape, filterShape, attributes);
  const { read, pads } = reachOf(info);
  const perm = [3, 0, 1, 2];
  const operands = [crop(builder, x, read), dy].map((image) =>
    builder.op('Transpose', [image], { perm }),
  );
  const y = builder.op('Conv', operands, {
    strides: [info.dilationHeight, info.dilationWidth],
    dilations: [info.strideHeight, info.strideWidth],
    pads,
  });
  return builder.op('Transpose', [y], { perm: [2, 3, 0, 1] });
};
