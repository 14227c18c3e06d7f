import fc from 'fast-check';
import { EXACT } from '../oracle.js';
import {
  anyNumber,
  axisOf,
  extent,
  integers,
  mask,
  shapeOf,
  tensor,
  wholeNumber,
  type KernelCase,
  type KernelEntries,
  type TensorCase,
} from './cases.js';

type Shape = readonly number[];

/** A kernel of one tensor, of any type, whose attributes depend on its shape. */
const shaped = (
  minRank: number,
  attributesFor: (shape: Shape) => fc.Arbitrary<object>,
): fc.Arbitrary<KernelCase> =>
  shapeOf(minRank, 4).chain((shape) =>
    fc
      .tuple(anyTensor(shape), attributesFor(shape))
      .map(([x, attributes]) => ({ inputs: { x }, attributes })),
  );

const anyTensor = (shape: Shape): fc.Arbitrary<TensorCase> =>
  fc.oneof(tensor(shape), integers(shape), mask(shape));

const none = (): fc.Arbitrary<object> => fc.constant({});
const exact = (cases: fc.Arbitrary<KernelCase>): KernelEntries[string] => ({
  cases,
  tolerance: EXACT,
});
const each = <T>(shape: Shape, arbitrary: (extent: number) => fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.tuple<T[]>(...shape.map(arbitrary));

/** Begin and size of a part of an axis. */
const part = (n: number): fc.Arbitrary<[number, number]> =>
  fc
    .integer({ min: 0, max: n - 1 })
    .chain((begin) => fc.tuple(fc.constant(begin), fc.integer({ min: 1, max: n - begin })));

const factors = (shape: Shape): number[] => {
  const total = shape.reduce((a, b) => a * b, 1);
  return [1, 2, 3, 4, 5].filter((n) => total % n === 0);
};

export const shapeEntries: KernelEntries = {
  Concat: exact(
    shapeOf(1, 4).chain((shape) =>
      fc
        .tuple(axisOf(shape), fc.array(extent, { minLength: 1, maxLength: 4 }))
        .chain(([axis, extents]) => {
          const along = axis < 0 ? axis + shape.length : axis;
          const shapes = extents.map((n) => shape.map((m, k) => (k === along ? n : m)));
          return fc
            .oneof(fc.tuple(...shapes.map((s) => tensor(s))), fc.tuple(...shapes.map(integers)))
            .map((inputs) => ({ inputs, attributes: { axis } }));
        }),
    ),
  ),
  ExpandDims: exact(
    shapeOf(0, 3).chain((shape) =>
      fc
        .tuple(anyTensor(shape), fc.integer({ min: -shape.length - 1, max: shape.length }))
        .map(([input, dim]) => ({ inputs: { input }, attributes: { dim } })),
    ),
  ),
  Fill: exact(
    fc
      .tuple(
        shapeOf(0, 4),
        fc.oneof(
          fc.record({ value: anyNumber, dtype: fc.constant('float32') }),
          fc.record({ value: wholeNumber, dtype: fc.constant('int32') }),
        ),
      )
      .map(([shape, rest]) => ({ inputs: {}, attributes: { shape, ...rest } })),
  ),
  LinSpace: exact(
    fc
      .tuple(anyNumber, anyNumber, fc.integer({ min: 1, max: 9 }))
      .map(([start, stop, num]) => ({ inputs: {}, attributes: { start, stop, num } })),
  ),
  OneHot: exact(
    shapeOf(0, 3).chain((shape) =>
      fc
        .tuple(
          // Also indices outside of it, which have no hit.
          tensor(shape, fc.integer({ min: -1, max: 6 }), 'int32'),
          fc.record({
            depth: fc.integer({ min: 1, max: 5 }),
            onValue: wholeNumber,
            offValue: wholeNumber,
            dtype: fc.constantFrom('float32', 'int32'),
          }),
        )
        .map(([indices, attributes]) => ({ inputs: { indices }, attributes })),
    ),
  ),
  OnesLike: exact(shaped(0, none)),
  Pack: exact(
    shapeOf(0, 3).chain((shape) =>
      fc
        .tuple(
          fc.array(tensor(shape), { minLength: 1, maxLength: 4 }),
          fc.integer({ min: -shape.length - 1, max: shape.length }),
        )
        .map(([inputs, axis]) => ({ inputs, attributes: { axis } })),
    ),
  ),
  PadV2: exact(
    shapeOf(1, 4).chain((shape) =>
      fc
        .tuple(
          fc.oneof(tensor(shape), integers(shape)),
          each(shape, () =>
            fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
          ),
        )
        .chain(([x, paddings]) =>
          fc
            .constantFrom(0, 3, -0, ...(x.dtype === 'float32' ? [-Infinity] : []))
            .map((constantValue) => ({ inputs: { x }, attributes: { paddings, constantValue } })),
        ),
    ),
  ),
  Range: exact(
    fc
      .tuple(
        wholeNumber,
        wholeNumber,
        fc.constantFrom(1, -1, 2, 0.5, -0.5),
        fc.constantFrom('float32', 'int32'),
      )
      .filter(
        ([start, stop, step]) =>
          start !== stop && (stop > start ? step > 0 : step < 0 || step === 1),
      )
      .map(([start, stop, step, dtype]) => ({
        inputs: {},
        attributes: { start, stop, step: dtype === 'int32' ? Math.sign(step) : step, dtype },
      })),
  ),
  Reshape: exact(
    shaped(0, (shape) =>
      fc
        .constantFrom(...factors(shape))
        .chain((n) =>
          fc.constantFrom([-1, n], [n, -1], [1, -1, n], [-1]).map((to) => ({ shape: to })),
        ),
    ),
  ),
  Reverse: exact(shaped(1, (shape) => fc.subarray([...shape.keys()]).map((dims) => ({ dims })))),
  Slice: exact(
    shaped(1, (shape) =>
      each(shape, part).map((parts) => ({
        begin: parts.map(([begin]) => begin),
        size: parts.map(([begin, size], axis) => (begin + size === shape[axis] ? -1 : size)),
      })),
    ),
  ),
  SplitV: exact(
    shapeOf(1, 4).chain((shape) =>
      fc.tuple(anyTensor(shape), axisOf(shape)).chain(([x, axis]) => {
        const n = shape.at(axis)!;
        return fc
          .oneof(
            fc.constantFrom(...[1, 2, 3, 4, 5].filter((count) => n % count === 0)),
            ...(n > 1 ? [fc.integer({ min: 1, max: n - 1 }).map((first) => [first, -1])] : []),
          )
          .map((numOrSizeSplits) => ({ inputs: { x }, attributes: { numOrSizeSplits, axis } }));
      }),
    ),
  ),
  Tile: exact(
    shaped(1, (shape) =>
      each(shape, () => fc.integer({ min: 1, max: 3 })).map((reps) => ({ reps })),
    ),
  ),
  Transpose: exact(
    shaped(0, (shape) =>
      fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }).map((perm) => ({ perm })),
    ),
  ),
  Unpack: exact(
    shapeOf(1, 4).chain((shape) =>
      fc
        .tuple(anyTensor(shape), axisOf(shape))
        .map(([value, axis]) => ({ inputs: { value }, attributes: { axis } })),
    ),
  ),
  ZerosLike: exact(shaped(0, none)),
};
