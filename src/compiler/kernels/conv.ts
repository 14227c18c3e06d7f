import {
  backend_util,
  type Conv2DAttrs,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type FusedConv2DAttrs,
} from '@tensorflow/tfjs-core';
import { RunError } from '../../errors.js';
import type { Builder } from '../builder.js';
import type { Value } from '../value.js';
import { activate } from './activation.js';
import type { Rule, Rules } from './rule.js';

type Attributes = Pick<Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'> &
  Partial<Pick<Conv2DAttrs, 'dilations'>>;
type Four = [number, number, number, number];

// TensorFlow.js has images as NHWC and filters as HWIO, ONNX as NCHW and OIHW.
const toChannelsFirst = (builder: Builder, x: Value): Value =>
  builder.op('Transpose', [x], { perm: [0, 3, 1, 2] });
const toChannelsLast = (builder: Builder, x: Value): Value =>
  builder.op('Transpose', [x], { perm: [0, 2, 3, 1] });

/** A convolution's extents, strides and padding, as TensorFlow.js itself derives them. */
function geometry(
  x: readonly number[],
  filter: readonly number[],
  attributes: Attributes,
): backend_util.Conv2DInfo {
  const { strides, pad, dataFormat, dimRoundingMode, dilations = 1 } = attributes;
  if (dataFormat === 'NCHW')
    throw new RunError('the compiler has rules for convolutions of NHWC images, found NCHW');
  return backend_util.computeConv2DInfo(
    x as Four,
    filter as Four,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    false,
    'channelsLast',
  );
}

/** What of an image the windows of a convolution read, and the zeros that they read around it. */
interface Reach {
  /** Rows and columns from the first on; those after them are in no window. */
  readonly read: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: Four;
}

/**
 * From the number of windows that TensorFlow.js has, not from its padding: with a numeric padding it derives the
 * columns from the filter's height and the vertical stride, and so has fewer or more of them than would fit.
 */
function reachOf(info: backend_util.Conv2DInfo): Reach {
  const { top, left } = info.padInfo;
  const bottom = (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight - top;
  const right = (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth - left;
  if (bottom <= 0 || right <= 0)
    throw new RunError('the compiler has no rule for a convolution that reads nothing but padding');
  const read = [Math.min(info.inHeight, bottom), Math.min(info.inWidth, right)] as const;
  return { read, pads: [top, left, bottom - read[0], right - read[1]] };
}

/** The rows and columns of an image [n, h, w, c] that are read: ONNX has no negative padding. */
function crop(builder: Builder, x: Value, [height, width]: Reach['read']): Value {
  const [n, h, w, c] = x.shape;
  if (height === h && width === w) return x;
  return builder.op('Slice', [x], {
    begin: [0, 0, 0, 0],
    end: [n, height, width, c],
    step: [1, 1, 1, 1],
  });
}

function conv(
  builder: Builder,
  x: Value,
  filter: Value,
  attributes: Attributes,
  bias?: Value,
): Value {
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
}

/** The gradient by the input, which is the transposed convolution: dy [n, oh, ow, m] -> [n, h, w, c]. */
function convTranspose(
  builder: Builder,
  dy: Value,
  filter: Value,
  inputShape: readonly number[],
  attributes: Attributes,
): Value {
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
}

/** The gradient by the filter, itself a convolution: batch and channels trade places, strides and dilations too. */
function convFilterGradient(
  builder: Builder,
  x: Value,
  dy: Value,
  filterShape: readonly number[],
  attributes: Attributes,
): Value {
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
}

export const convKernels: Rules = {
  Conv2D: ((builder, { x, filter }, attributes) =>
    conv(builder, x, filter, attributes)) satisfies Rule<Conv2DAttrs>,
  Conv2DBackpropFilter: ((builder, { x, dy }, attributes) =>
    convFilterGradient(
      builder,
      x,
      dy,
      attributes.filterShape,
      attributes,
    )) satisfies Rule<Conv2DBackpropFilterAttrs>,
  Conv2DBackpropInput: ((builder, { dy, filter }, attributes) =>
    convTranspose(
      builder,
      dy,
      filter,
      attributes.inputShape,
      attributes,
    )) satisfies Rule<Conv2DBackpropInputAttrs>,
  FusedConv2D: ((builder, { x, filter, bias, preluActivationWeights }, attributes) =>
    activate(
      builder,
      conv(builder, x, filter, attributes, bias),
      attributes.activation,
      attributes.leakyreluAlpha,
      preluActivationWeights,
    )) satisfies Rule<FusedConv2DAttrs>,
};
