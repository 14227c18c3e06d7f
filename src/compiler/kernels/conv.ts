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

const padsOf = ({ padInfo: { top, left, bottom, right } }: backend_util.Conv2DInfo): Four => [
  top,
  left,
  bottom,
  right,
];

function conv(
  builder: Builder,
  x: Value,
  filter: Value,
  attributes: Attributes,
  bias?: Value,
): Value {
  const info = geometry(x.shape, filter.shape, attributes);
  const operands = [
    toChannelsFirst(builder, x),
    builder.op('Transpose', [filter], { perm: [3, 2, 0, 1] }),
  ];
  const y = builder.op('Conv', bias === undefined ? operands : [...operands, bias], {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: padsOf(info),
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
  const pads = padsOf(info);
  const reached = [
    (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight - pads[0] - pads[2],
    (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth - pads[1] - pads[3],
  ];
  const outputPadding = [inputShape[1] - reached[0], inputShape[2] - reached[1]];
  for (const axis of [0, 1]) {
    // Rows that the forward pass padded and never read: cut at the end, since ONNX has no negative output padding.
    if (outputPadding[axis] < 0) {
      pads[axis + 2] -= outputPadding[axis];
      outputPadding[axis] = 0;
    }
  }
  const operands = [
    toChannelsFirst(builder, dy),
    builder.op('Transpose', [filter], { perm: [3, 2, 0, 1] }),
  ];
  const x = builder.op('ConvTranspose', operands, {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads,
    outputPadding,
  });
  return toChannelsLast(builder, x);
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
  const { top, left } = info.padInfo;
  const needed = [
    (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight,
    (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth,
  ];
  // Rows at the end that the forward pass never read are cut off: ONNX has no negative padding.
  const read = [Math.min(info.inHeight, needed[0] - top), Math.min(info.inWidth, needed[1] - left)];
  const end = [x.shape[0], ...read, x.shape[3]];
  const used =
    read[0] < info.inHeight || read[1] < info.inWidth
      ? builder.op('Slice', [x], { begin: [0, 0, 0, 0], end, step: [1, 1, 1, 1] })
      : x;
  const perm = [3, 0, 1, 2];
  const y = builder.op(
    'Conv',
    [builder.op('Transpose', [used], { perm }), builder.op('Transpose', [dy], { perm })],
    {
      strides: [info.dilationHeight, info.dilationWidth],
      dilations: [info.strideHeight, info.strideWidth],
      pads: [top, left, needed[0] - read[0] - top, needed[1] - read[1] - left],
    },
  );
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
