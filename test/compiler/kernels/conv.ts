import { backend_util } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { anyNumber, tensor, type KernelCase, type KernelEntries } from './cases.js';
import { ACTIVATIONS } from './matmul.js';

type Four = [number, number, number, number];
type Pad = 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];

interface Geometry {
  readonly x: Four;
  readonly filter: Four;
  readonly strides: [number, number];
  readonly dilations: [number, number];
  readonly pad: Pad;
  readonly dimRoundingMode: 'floor' | 'ceil' | 'round' | undefined;
}

const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const padding: fc.Arbitrary<Pad> = fc.oneof(
  fc.constantFrom('same' as const, 'valid' as const),
  fc.integer({ min: 0, max: 2 }),
  fc
    .array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 })
    .map(([top, bottom, left, right]): Pad => [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]),
);

/** Images [n, h, w, c], filters [kh, kw, c, m]; neither need be square. */
function geometries(largestDilation: number): fc.Arbitrary<Geometry> {
  return fc
    .record({
      x: fc.tuple(upTo(3), upTo(8), upTo(8), upTo(3)),
      window: fc.tuple(upTo(4), upTo(4), upTo(3)),
      strides: fc.tuple(upTo(3), upTo(3)),
      dilations: fc.tuple(upTo(largestDilation), upTo(largestDilation)),
      pad: padding,
    })
    .map(({ x, window: [height, width, channels], strides, dilations, pad }): Geometry => ({
      x,
      filter: [height, width, x[3], channels],
      strides,
      // TensorFlow.js has strides or dilations, not both.
      dilations: strides[0] === 1 && strides[1] === 1 ? dilations : [1, 1],
      pad,
      dimRoundingMode: typeof pad === 'string' ? undefined : 'floor',
    }))
    .filter(readsSomething);
}

/** Whether there is an output, and the image is in the window of some of it. */
function readsSomething({
  x,
  filter,
  strides,
  dilations,
  pad,
  dimRoundingMode,
}: Geometry): boolean {
  const info = backend_util.computeConv2DInfo(x, filter, strides, dilations, pad, dimRoundingMode);
  return (
    info.outShape.every((n) => n > 0) &&
    (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight > info.padInfo.top &&
    (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth > info.padInfo.left
  );
}

/** [n, oh, ow, m], as TensorFlow.js has it. */
function outputOf({ x, filter, strides, dilations, pad, dimRoundingMode }: Geometry): Four {
  const info = backend_util.computeConv2DInfo(x, filter, strides, dilations, pad, dimRoundingMode);
  return info.outShape;
}

const attributesOf = ({ strides, pad, dimRoundingMode, dilations }: Geometry): object => ({
  strides,
  pad,
  dataFormat: 'NHWC',
  dimRoundingMode,
  dilations,
});

const summed = { relative: 1e-5, absolute: 2e-5 };

export const convEntries: KernelEntries = {
  Conv2D: {
    cases: geometries(2).chain((geometry) =>
      fc
        .tuple(tensor(geometry.x), tensor(geometry.filter))
        .map(([x, filter]) => ({ inputs: { x, filter }, attributes: attributesOf(geometry) })),
    ),
    tolerance: summed,
  },
  Conv2DBackpropFilter: {
    cases: geometries(1).chain((geometry) =>
      fc.tuple(tensor(geometry.x), tensor(outputOf(geometry))).map(([x, dy]) => ({
        inputs: { x, dy },
        attributes: { ...attributesOf(geometry), filterShape: geometry.filter },
      })),
    ),
    tolerance: summed,
  },
  Conv2DBackpropInput: {
    cases: geometries(1).chain((geometry) =>
      fc.tuple(tensor(outputOf(geometry)), tensor(geometry.filter)).map(([dy, filter]) => ({
        inputs: { dy, filter },
        attributes: { ...attributesOf(geometry), inputShape: geometry.x },
      })),
    ),
    tolerance: summed,
  },
  FusedConv2D: {
    cases: geometries(2).chain((geometry) => {
      const channels = geometry.filter[3];
      return fc
        .record({
          x: tensor(geometry.x),
          filter: tensor(geometry.filter),
          bias: fc.option(tensor([channels])),
          weights: tensor([1, 1, channels]),
          activation: fc.constantFrom(...ACTIVATIONS),
          leakyreluAlpha: anyNumber,
        })
        .map(({ x, filter, bias, weights, activation, leakyreluAlpha }): KernelCase => ({
          inputs: {
            x,
            filter,
            ...(bias === null ? {} : { bias }),
            ...(activation === 'prelu' ? { preluActivationWeights: weights } : {}),
          },
          attributes: { ...attributesOf(geometry), activation, leakyreluAlpha },
        }));
    }),
    tolerance: summed,
  },
};
