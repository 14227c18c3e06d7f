import fc from 'fast-check';
import { EXACT } from '../oracle.js';
import {
  anyNumber,
  axisOf,
  integers,
  mask,
  positive,
  shapeOf,
  tensor,
  type KernelCase,
  type KernelEntries,
  type TensorCase,
} from './cases.js';

/** Axes to reduce: TensorFlow.js's reductions get them sorted from the ops, or as one number. */
const axesOf = (shape: readonly number[]): fc.Arbitrary<number | number[]> =>
  fc.oneof(
    fc.subarray([...shape.keys()], { minLength: shape.length === 0 ? 0 : 1 }),
    ...(shape.length === 0 ? [] : [axisOf(shape)]),
  );

const reduction = (
  x: (shape: readonly number[]) => fc.Arbitrary<TensorCase>,
  axisName = 'axis',
  maxRank = 4,
): fc.Arbitrary<KernelCase> =>
  shapeOf(0, maxRank).chain((shape) =>
    fc.tuple(x(shape), axesOf(shape), fc.boolean()).map(([operand, axes, keepDims]) => ({
      inputs: { x: operand },
      attributes: { [axisName]: axes, keepDims },
    })),
  );

const floats = (shape: readonly number[]): fc.Arbitrary<TensorCase> => tensor(shape);
const few = (shape: readonly number[]): fc.Arbitrary<TensorCase> =>
  tensor(shape, fc.integer({ min: 1, max: 2 }), 'int32');
/** Sums of numbers of either sign cancel, so they are compared in absolute terms. */
const summed = { relative: 1e-6, absolute: 1e-5 };

export const reduceEntries: KernelEntries = {
  All: { cases: reduction(mask), tolerance: EXACT },
  Any: { cases: reduction(mask), tolerance: EXACT },
  ArgMax: {
    cases: shapeOf(1, 4).chain((shape) =>
      fc.tuple(fc.oneof(tensor(shape), integers(shape)), axisOf(shape)).map(([x, axis]) => ({
        inputs: { x },
        attributes: { axis },
      })),
    ),
    tolerance: EXACT,
  },
  Max: {
    cases: fc.oneof(reduction(floats, 'reductionIndices'), reduction(integers, 'reductionIndices')),
    tolerance: EXACT,
  },
  Mean: { cases: fc.oneof(reduction(floats), reduction(integers)), tolerance: summed },
  Min: { cases: fc.oneof(reduction(floats), reduction(integers)), tolerance: EXACT },
  Prod: {
    cases: fc.oneof(
      reduction((shape) =>
        tensor(
          shape,
          positive.map((x) => 0.7 + x / 6),
        ),
      ),
      reduction(few, 'axis', 2),
    ),
  },
  Softmax: {
    cases: shapeOf(1, 4)
      .chain((shape) =>
        tensor(
          shape,
          anyNumber.map((x) => 5 * x),
        ),
      )
      .chain((logits) =>
        fc
          .constantFrom(-1, logits.shape.length - 1)
          .map((dim) => ({ inputs: { logits }, attributes: { dim } })),
      ),
  },
  Sum: { cases: fc.oneof(reduction(floats), reduction(integers)), tolerance: summed },
};
