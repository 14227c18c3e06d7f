import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Builder } from '../../../../src/compiler/graph/builder.js';
import { sizeOf, type Value } from '../../../../src/compiler/graph/value.js';
import { copyTask, isCopy } from '../../../../src/compiler/wasm/tasks/copies.js';
import { PROPERTY } from '../../oracle.js';
import { runOps } from '../run-graph.js';

/** Places of an array's elements, in order. */
function* places(shape: readonly number[]): Generator<number[]> {
  if (shape.length === 0) {
    yield [];
    return;
  }
  for (let k = 0; k < shape[0]; k++) for (const rest of places(shape.slice(1))) yield [k, ...rest];
}

const at = (shape: readonly number[], place: readonly number[]): number =>
  place.reduce((index, k, axis) => index * shape[axis] + k, 0);

const numbered = (shape: readonly number[]): number[] =>
  Array.from({ length: sizeOf(shape) }, (_, k) => k + 1);

/** Runs one op on arrays that hold 1, 2, 3 ... and compares each element with where it ought to be from. */
async function expectArranged(
  shapes: readonly (readonly number[])[],
  op: (builder: Builder, operands: Value[]) => Value,
  expected: (place: number[]) => number,
): Promise<void> {
  for (const dtype of ['float32', 'bool'] as const) {
    const inputs = Object.fromEntries(
      shapes.map((shape, k) => [`x${k}`, { shape, values: numbered(shape) }]),
    );
    let shape: readonly number[] = [];
    const { y } = await runOps(inputs, (builder, values) => {
      const operands = Object.values(values).map((x) => builder.op('Cast', [x], { to: dtype }));
      const result = op(builder, operands);
      ({ shape } = result);
      return { y: result };
    });
    const exact = [...places(shape)].map(expected);
    expect([...y]).toEqual(dtype === 'bool' ? exact.map((x) => Number(x !== 0)) : exact);
  }
}

const shape = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });
const many = { ...PROPERTY, numRuns: 15 * PROPERTY.numRuns! };

