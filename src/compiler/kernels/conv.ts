import type {
  Conv2DAttrs,
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
  FusedConv2DAttrs,
} from '@tensorflow/tfjs-core';
import { activate } from './activation.js';
import * as channelsFirst from './conv-channels-first.js';
import * as byPatches from './conv-patches.js';
import { convTransposeByPhases } from './conv-phases.js';
import type { Rule, Rules } from './rule.js';

/** An image [n, h, w, 1] has no channels to copy together: ONNX's own convolution suits it better than patches. */
const hasChannels = (filterShape: readonly number[]): boolean => filterShape[2] > 1;

const conv: typeof channelsFirst.conv = (builder, x, filter, attributes, bias) =>
  (hasChannels(filter.shape) ? byPatches.conv : channelsFirst.conv)(
    builder,
    x,
    filter,
    attributes,
    bias,
  );

export const convKernels: Rules = {
  Conv2D: ((builder, { x, filter }, attributes) =>
    conv(builder, x, filter, attributes)) satisfies Rule<Conv2DAttrs>,
  Conv2DBackpropFilter: ((builder, { x, dy }, attributes) =>
    (hasChannels(attributes.filterShape) ? byPatches : channelsFirst).convFilterGradient(
      builder,
      x,
      dy,
      attributes.filterShape,
      attributes,
    )) satisfies Rule<Conv2DBackpropFilterAttrs>,
  Conv2DBackpropInput: ((builder, { dy, filter }, attributes) =>
    (hasChannels(filter.shape) ? convTransposeByPhases : channelsFirst.convTranspose)(
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
