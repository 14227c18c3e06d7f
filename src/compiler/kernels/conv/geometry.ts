import { backend_util, type Conv2DAttrs } from '@tensorflow/tfjs-core';
import { RunError } from '../../../errors.js';
import type { Builder } from '../../graph/builder.js';
import type { Value } from '../../graph/value.js';

export type ConvAttributes = Pick<
  Conv2DAttrs,
  'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'
> &
  Partial<Pick<Conv2DAttrs, 'dilations'>>;
export type Four = [number, number, number, number];

/** A convolution's extents, strides and padding, as TensorFlow.js itself derives them. */
export function geometry(
  x: readonly number[],
  filter: readonly number[],
  attributes: ConvAttributes,
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
export interface Reach {
  /** Rows and columns from the first on; those after them are in no window. */
  readonly read: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: Four;
}

/**
 * From the number of windows that TensorFlow.js has, not from its padding: with a numeric padding it derives the
 * columns from the filter's height and the vertical stride, and so has fewer or more of them than would fit.
 */
export function reachOf(info: backend_util.Conv2DInfo): Reach {
  const { top, left } = info.padInfo;
  const bottom = (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight - top;
  const right = (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth - left;
  if (bottom <= 0 || right <= 0)
    throw new RunError('the compiler has no rule for a convolution that reads nothing but padding');
  const read = [Math.min(info.inHeight, bottom), Math.min(info.inWidth, right)] as const;
  return { read, pads: [top, left, bottom - read[0], right - read[1]] };
}

/** The rows and columns of an image [n, h, w, c] that are read: ONNX has no negative padding. */
export function crop(builder: Builder, x: Value, [height, width]: Reach['read']): Value {
  const [n, h, w, c] = x.shape;
  if (height === h && width === w) return x;
  return builder.op('Slice', [x], {
    begin: [0, 0, 0, 0],
    end: [n, height, width, c],
    step: [1, 1, 1, 1],
  });
}
