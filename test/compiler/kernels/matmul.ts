import fc from 'fast-check';
import {
  anyNumber,
  broadcastable,
  extent,
  tensor,
  type KernelCase,
  type KernelEntries,
} from './cases.js';

export const ACTIVATIONS = ['linear', 'relu', 'relu6', 'elu', 'leakyrelu', 'prelu', 'sigmoid'];

/** Batches of matrices, either transposed, broadcast over one another as TensorFlow.js allows. */
const product = fc
  .record({
    batches: broadcastable(2),
    m: extent,
    k: extent,
    n: extent,
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
  })
  .chain(({ batches: [batchA, batchB], m, k, n, transposeA, transposeB }) =>
    fc
      .tuple(
        tensor([...leading(batchA), ...(transposeA ? [k, m] : [m, k])]),
        tensor([...leading(batchB), ...(transposeB ? [n, k] : [k, n])]),
      )
      .map(([a, b]) => ({ a, b, transposeA, transposeB })),
  );

/** One or two axes: the cpu kernel flattens them to one batch, and wants three in all. */
const leading = (shape: readonly number[]): readonly number[] =>
  shape.length === 0 ? [1] : shape.slice(0, 1);

const summed = { relative: 1e-5, absolute: 1e-5 };

export const matmulEntries: KernelEntries = {
  BatchMatMul: {
    cases: product
      .filter(({ a, b }) => fits(a.shape[0], b.shape[0]))
      .map(({ a, b, ...attributes }): KernelCase => ({ inputs: { a, b }, attributes })),
    tolerance: summed,
  },
  _FusedMatMul: {
    cases: product
      .filter(({ a, b }) => fits(a.shape[0], b.shape[0]))
      .chain(({ a, b, transposeA, transposeB }) => {
        const n = transposeB ? b.shape[1] : b.shape[2];
        const m = transposeA ? a.shape[2] : a.shape[1];
        return fc
          .record({
            activation: fc.constantFrom(...ACTIVATIONS),
            leakyreluAlpha: anyNumber,
            bias: fc.option(fc.oneof(tensor([n]), tensor([1, n]), tensor([m, n]))),
            weights: fc.oneof(tensor([n]), tensor([1])),
          })
          .map(({ activation, leakyreluAlpha, bias, weights }): KernelCase => ({
            inputs: {
              a,
              b,
              ...(bias === null ? {} : { bias }),
              ...(activation === 'prelu' ? { preluActivationWeights: weights } : {}),
            },
            attributes: { transposeA, transposeB, activation, leakyreluAlpha },
          }));
      }),
    tolerance: summed,
  },
};

function fits(a: number, b: number): boolean {
  return a === b || a === 1 || b === 1;
}
