import type {
  Conv2DAttrs,
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
  FusedConv2DAttrs,
} from '@tensorflow/tfjs-core';
import type { Builder } from '../../graph/builder.js';
import { activate } from '../activation.js';
import * as byBlocks from './blocks.js';
import * as channelsFirst from './channels-first.js';
import type { ConvAttributes } from './geometry.js';
import * as byPatches from './patches.js';
import { convTransposeByPhases } from './phases.js';
import * as byWinograd from './winograd.js';
import type { Lowering } from './lowering.js';
import type { Rule, Rules } from '../rule.js';

const patchesAndPhases: Lowering = { ...byPatches, convTranspose: convTransposeByPhases };

function loweringOf(
  { freeBatch }: Builder,
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvAttributes,
): Lowering {
  const oneChannel = filterShape[2] === 1;
  if (freeBatch) return oneChannel ? channelsFirst : patchesAndPhases;
  if (oneChannel) return byBlocks;
  return byWinograd.saves(xShape, filterShape, attributes) ? byWinograd : patchesAndPhases;
}

export const convKernels: Rules = {
  Conv2D: ((builder, { x, filter }, attributes) =>
    loweringOf(builder, x.shape, filter.shape, attributes).conv(
      builder,
      x,
      filter,
      attributes,
    )) satisfies Rule<Conv2DAttrs>,
  Conv2DBackpropFilter: ((builder, { x, dy }, attributes) => {
    const { filterShape } = attributes;
    const { convFilterGradient } = loweringOf(builder, x.shape, filterShape, attributes);
    return convFilterGradient(builder, x, dy, filterShape, attributes);
  }) satisfies Rule<Conv2DBackpropFilterAttrs>,
  Conv2DBackpropInput: ((builder, { dy, filter }, attributes) => {
    const { inputShape } = attributes;
    const { convTranspose } = loweringOf(builder, inputShape, filter.shape, attributes);
    return convTranspose(builder, dy, filter, inputShape, attributes);
  }) satisfies Rule<Conv2DBackpropInputAttrs>,
  FusedConv2D: ((builder, { x, filter, bias, preluActivationWeights }, attributes) => {
    const { conv } = loweringOf(builder, x.shape, filter.shape, attributes);
    const { activation, leakyreluAlpha } = attributes;
    const y = conv(builder, x, filter, attributes, bias);
    return activate(builder, y, activation, leakyreluAlpha, preluActivationWeights);
  }) satisfies Rule<FusedConv2DAttrs>,
};