describe('generated copies put each element where it belongs', () => {
  it('Transpose, with axes in any order', async () => {
    const cases = shape.chain((of) =>
      fc.record({
        of: fc.constant(of),
        perm: fc.shuffledSubarray([...of.keys()], { minLength: of.length }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, ({ of, perm }) =>
        expectArranged(
          [of],
          (builder, [x]) => builder.op('Transpose', [x], { perm }),
          (place) => {
            const from: number[] = [];
            perm.forEach((axis, k) => (from[axis] = place[k]));
            return at(of, from) + 1;
          },
        ),
      ),
      many,
    );
  });

  it.each([
    [
      [300, 61],
      [1, 0],
    ],
    [
      [6, 40, 35],
      [0, 2, 1],
    ],
    [
      [40, 6, 35],
      [2, 1, 0],
    ],
    [
      [3, 50, 64],
      [1, 0, 2],
    ],
  ])('Transpose of a large %j by %j', async (of, perm) => {
    await expectArranged(
      [of],
      (builder, [x]) => builder.op('Transpose', [x], { perm }),
      (place) => {
        const from: number[] = [];
        perm.forEach((axis, k) => (from[axis] = place[k]));
        return at(of, from) + 1;
      },
    );
  });

  it('Slice, forwards and backwards with steps', async () => {
    const cases = shape.chain((of) =>
      fc.record({
        of: fc.constant(of),
        slices: fc.tuple(
          ...of.map((extent) =>
            fc.record({
              begin: fc.nat(extent - 1),
              count: fc.integer({ min: 1, max: extent }),
              step: fc.constantFrom(1, 2, -1),
            }),
          ),
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, ({ of, slices }) => {
        const begin = slices.map((slice) => slice.begin);
        const step = slices.map((slice) => slice.step);
        const end = slices.map((slice, axis) =>
          slice.step > 0
            ? Math.min(of[axis], slice.begin + slice.count * slice.step)
            : Math.max(-1, slice.begin - slice.count),
        );
        return expectArranged(
          [of],
          (builder, [x]) => builder.op('Slice', [x], { begin, end, step }),
          (place) =>
            at(
              of,
              place.map((k, axis) => begin[axis] + k * step[axis]),
            ) + 1,
        );
      }),
      many,
    );
  });

  it('Pad of a batch, which threads share image by image', async () => {
    const of = [40, 9, 9, 32];
    const pads = { before: [0, 1, 0, 0], after: [0, 1, 2, 0] };
    const pad = (builder: Builder, x: Value): Value => builder.op('Pad', [x], pads);
    const builder = new Builder();
    const value = pad(builder, builder.input('x', of, 'float32'));
    expect(isCopy(value) && copyTask(value).units).toBe(20);
    const inputs = { x: { shape: of, values: numbered(of) } };
    const [one, two] = await Promise.all(
      [1, 2].map((threads) => runOps(inputs, (b, { x }) => ({ y: pad(b, x) }), threads)),
    );
    const exact = [...places([40, 11, 11, 32])].map(([n, row, column, c]) =>
      row > 0 && row < 10 && column < 9 ? at(of, [n, row - 1, column, c]) + 1 : 0,
    );
    expect([...one.y]).toEqual(exact);
    expect([...two.y]).toEqual(exact);
  });

  it('Pad, Concat and Tile', async () => {
    const cases = shape.chain((of) =>
      fc.record({
        of: fc.constant(of),
        margins: fc.tuple(...of.map(() => fc.tuple(fc.nat(2), fc.nat(2)))),
        axis: fc.nat(of.length - 1),
        other: fc.integer({ min: 1, max: 5 }),
        repeats: fc.tuple(...of.map(() => fc.integer({ min: 1, max: 3 }))),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ of, margins, axis, other, repeats }) => {
        const before = margins.map(([first]) => first);
        await expectArranged(
          [of],
          (builder, [x]) =>
            builder.op('Pad', [x], { before, after: margins.map(([, last]) => last) }),
          (place) => {
            const from = place.map((k, n) => k - before[n]);
            return from.every((k, n) => k >= 0 && k < of[n]) ? at(of, from) + 1 : 0;
          },
        );
        const second = of.map((extent, n) => (n === axis ? other : extent));
        await expectArranged(
          [of, second],
          (builder, operands) => builder.op('Concat', operands, { axis }),
          (place) => {
            if (place[axis] < of[axis]) return at(of, place) + 1;
            return (
              at(
                second,
                place.map((k, n) => (n === axis ? k - of[axis] : k)),
              ) + 1
            );
          },
        );
        await expectArranged(
          [of],
          (builder, [x]) => builder.op('Tile', [x], { repeats }),
          (place) =>
            at(
              of,
              place.map((k, n) => k % of[n]),
            ) + 1,
        );
      }),
      many,
    );
  });

  it('Gather along any axis, by indices that are known and that are computed', async () => {
    const cases = shape.chain((of) =>
      fc.nat(of.length - 1).chain((axis) =>
        fc.record({
          of: fc.constant(of),
          axis: fc.constant(axis),
          indices: fc.array(fc.nat(of[axis] - 1), { minLength: 1, maxLength: 9 }),
        }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ of, axis, indices }) => {
        for (const known of [true, false])
          await expectArranged(
            [of],
            (builder, [x]) => {
              const constant = builder.constant(
                Int32Array.from(indices),
                [indices.length],
                'int32',
              );
              const first = builder.op('Slice', [x], {
                begin: of.map(() => 0),
                end: of.map(() => 1),
                step: of.map(() => 1),
              });
              const one = builder.op('Cast', [first], { to: 'int32' });
              const zero = builder.op('Sub', [one, one], {});
              const number = builder.op('Reshape', [zero], { shape: [1] });
              const computed = builder.op('Add', [constant, number], {});
              return builder.op('Gather', [x, known ? constant : computed], { axis });
            },
            (place) =>
              at(
                of,
                place.map((k, n) => (n === axis ? indices[k] : k)),
              ) + 1,
          );
      }),
      many,
    );
  });

  it('and a computed index outside the data ends the run', async () => {
    const inputs = {
      x: { shape: [3], values: [1, 2, 3] },
      k: { shape: [2], values: [1, 3], dtype: 'int32' as const },
    };
    await expect(
      runOps(inputs, (builder, { x, k }) => ({ y: builder.op('Gather', [x, k], { axis: 0 }) }), 2),
    ).rejects.toThrow('Gather: an index is not in [0, 2]');
  });
});
