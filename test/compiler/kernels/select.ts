import fc from 'fast-check';
import { CLOSE, EXACT } from '../oracle.js';
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
} from './cases.js';

const indicesBelow = (n: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: n - 1 });
/** Numbers that are all different, so that an order of them is one. */
const distinct = (
  shape: readonly number[],
): fc.Arbitrary<{ shape: number[]; dtype: 'float32'; values: number[] }> => {
  const size = shape.reduce((a, b) => a * b, 1);
  return fc.shuffledSubarray([...Array(size).keys()], { minLength: size }).map((values) => ({
    shape: [...shape],
    dtype: 'float32',
    values: values.map((x) => x / 4 - 3),
  }));
};

const scans = (
  dtypes: fc.Arbitrary<(shape: readonly number[]) => fc.Arbitrary<KernelCase['inputs']>>,
): fc.Arbitrary<KernelCase> =>
  fc.tuple(dtypes, shapeOf(1, 3)).chain(([make, shape]) =>
    fc
      .tuple(make(shape), fc.integer({ min: 0, max: shape.length - 1 }), fc.boolean(), fc.boolean())
      .map(([inputs, axis, exclusive, reverse]) => ({
        inputs,
        attributes: { axis, exclusive, reverse },
      })),
  );
const asX =
  (make: (shape: readonly number[]) => fc.Arbitrary<unknown>) => (shape: readonly number[]) =>
    make(shape).map((x) => ({ x })) as fc.Arbitrary<KernelCase['inputs']>;

/** data [b..., ..., n, ...] and indices [b..., ...]. */
const gathers = shapeOf(1, 4).chain((shape) =>
  fc.tuple(axisOf(shape), fc.nat(2), shapeOf(0, 2)).chain(([axis, before, rows]) => {
    const along = axis < 0 ? axis + shape.length : axis;
    const batchDims = Math.min(before, along);
    const places = [...shape.slice(0, batchDims), ...rows];
    return fc
      .tuple(
        fc.oneof(tensor(shape), integers(shape)),
        tensor(places, indicesBelow(shape[along]), 'int32'),
      )
      .map(([x, indices]) => ({ inputs: { x, indices }, attributes: { axis: along, batchDims } }));
  }),
);

/** An array, and indices [..., r] along its first axes. */
const pointed = shapeOf(1, 3).chain((shape) =>
  fc.tuple(fc.integer({ min: 1, max: shape.length }), shapeOf(1, 2)).chain(([rank, rows]) => {
    const count = rows.reduce((a, b) => a * b, 1);
    return fc
      .array(fc.tuple(...shape.slice(0, rank).map(indicesBelow)), {
        minLength: count,
        maxLength: count,
      })
      .map((points) => ({
        shape,
        rest: shape.slice(rank),
        rows,
        indices: { shape: [...rows, rank], dtype: 'int32' as const, values: points.flat() },
      }));
  }),
);

export const selectEntries: KernelEntries = {
  ArgMin: {
    cases: shapeOf(1, 4).chain((shape) =>
      fc
        .tuple(fc.oneof(tensor(shape), integers(shape)), axisOf(shape))
        .map(([x, axis]) => ({ inputs: { x }, attributes: { axis } })),
    ),
    tolerance: EXACT,
  },
  Cumprod: { cases: scans(fc.constantFrom(asX((shape) => tensor(shape, anyNumber)))) },
  Cumsum: {
    cases: scans(
      fc.constantFrom(
        asX((shape) => tensor(shape)),
        asX(integers),
        asX(mask),
      ),
    ),
    tolerance: { ...CLOSE, absolute: 1e-5 },
  },
  Diag: {
    cases: shapeOf(1, 2)
      .chain((shape) => fc.oneof(tensor(shape), integers(shape)))
      .map((x) => ({ inputs: { x }, attributes: {} })),
    tolerance: EXACT,
  },
  Einsum: {
    cases: fc
      .constantFrom(
        'ij,jk->ik',
        'ij->ji',
        'ij->',
        'ij->i',
        'i,j->ij',
        'ij,ij->',
        'ij,ij->ij',
        'bij,bjk->bik',
        'bhqd,bhkd->bhqk',
        'bij,kj->bki',
        'ijk,jil->kl',
        'ij,kl->ijkl',
        'ab,bc->ca',
        'i,->i',
      )
      .chain((equation) => {
        const terms = equation.split('->')[0].split(',');
        return fc.tuple(...[...'abcdefghijklq'].map(() => extent)).chain((extents) => {
          const shapes = terms.map((term) =>
            [...term].map((label) => extents['abcdefghijklq'.indexOf(label)]),
          );
          return fc
            .tuple(...shapes.map((shape) => tensor(shape)))
            .map((inputs) => ({ inputs, attributes: { equation } }));
        });
      }),
    tolerance: { ...CLOSE, absolute: 1e-5 },
  },
  GatherNd: {
    cases: pointed.chain(({ shape, indices }) =>
      fc
        .oneof(tensor(shape), integers(shape))
        .map((params) => ({ inputs: { params, indices }, attributes: {} })),
    ),
    tolerance: EXACT,
  },
  GatherV2: { cases: gathers, tolerance: EXACT },
  ScatterNd: {
    cases: pointed.chain(({ shape, rest, rows, indices }) =>
      tensor([...rows, ...rest], wholeNumber).map((updates) => ({
        inputs: { indices, updates },
        attributes: { shape },
      })),
    ),
  },
  TopK: {
    cases: shapeOf(1, 3).chain((shape) =>
      fc
        .tuple(distinct(shape), fc.integer({ min: 1, max: shape[shape.length - 1] }))
        .map(([x, k]) => ({ inputs: { x }, attributes: { k, sorted: true } })),
    ),
    tolerance: EXACT,
  },
  UnsortedSegmentSum: {
    cases: shapeOf(1, 3).chain((shape) =>
      fc
        .tuple(tensor(shape), tensor([shape[0]], fc.integer({ min: -1, max: 4 }), 'int32'), extent)
        .map(([x, segmentIds, numSegments]) => ({
          inputs: { x, segmentIds },
          attributes: { numSegments },
        })),
    ),
    tolerance: { ...CLOSE, absolute: 1e-5 },
  },
};
