import { backend_util, slice_util } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { CLOSE, EXACT } from '../oracle.js';
import {
  anyNumber,
  integers,
  shapeOf,
  tensor,
  wholeNumber,
  type KernelCase,
  type KernelEntries,
} from './cases.js';
import { ACTIVATIONS } from './matmul.js';

type Four = [number, number, number, number];
const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const image = fc.tuple(upTo(2), upTo(7), upTo(7), upTo(3));
const pad = fc.oneof(
  fc.constantFrom('same' as const, 'valid' as const),
  fc.integer({ min: 0, max: 1 }),
);
const SUMMED = { ...CLOSE, absolute: 1e-5 };

interface Pool {
  readonly x: Four;
  readonly attributes: {
    filterSize: [number, number];
    strides: [number, number];
    pad: 'same' | 'valid' | number;
    dimRoundingMode: 'floor' | undefined;
  };
  readonly info: backend_util.Conv2DInfo;
}

/** Half of them tile the image, as most do; a window that lies in the padding alone has no largest pixel. */
const pools = fc
  .record({
    x: image,
    size: fc.tuple(upTo(3), upTo(3)),
    apart: fc.tuple(upTo(3), upTo(3)),
    tiles: fc.boolean(),
    pad,
  })
  .map(({ x, size, apart, tiles, pad: chosen }): Pool => {
    const attributes = {
      filterSize: size,
      strides: tiles ? size : apart,
      pad: chosen,
      dimRoundingMode: typeof chosen === 'number' ? ('floor' as const) : undefined,
    };
    const info = backend_util.computePool2DInfo(
      x,
      size,
      attributes.strides,
      1,
      chosen,
      attributes.dimRoundingMode,
    );
    return { x, attributes, info };
  })
  .filter(({ info }) => {
    const inside = (
      outputs: number,
      stride: number,
      size: number,
      before: number,
      extent: number,
    ): boolean =>
      outputs > 0 &&
      size > before &&
      Array.from({ length: outputs }, (_, k) => k * stride - before).every(
        (first) => first < extent && first + size > 0,
      );
    return (
      inside(
        info.outHeight,
        info.strideHeight,
        info.filterHeight,
        info.padInfo.top,
        info.inHeight,
      ) &&
      inside(info.outWidth, info.strideWidth, info.filterWidth, info.padInfo.left, info.inWidth)
    );
  });

/** The pooled image: the kernel of its gradient wants it. */
function largest({ x, info }: Pool, values: readonly number[]): number[] {
  const [n, h, w, c] = x;
  const result: number[] = [];
  for (let b = 0; b < n; b++)
    for (let i = 0; i < info.outHeight; i++)
      for (let j = 0; j < info.outWidth; j++)
        for (let d = 0; d < c; d++) {
          let most = -Infinity;
          for (let u = 0; u < info.filterHeight; u++)
            for (let v = 0; v < info.filterWidth; v++) {
              const [row, column] = [
                i * info.strideHeight + u - info.padInfo.top,
                j * info.strideWidth + v - info.padInfo.left,
              ];
              if (row >= 0 && row < h && column >= 0 && column < w)
                most = Math.max(most, values[((b * h + row) * w + column) * c + d]);
            }
          result.push(most);
        }
  return result;
}

interface Depthwise {
  readonly x: Four;
  readonly filter: Four;
  readonly attributes: {
    strides: [number, number];
    pad: 'same' | 'valid';
    dilations: [number, number];
  };
  readonly out: Four;
}

const depthwise = (dilated: boolean): fc.Arbitrary<Depthwise> =>
  fc
    .record({
      x: image,
      window: fc.tuple(upTo(3), upTo(3), upTo(2)),
      stride: upTo(2),
      dilations: fc.tuple(upTo(dilated ? 2 : 1), upTo(dilated ? 2 : 1)),
      pad: fc.constantFrom('same' as const, 'valid' as const),
    })
    .map(({ x, window: [height, width, m], stride, dilations, pad: chosen }): Depthwise => {
      const filter: Four = [height, width, x[3], m];
      const strides: [number, number] = dilations.some((n) => n > 1) ? [1, 1] : [stride, stride];
      const info = backend_util.computeConv2DInfo(
        x,
        filter,
        strides,
        dilations,
        chosen,
        undefined,
        true,
      );
      return {
        x,
        filter,
        attributes: { strides, pad: chosen, dilations },
        out: info.outShape,
      };
    })
    .filter(({ out }) => out.every((n) => n > 0));

const more = { dataFormat: 'NHWC', dimRoundingMode: undefined };

