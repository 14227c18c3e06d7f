import { setFlagsFromString } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Builder } from '../../../../src/compiler/graph/builder.js';
import { sizeOf } from '../../../../src/compiler/graph/value.js';
import { wasmTarget } from '../../../../src/compiler/target.js';
import { compileGraph } from '../../../support/compile.js';
import { PROPERTY, randomValues } from '../../oracle.js';
import { runOps } from '../run-graph.js';

interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transA: boolean;
  readonly transB: boolean;
  readonly bias: boolean;
}

/** The product in float64, and the sum of the sizes of what is added up, by which its error is measured. */
function expected(
  { m, k, n, transA, transB }: Product,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  bias?: ArrayLike<number>,
): { exact: Float64Array; size: Float64Array } {
  const exact = new Float64Array(m * n);
  const size = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      const at = i * n + j;
      exact[at] = bias?.[j] ?? 0;
      size[at] = Math.abs(exact[at]);
      for (let t = 0; t < k; t++) {
        const term = a[transA ? t * m + i : i * k + t] * b[transB ? j * k + t : t * n + j];
        exact[at] += term;
        size[at] += Math.abs(term);
      }
    }
  return { exact, size };
}

async function expectProduct(product: Product, fused = false): Promise<void> {
  const { m, k, n, transA, transB, bias } = product;
  const inputs = {
    a: { shape: transA ? [k, m] : [m, k], values: randomValues(m * k, 1) },
    b: { shape: transB ? [n, k] : [k, n], values: randomValues(k * n, 2) },
    ...(bias ? { bias: { shape: [n], values: randomValues(n, 3) } } : {}),
  };
  const { y } = await runOps(
    inputs,
    (builder, values) => ({
      y: builder.op('Gemm', Object.values(values), { transA, transB }),
    }),
    1,
    fused,
  );
  const { exact, size } = expected(product, inputs.a.values, inputs.b.values, inputs.bias?.values);
  const worst = Math.max(...y.map((x, at) => Math.abs(x - exact[at]) / (size[at] || 1)));
  expect(worst).toBeLessThan(1e-6);
}

const extent = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

const products = fc.record({
  m: extent(40),
  k: extent(60),
  n: extent(40),
  transA: fc.boolean(),
  transB: fc.boolean(),
  bias: fc.boolean(),
});

describe('a generated matrix product', () => {
  it('is the product in float64, to the rounding, for any sizes', async () => {
    await fc.assert(
      fc.asyncProperty(products, (product) => expectProduct(product)),
      { ...PROPERTY, numRuns: 20 * PROPERTY.numRuns! },
    );
  });

  it('is so with fused multiply-adds', async () => {
    // Node.js 20 has relaxed SIMD behind a flag.
    setFlagsFromString('--experimental-wasm-relaxed-simd');
    await fc.assert(
      fc.asyncProperty(products, (product) => expectProduct(product, true)),
      { ...PROPERTY, numRuns: 5 * PROPERTY.numRuns! },
    );
    await expectProduct({ m: 331, k: 1700, n: 21, transA: false, transB: false, bias: true }, true);
  });

  it.each([
    ['deeper than a block', { m: 9, k: 2000, n: 21 }],
    ['of whole blocks', { m: 9, k: 4 * 784, n: 21 }],
    ['of five blocks and a rest', { m: 6, k: 4000, n: 10 }],
    ['of a single row', { m: 1, k: 1700, n: 50 }],
    ['of a single column', { m: 300, k: 30, n: 1 }],
    ['with rows for several units', { m: 331, k: 5, n: 8 }],
    ['with columns for many units', { m: 5, k: 7, n: 1000 }],
  ])('so is one %s', async (_name, sizes) => {
    for (const [transA, transB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ])
      await expectProduct({ ...sizes, transA, transB, bias: transA });
  });

  it('has code that does not grow with its depth', () => {
    const bytes = (k: number): number => {
      const builder = new Builder();
      const [a, b] = [
        builder.input('a', [9, k], 'float32'),
        builder.input('b', [k, 21], 'float32'),
      ];
      const y = builder.op('Gemm', [a, b], { transA: false, transB: false });
      const graph = { inputs: [a, b], states: [], outputs: new Map([['y', y]]) };
      return compileGraph(graph, wasmTarget(1)).program.module.length;
    };
    expect(bytes(100_000)).toBeLessThan(1.1 * bytes(2_000));
  });

  it('goes through batches, each operand with its own axes', async () => {
    const [a, b] = [
      { shape: [2, 1, 3, 5], values: randomValues(30, 1) },
      { shape: [4, 5, 6], values: randomValues(120, 2) },
    ];
    const { y } = await runOps({ a, b }, (builder, values) => ({
      y: builder.op('MatMul', [values.a, values.b], {}),
    }));
    expect(y).toHaveLength(2 * 4 * 3 * 6);
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 4; j++) {
        const { exact } = expected(
          { m: 3, k: 5, n: 6, transA: false, transB: false, bias: false },
          a.values.subarray(15 * i, 15 * (i + 1)),
          b.values.subarray(30 * j, 30 * (j + 1)),
        );
        const found = y.subarray(18 * (4 * i + j), 18 * (4 * i + j + 1));
        found.forEach((x, at) => expect(x).toBeCloseTo(exact[at], 5));
      }
  });

  it('reads a transposed operand where it comes from', async () => {
    const inputs = {
      a: { shape: [3, 5, 4], values: randomValues(60, 1) },
      b: { shape: [3, 7, 5], values: randomValues(105, 2) },
    };
    const { y, same } = await runOps(inputs, (builder, { a, b }) => {
      const [at, bt] = [a, b].map((x) => builder.op('Transpose', [x], { perm: [0, 2, 1] }));
      const copied = builder.op('Add', [at, builder.scalar(0)], {});
      return {
        y: builder.op('MatMul', [at, bt], {}),
        same: builder.op('MatMul', [copied, bt], {}),
      };
    });
    expect(y).toEqual(same);
  });

  it('gives the same bits on one thread and on three', async () => {
    const shapes = [
      [64, 900, 40],
      [400, 30, 24],
      [2, 3, 900],
    ];
    const inputs = Object.fromEntries(
      shapes.flatMap(([m, k, n], j) => [
        [`a${j}`, { shape: [m, k], values: randomValues(sizeOf([m, k]), j) }],
        [`b${j}`, { shape: [k, n], values: randomValues(sizeOf([k, n]), j + 9) }],
      ]),
    );
    const run = (threads: number) =>
      runOps(
        inputs,
        (builder, values) =>
          Object.fromEntries(
            shapes.map((_, j) => [
              `y${j}`,
              builder.op('Gemm', [values[`a${j}`], values[`b${j}`]], {
                transA: false,
                transB: false,
              }),
            ]),
          ),
        threads,
      );
    expect(await run(3)).toEqual(await run(1));
  });
});
