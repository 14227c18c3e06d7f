import { util, type BatchMatMulAttrs, type _FusedMatMulAttrs } from '@tensorflow/tfjs-core';
import type { Builder } from '../graph/builder.js';
import { sizeOf, type Value } from '../graph/value.js';
import { activate } from './activation.js';
import { reshape, type Rule, type Rules } from './rule.js';

/** 64 MB. */
const MOST_PAIRS = 2 ** 24;

/** a [..., m, k] x b [..., k, n]. A batch of one matrix is a plain product: so the dense layers arrive. */
function product(
  builder: Builder,
  a: Value,
  b: Value,
  transA: boolean,
  transB: boolean,
  bias?: Value,
): Value {
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  if (sizeOf(batchA) === 1 && sizeOf(batchB) === 1 && a.dtype === 'float32') {
    const operands = [
      reshape(builder, a, a.shape.slice(-2)),
      reshape(builder, b, b.shape.slice(-2)),
    ];
    const c = builder.op('Gemm', bias === undefined ? operands : [...operands, bias], {
      transA,
      transB,
    });
    const batch = batchA.length >= batchB.length ? batchA : batchB;
    return reshape(builder, c, [...batch, ...c.shape]);
  }
  const swapped = (x: Value): Value => {
    const rank = x.shape.length;
    const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
    return builder.op('Transpose', [x], { perm });
  };
  const [left, right] = [transA ? swapped(a) : a, transB ? swapped(b) : b];
  const c =
    a.dtype === 'int32'
      ? productOfIntegers(builder, left, right)
      : builder.op('MatMul', [left, right], {});
  return bias === undefined ? c : builder.op('Add', [c, bias], {});
}

/** Products that ONNX Runtime and generated code have of float32 alone: every pair, then their sums, which are exact. */
function productOfIntegers(builder: Builder, a: Value, b: Value): Value {
  const rank = Math.max(a.shape.length, b.shape.length);
  const pairs = builder.op(
    'Mul',
    [
      reshape(builder, a, [...a.shape, 1]),
      reshape(builder, b, [...b.shape.slice(0, -2), 1, ...b.shape.slice(-2)]),
    ],
    {},
  );
  if (sizeOf(pairs.shape) > MOST_PAIRS)
    throw new Error(
      `a product of whole numbers [${a.shape.join(', ')}] by [${b.shape.join(', ')}] takes too much memory: cast them with tf.cast(x, 'float32')`,
    );
  return builder.op('ReduceSum', [pairs], { axes: [rank - 1], keepDims: false });
}

export const matmulKernels: Rules = {
  BatchMatMul: ((builder, { a, b }, { transposeA, transposeB }) =>
    product(builder, a, b, transposeA, transposeB)) satisfies Rule<BatchMatMulAttrs>,
  _FusedMatMul: ((builder, inputs, { transposeA, transposeB, activation, leakyreluAlpha }) => {
    const { a, b, bias, preluActivationWeights } = inputs;
    // A fused bias of more than one row is not a Gemm's: it is added on its own.
    const vector =
      bias === undefined ||
      util.sizeFromShape(bias.shape as number[]) === bias.shape[bias.shape.length - 1];
    const c = product(builder, a, b, transposeA, transposeB, vector ? bias : undefined);
    const biased = vector ? c : builder.op('Add', [c, bias], {});
    return activate(builder, biased, activation, leakyreluAlpha, preluActivationWeights);
  }) satisfies Rule<_FusedMatMulAttrs>,
};