interface Alignment {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** TensorFlow.js' gradient gives an image that is not square the wrong shape, and knows nothing of half pixels. */
const resized = (
  square: boolean,
  halves: boolean,
): fc.Arbitrary<{ x: Four; y: Four; alignment: Alignment }> =>
  fc
    .record({
      x: fc.tuple(upTo(2), upTo(5), upTo(5), upTo(3)),
      size: fc.tuple(upTo(9), upTo(9)),
      whole: fc.boolean(),
      alignment: fc.constantFrom('corners', 'none', ...(halves ? ['halves'] : [])),
    })
    .map(({ x: [n, h, w, c], size, whole, alignment }) => {
      const x: Four = [n, h, square ? h : w, c];
      const sides = whole ? [h * Math.min(3, size[0]), x[2] * Math.min(3, size[1])] : size;
      return {
        x,
        y: [n, ...sides, c] as Four,
        alignment: {
          alignCorners: alignment === 'corners',
          halfPixelCenters: alignment === 'halves',
        },
      };
    });

const resizing = (halves = true): fc.Arbitrary<KernelCase> =>
  resized(false, halves).chain(({ x, y, alignment }) =>
    tensor(x).map((images) => ({
      inputs: { images },
      attributes: { ...alignment, size: y.slice(1, 3) },
    })),
  );
const resizingBack = (square: boolean): fc.Arbitrary<KernelCase> =>
  resized(square, false)
    // One row aligned with two corners: there TensorFlow.js' own gradient goes on for ever.
    .filter(({ x, alignment }) => !alignment.alignCorners || (x[1] > 1 && x[2] > 1))
    .chain(({ x, y, alignment }) =>
      fc
        .tuple(tensor(x), tensor(y))
        .map(([images, dy]) => ({ inputs: { images, dy }, attributes: alignment })),
    );

const blocks = fc.tuple(upTo(2), upTo(3), upTo(3), upTo(2), upTo(3), upTo(3));

export const imageEntries: KernelEntries = {
  AvgPool: {
    cases: pools.chain(({ x, attributes }) =>
      tensor(x).map((images) => ({ inputs: { x: images }, attributes })),
    ),
    tolerance: SUMMED,
  },
  AvgPoolGrad: {
    cases: pools
      .filter(({ attributes }) => typeof attributes.pad === 'string')
      .chain(({ x, attributes, info }) =>
        fc
          .tuple(tensor(info.outShape), tensor(x))
          .map(([dy, input]) => ({ inputs: { dy, input }, attributes })),
      ),
    tolerance: SUMMED,
  },
  BatchToSpaceND: {
    cases: blocks.chain(([n, h, w, c, down, across]) =>
      fc
        .tuple(tensor([n * down * across, h, w, c]), fc.nat(h * down - 1), fc.nat(w * across - 1))
        .map(([x, top, right]) => ({
          inputs: { x },
          attributes: {
            blockShape: [down, across],
            crops: [
              [top, 0],
              [0, right],
            ],
          },
        })),
    ),
    tolerance: EXACT,
  },
  DepthToSpace: {
    cases: blocks.chain(([n, h, w, c, block]) =>
      tensor([n, h, w, c * block ** 2]).map((x) => ({
        inputs: { x },
        attributes: { blockSize: block, dataFormat: 'NHWC' },
      })),
    ),
    tolerance: EXACT,
  },
  DepthwiseConv2dNative: {
    cases: depthwise(true).chain(({ x, filter, attributes }) =>
      fc.tuple(tensor(x), tensor(filter)).map(([a, b]) => ({
        inputs: { x: a, filter: b },
        attributes: { ...attributes, ...more },
      })),
    ),
    tolerance: SUMMED,
  },
  DepthwiseConv2dNativeBackpropFilter: {
    cases: depthwise(false).chain(({ x, filter, attributes, out }) =>
      fc.tuple(tensor(x), tensor(out)).map(([a, dy]) => ({
        inputs: { x: a, dy },
        attributes: { ...attributes, ...more, filterShape: filter },
      })),
    ),
    tolerance: { relative: 1e-5, absolute: 3e-5 },
  },
  DepthwiseConv2dNativeBackpropInput: {
    cases: depthwise(false).chain(({ x, filter, attributes, out }) =>
      fc.tuple(tensor(out), tensor(filter)).map(([dy, b]) => ({
        inputs: { dy, filter: b },
        attributes: { ...attributes, ...more, inputShape: x },
      })),
    ),
    tolerance: SUMMED,
  },
  FusedDepthwiseConv2D: {
    cases: depthwise(true).chain(({ x, filter, attributes, out }) =>
      fc
        .tuple(
          tensor(x),
          tensor(filter),
          tensor([out[3]]),
          fc.constantFrom(...ACTIVATIONS.filter((name) => name !== 'prelu')),
        )
        .map(([a, b, bias, activation]) => ({
          inputs: { x: a, filter: b, bias },
          attributes: { ...attributes, ...more, activation, leakyreluAlpha: 0.3 },
        })),
    ),
    tolerance: SUMMED,
  },
  MaxPool: {
    cases: pools.chain(({ x, attributes }) =>
      tensor(x).map((images) => ({ inputs: { x: images }, attributes })),
    ),
    tolerance: EXACT,
  },
  MaxPoolGrad: {
    cases: pools.chain((pool) =>
      // Many equal pixels: the first of them has the gradient.
      fc
        .tuple(tensor(pool.info.outShape), tensor(pool.x, fc.integer({ min: -2, max: 2 })))
        .map(([dy, input]) => ({
          inputs: {
            dy,
            input,
            output: {
              shape: pool.info.outShape,
              dtype: 'float32' as const,
              values: largest(pool, input.values),
            },
          },
          attributes: pool.attributes,
        })),
    ),
    tolerance: SUMMED,
  },
  MirrorPad: {
    cases: shapeOf(1, 3).chain((shape) =>
      fc
        .constantFrom('reflect', 'symmetric')
        .chain((mode) =>
          fc
            .tuple(
              fc.oneof(tensor(shape), integers(shape)),
              fc.tuple(
                ...shape.map((n) =>
                  fc.tuple(
                    fc.nat(mode === 'reflect' ? n - 1 : n),
                    fc.nat(mode === 'reflect' ? n - 1 : n),
                  ),
                ),
              ),
            )
            .map(([x, paddings]) => ({ inputs: { x }, attributes: { paddings, mode } })),
        ),
    ),
    tolerance: EXACT,
  },
  ResizeBilinear: { cases: resizing(), tolerance: SUMMED },
  ResizeBilinearGrad: { cases: resizingBack(true), tolerance: SUMMED },
  ResizeNearestNeighbor: { cases: resizing(), tolerance: EXACT },
  // TensorFlow.js reads the second image's gradient at the wrong place: one image at a time.
  ResizeNearestNeighborGrad: {
    cases: resizingBack(false).filter(
      ({ inputs }) =>
        (inputs as Record<string, { shape: readonly number[] }>).images.shape[0] === 1,
    ),
    tolerance: SUMMED,
  },
  SpaceToBatchND: {
    cases: blocks.chain(([n, h, w, c, down, across]) =>
      fc
        .tuple(
          tensor([n, h * down, w * across, c], anyNumber),
          fc.constantFrom(0, down),
          fc.constantFrom(0, across),
        )
        .map(([x, before, after]) => ({
          inputs: { x },
          attributes: {
            blockShape: [down, across],
            paddings: [
              [before, 0],
              [0, after],
            ],
          },
        })),
    ),
    tolerance: EXACT,
  },
  StridedSlice: {
    cases: shapeOf(1, 4).chain((shape) => {
      const each = <T>(arbitrary: (n: number) => fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
        fc.tuple(...shape.map(arbitrary));
      const bits = fc.nat(2 ** shape.length - 1);
      return fc
        .tuple(
          fc.oneof(tensor(shape, wholeNumber), integers(shape)),
          each(() => fc.integer({ min: -7, max: 7 })),
          each(() => fc.integer({ min: -7, max: 7 })),
          each(() => fc.constantFrom(1, 2, 3, -1, -2)),
          fc.tuple(bits, bits, bits),
        )
        .map(([x, begin, end, strides, [beginMask, endMask, shrink]]) => {
          // An axis that is dropped has one element, which must be there.
          const shrinkAxisMask = begin.reduce(
            (kept, first, axis) =>
              first < shape[axis] && first >= -shape[axis] && strides[axis] > 0
                ? kept
                : kept & ~(1 << axis),
            // Beside steps, TensorFlow.js itself reads beyond the end.
            strides.every((step) => step === 1) ? shrink & ~beginMask : 0,
          );
          const attributes = {
            begin,
            end,
            strides,
            beginMask,
            endMask,
            ellipsisMask: 0,
            newAxisMask: 0,
            shrinkAxisMask,
          };
          return { inputs: { x }, attributes };
        })
        .filter(({ inputs: { x }, attributes }) => {
          const { begin, end, strides, ...masks } = attributes;
          const info = slice_util.sliceInfo(
            [...x.shape],
            begin,
            end,
            strides,
            ...(Object.values(masks) as [number, number, number, number, number]),
          );
          // So it does for some begins.
          const inside = info.begin.every((first, axis) => first >= 0 && first < x.shape[axis]);
          return inside && info.finalShape.every((n) => n > 0);
        });
    }),
    tolerance: EXACT,
  },
};
