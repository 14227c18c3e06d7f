import fc from 'fast-check';
import type { Tolerance } from '../oracle.js';

/** A tensor with values. A bool one reaches the step as int32 and is cast there: inputs are numbers. */
export interface TensorCase {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly values: readonly number[];
}

/** One call of a kernel. */
export interface KernelCase {
  readonly inputs: Readonly<Record<string, TensorCase>> | readonly TensorCase[];
  readonly attributes: object;
}

export interface KernelEntry {
  readonly cases: fc.Arbitrary<KernelCase>;
  readonly tolerance?: Tolerance;
}

export type KernelEntries = Readonly<Record<string, KernelEntry>>;

const float = (min: number, max: number): fc.Arbitrary<number> =>
  fc
    .float({ min: Math.fround(min), max: Math.fround(max), noNaN: true })
    // Denormal numbers are zero on the native backend (set_denormal_as_zero), and 1/x tells -0 from 0.
    .map((x) => (Math.abs(x) < 1e-30 ? 0 : x));

/** Eighths, among which equal ones, zeros and halves are common, and any others. */
export const anyNumber = fc.oneof(
  fc.integer({ min: -24, max: 24 }).map((x) => x / 8),
  float(-4, 4),
);
/** Above zero, and neither large nor small. */
export const positive = float(0.05, 4);
/** Zero or above. */
export const notNegative = fc.oneof(fc.constant(0), positive);
export const wholeNumber = fc.integer({ min: -9, max: 9 });
const bit = fc.integer({ min: 0, max: 1 });

export const extent = fc.integer({ min: 1, max: 5 });

export const shapeOf = (minRank: number, maxRank: number): fc.Arbitrary<number[]> =>
  fc.array(extent, { minLength: minRank, maxLength: maxRank });

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A tensor of that shape; its values are all from one arbitrary. */
export function tensor(
  shape: readonly number[],
  values: fc.Arbitrary<number> = anyNumber,
  dtype: TensorCase['dtype'] = 'float32',
): fc.Arbitrary<TensorCase> {
  const length = size(shape);
  return fc
    .array(values, { minLength: length, maxLength: length })
    .map((numbers) => ({ shape, dtype, values: numbers }));
}

export const mask = (shape: readonly number[]): fc.Arbitrary<TensorCase> =>
  tensor(shape, bit, 'bool');
export const integers = (shape: readonly number[]): fc.Arbitrary<TensorCase> =>
  tensor(shape, wholeNumber, 'int32');

/** Shapes that broadcast together: of a common one, leading axes left out and extents set to 1. */
export function broadcastable(count: number): fc.Arbitrary<number[][]> {
  return shapeOf(0, 4).chain((shape) =>
    fc.array(
      fc
        .tuple(
          fc.integer({ min: 0, max: shape.length }),
          fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
        )
        .map(([dropped, ones]) =>
          shape.map((n, axis) => (ones[axis] && dropped > 0 ? 1 : n)).slice(dropped > 2 ? 1 : 0),
        ),
      { minLength: count, maxLength: count },
    ),
  );
}

/** An axis of the shape, also counted from the end. */
export const axisOf = (shape: readonly number[]): fc.Arbitrary<number> =>
  fc.integer({ min: -shape.length, max: shape.length - 1 });

/** A kernel of one tensor and fixed attributes. */
export const one = (
  values: fc.Arbitrary<number> = anyNumber,
  attributes: object = {},
): fc.Arbitrary<KernelCase> =>
  shapeOf(0, 4)
    .chain((shape) => tensor(shape, values))
    .map((x) => ({ inputs: { x }, attributes }));

/** A kernel of one tensor of whole numbers. */
export const oneInteger: fc.Arbitrary<KernelCase> = shapeOf(0, 4)
  .chain(integers)
  .map((x) => ({ inputs: { x }, attributes: {} }));

/** A kernel of two tensors that broadcast. */
export function two(
  a: fc.Arbitrary<number> = anyNumber,
  b: fc.Arbitrary<number> = a,
  dtype: TensorCase['dtype'] = 'float32',
): fc.Arbitrary<KernelCase> {
  return broadcastable(2)
    .chain(([left, right]) => fc.tuple(tensor(left, a, dtype), tensor(right, b, dtype)))
    .map(([left, right]) => ({ inputs: { a: left, b: right }, attributes: {} }));
}

export const twoIntegers = two(wholeNumber, wholeNumber, 'int32');
export const twoMasks = two(bit, bit, 'bool');
