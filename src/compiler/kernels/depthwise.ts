import {
  backend_util,
  type DepthwiseConv2dNativeAttrs,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type FusedDepthwiseConv2DAttrs,
} from '@tensorflow/tfjs-core';
import { RunError } from '../../errors.js';
import type { Builder } from '../graph/builder.js';
import type { Value } from '../graph/value.js';
import { activate } from './activation.js';
import { arithmetic } from './arithmetic.js';
import { reshape, type Rule, type Rules } from './rule.js';
import { fromStrided, shifted, slice, windowsOf, type Windows } from './windows.js';

// Depthwise convolutions have a few multiplications an element: they are sums of shifted images, element by element, with no product.

type Four = [number, number, number, number];
type Attributes = Pick<DepthwiseConv2dNativeAttrs, 'strides' | 'pad' | 'dimRoundingMode'> & {
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number;
};

interface Depthwise {
  readonly info: backend_util.Conv2DInfo;
  readonly windows: Windows;
  /** Results of each channel. */
  readonly multiplier: number;
}

function depthwiseOf(
  x: readonly number[],
  filter: readonly number[],
  { strides, pad, dataFormat, dilations, dimRoundingMode }: Attributes,
): Depthwise {
  if (dataFormat === 'NCHW')
    throw new RunError('the compiler has rules for convolutions of NHWC images, found NCHW');
  const info = backend_util.computeConv2DInfo(
    x as Four,
    filter as Four,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  );
  return { info, windows: windowsOf(info), multiplier: filter[3] };
}

/** The filter's elements at one place of a window: filter [kh, kw, c, m] -> [c, m]. */
function tap(builder: Builder, filter: Value, k: number): Value {
  const [kh, kw, c, m] = filter.shape;
  const rows = reshape(builder, filter, [kh * kw, c, m]);
  return reshape(builder, slice(builder, rows, [k, 0, 0], [k + 1, c, m], [1, 1, 1]), [c, m]);
}

/** One place of every window, [n, oh, ow, c, 1]. */
function place(builder: Builder, x: Value, { info, windows }: Depthwise, k: number): Value {
  const { outHeight, outWidth, strideHeight, strideWidth } = info;
  const [n, , , c] = x.shape;
  const pixels = shifted(
    builder,
    x,
    windows,
    windows.offsets[k],
    [outHeight, outWidth],
    [strideHeight, strideWidth],
    0,
  );
  return reshape(builder, pixels, [n, outHeight, outWidth, c, 1]);
}

function convolved(builder: Builder, x: Value, filter: Value, attributes: Attributes): Value {
  const conv = depthwiseOf(x.shape, filter.shape, attributes);
  const { add, mul } = arithmetic(builder);
  const y = conv.windows.offsets
    .map((_, k) => mul(place(builder, x, conv, k), tap(builder, filter, k)))
    .reduce(add);
  return reshape(builder, y, conv.info.outShape);
}

/** dy [n, oh, ow, c * m] -> [n, oh, ow, c, m]. */
function byChannel(builder: Builder, dy: Value, { multiplier }: Depthwise): Value {
  const [n, oh, ow, channels] = dy.shape;
  return reshape(builder, dy, [n, oh, ow, channels / multiplier, multiplier]);
}

export const depthwiseKernels: Rules = {
  DepthwiseConv2dNative: ((builder, { x, filter }, attributes) =>
    convolved(builder, x, filter, attributes)) satisfies Rule<DepthwiseConv2dNativeAttrs>,
  DepthwiseConv2dNativeBackpropFilter: ((builder, { x, dy }, attributes) => {
    const { filterShape } = attributes;
    const conv = depthwiseOf(x.shape, filterShape, attributes);
    const { mul } = arithmetic(builder);
    const gradient = byChannel(builder, dy, conv);
    const taps = conv.windows.offsets.map((_, k) => {
      const products = mul(place(builder, x, conv, k), gradient);
      return builder.op('ReduceSum', [products], { axes: [0, 1, 2], keepDims: false });
    });
    const [, , c, m] = filterShape;
    const rows = taps.map((sum) => reshape(builder, sum, [1, c, m]));
    return reshape(builder, builder.op('Concat', rows, { axis: 0 }), filterShape);
  }) satisfies Rule<DepthwiseConv2dNativeBackpropFilterAttrs>,
  DepthwiseConv2dNativeBackpropInput: ((builder, { dy, filter }, attributes) => {
    const { inputShape } = attributes;
    const conv = depthwiseOf(inputShape, filter.shape, attributes);
    const { add, mul } = arithmetic(builder);
    const gradient = byChannel(builder, dy, conv);
    const { strideHeight, strideWidth } = conv.info;
    return conv.windows.offsets
      .map((offset, k) => {
        const products = mul(gradient, tap(builder, filter, k));
        const sum = builder.op('ReduceSum', [products], { axes: [4], keepDims: false });
        return fromStrided(builder, sum, conv.windows, offset, inputShape, [
          strideHeight,
          strideWidth,
        ]);
      })
      .reduce(add);
  }) satisfies Rule<DepthwiseConv2dNativeBackpropInputAttrs>,
  FusedDepthwiseConv2D: ((builder, inputs, attributes) => {
    const { x, filter, bias, preluActivationWeights } = inputs;
    const y = convolved(builder, x, filter, attributes);
    const biased = bias === undefined ? y : builder.op('Add', [y, bias], {});
    const { activation, leakyreluAlpha } = attributes as {
      activation?: string;
      leakyreluAlpha?: number;
    };
    return activate(builder, biased, activation, leakyreluAlpha, preluActivationWeights);
  }) satisfies Rule<FusedDepthwiseConv2DAttrs>,
};
