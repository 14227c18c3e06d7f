/* eslint-disable @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unnecessary-type-assertion -- tensors of any rank */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensors, Tried } from './equals-eager.js';
import { meanSquare, product, reshape, type Any } from './ops.js';

const step = (inputs: Tried['inputs'], call: (x: Tensors) => Tensors): Tried => ({
  inputs,
  step: () => call,
});
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const STRANGE = [nan, inf, -inf, 0, -0, 1e-40, 3e38, -1.5];

export const EDGES: Readonly<Record<string, Tried>> = {
  'no numbers and infinite ones through what compares, rounds and chooses': step(
    { x: { shape: [8], values: STRANGE }, y: [8] },
    ({ x, y }) => ({
      relu: tf.relu(x),
      larger: tf.maximum(x, y),
      smaller: tf.minimum(y, x),
      equal: tf.equal(x, x),
      less: tf.lessEqual(x, y),
      finite: tf.isFinite(x),
      nan: tf.isNaN(tf.sub(x, x)),
      chosen: tf.where(tf.isNaN(x), y, x),
      rounded: tf.round(x),
      floor: tf.floor(x),
      sign: tf.sign(x),
      clipped: tf.clipByValue(x, -1, 1),
      leaky: tf.leakyRelu(x, 0.1),
      elu: tf.elu(x),
      selu: tf.selu(x),
      sigmoid: tf.sigmoid(x),
      softplus: tf.softplus(tf.clipByValue(x, -50, 50)),
      tanh: tf.tanh(x),
      exp: tf.exp(x),
      log: tf.log(x),
      sqrt: tf.sqrt(x),
      pow: tf.pow(x, 2),
      inverse: tf.reciprocal(x),
      relu6: tf.relu6(x),
    }),
  ),
  'no numbers that are masked before they reach a weight': {
    inputs: { x: { shape: [2, 4], values: [nan, 1, inf, 2, -1, nan, 0.5, -inf] } },
    weights: { w: [4, 2] },
    loss: ({ x }, { w }) => {
      const isThere = tf.isFinite(x);
      const clean = tf.where(isThere, x, tf.zerosLike(x));
      return tf.div(tf.sum(tf.square(product(clean, w))), tf.sum(tf.cast(isThere, 'float32')));
    },
  },
  'sums, means and products of no elements, and what is joined to nothing': step(
    { x: [3, 4], none: [0, 4] },
    ({ x, none }) => ({
      sum: tf.sum(none, 0),
      all: tf.sum(none),
      prod: tf.prod(none, 0),
      joined: tf.concat([none, x, none]),
      empty: tf.mul(none, 2),
      slice: tf.slice(x, [1, 0], [0, 4]),
      product: tf.matMul(none as tf.Tensor2D, x as tf.Tensor2D, false, true),
      back: tf.matMul(none as tf.Tensor2D, none as tf.Tensor2D, true, false),
      transposed: tf.transpose(none),
      reshaped: tf.reshape(none, [2, 0, 5]),
      tiled: tf.tile(none as tf.Tensor2D, [3, 2]),
      gathered: tf.gather(x, tf.tensor1d([], 'int32')),
      padded: tf.pad(
        none,
        [
          [1, 1],
          [0, 0],
        ],
        7,
      ),
      chosen: tf.where(tf.greater(none, 0), none, none),
    }),
  ),
  'a batch without rows trains nothing': {
    inputs: { x: [0, 4], y: [2, 4] },
    weights: { w: [4, 3] },
    loss: ({ x, y }, { w }) => tf.add(tf.sum(tf.square(product(x, w))), meanSquare(product(y, w))),
  },
  'broadcasts both ways, in ranks up to 6': {
    inputs: { x: [2, 1, 3, 1, 2, 1], y: [1, 4, 1, 2, 1, 3], z: [3, 1, 1, 1] },
    weights: { a: [4, 1, 1, 1, 3], b: [2, 1] },
    loss: ({ x, y, z }, { a, b }) => {
      const sum = tf.add(tf.mul(x, a), tf.sub(y, b));
      const larger = tf.square(tf.sub(tf.mul(z, a), tf.mul(x, y)));
      return tf.add(meanSquare(sum), tf.mean(tf.where(tf.greater(x, y), larger, sum)));
    },
  },
  'whole numbers: arithmetic, division, remainders, comparisons, sums': step(
    {
      a: { shape: [3, 4], dtype: 'int32', below: 9 },
      b: { shape: [4], dtype: 'int32', values: [-3, 2, 7, -5] },
      on: { shape: [3, 1], dtype: 'bool' },
    },
    ({ a, b, on }) => ({
      sum: tf.add(a, b),
      times: tf.mul(tf.sub(a, 4), b),
      quotient: tf.floorDiv(tf.sub(a, 4), b),
      rest: tf.mod(tf.sub(a, 4), b),
      larger: tf.maximum(a, b),
      total: tf.sum(a, 1),
      product: tf.prod(tf.add(a, tf.scalar(1, 'int32')), 0),
      most: tf.max(b),
      chosen: tf.where(tf.logicalAnd(on, tf.greater(a, b)), a, tf.mul(b, tf.onesLike(a))),
      xor: tf.logicalXor(on, tf.less(a, b)),
      any: tf.any(tf.equal(a, 3), 1),
      all: tf.all(tf.notEqual(a, 3)),
      best: tf.argMax(a, 1),
      worst: tf.argMin(tf.abs(b)),
      square: tf.square(a),
      sign: tf.sign(b),
      mean: tf.mean(a, 0),
      float: tf.div(tf.cast(a, 'float32'), 3),
      one: tf.oneHot(tf.cast(a, 'int32'), 9),
      back: tf.reverse(a, [0, 1]),
      sorted: tf.topk(a, 3).values,
      running: tf.cumsum(a, 1, true, true),
      padded: tf.pad(
        a,
        [
          [1, 0],
          [0, 2],
        ],
        -1,
      ),
      turned: tf.transpose(a),
      relu: tf.relu(tf.sub(a, 4)),
      neg: tf.neg(a),
      logical: tf.cast(on, 'int32'),
      reduced: tf.min(a, 0, true),
    }),
  ),
  'products of whole numbers, one by one and in batches': step(
    {
      a: { shape: [3, 4], dtype: 'int32', below: 100_000_000 },
      b: { shape: [2, 1, 4, 2], dtype: 'int32', below: 4 },
      guess: { shape: [8], dtype: 'int32', below: 3 },
      label: { shape: [8], dtype: 'int32', below: 3 },
    },
    ({ a, b, guess, label }) => ({
      one: product(a, reshape(tf.slice(b, 0, 1), [4, 2])),
      turned: product(tf.cast(tf.greater(a, 50_000_000), 'int32'), a, true),
      batch: product(tf.stack([a, tf.neg(a)]), reshape(b, [2, 4, 2])),
      confusion: tf.math.confusionMatrix(label as tf.Tensor1D, guess as tf.Tensor1D, 3),
    }),
  ),
  'an operand that a gradient uses although it is not kept, as long as others keep it': {
    inputs: { x: [5] },
    weights: { w: [5] },
    loss: ({ x }, { w }) => {
      const y = tf.mul(x, w);
      return tf.sum(tf.add(tf.square(y), tf.logSigmoid(y)));
    },
  },
  'whole numbers that float32 has not': step(
    {
      a: {
        shape: [6],
        dtype: 'int32',
        values: [2147483647, -2147483647, 100000001, -16777217, 7, -7],
      },
      b: { shape: [6], dtype: 'int32', values: [2, 10, 1, 16777216, -2147483647, 3] },
      at: { shape: [6, 1], dtype: 'int32', below: 4 },
    },
    ({ a, b, at }) => ({
      quotient: tf.floorDiv(a, b),
      other: tf.div(b, tf.scalar(-7, 'int32')),
      rest: tf.mod(a, b),
      hashed: tf.mod(tf.add(a, tf.scalar(-5, 'int32')), tf.scalar(1009, 'int32')),
      zero: tf.floorDiv(a, tf.zerosLike(a)),
      none: tf.mod(a, tf.zerosLike(a)),
      into: tf.scatterND(at, tf.floorDiv(a, tf.scalar(8, 'int32')), [4]),
      segments: tf.unsortedSegmentSum(
        tf.mod(a, tf.scalar(2 ** 28 - 1, 'int32')),
        tf.squeeze(at, [1]),
        4,
      ),
      largest: tf.topk(a, 4).values,
    }),
  ),
  'the largest of numbers that are masked away': step(
    { x: { shape: [2, 5], values: [-inf, 2, -inf, 1, -inf, 0, -3e38, -inf, -inf, -inf] } },
    ({ x }) => {
      // Which of equal ones comes first is not said; none is taken twice.
      const { values, indices } = tf.topk(x, 4);
      return { values, most: tf.max(tf.sum(tf.oneHot(tf.cast(indices, 'int32'), 5), 1)) };
    },
  ),
  'bools as an input: joined, sliced, repeated, turned, counted': step(
    { on: { shape: [3, 5], dtype: 'bool' }, off: { shape: [5], dtype: 'bool' } },
    ({ on, off }) => ({
      both: tf.logicalAnd(on, off),
      either: tf.logicalOr(on, off),
      not: tf.logicalNot(on),
      joined: tf.concat([on, reshape(off, [1, 5])]),
      part: tf.slice(on, [1, 1], [2, 3]),
      twice: tf.tile(off, [3]),
      turned: tf.transpose(on),
      stacked: tf.stack([off, off], 1),
      count: tf.sum(tf.cast(on, 'int32'), 1),
      gathered: tf.gather(on, tf.tensor1d([2, 0], 'int32')),
      reversed: tf.reverse(on, 1),
      same: tf.equal(tf.cast(on, 'int32'), tf.cast(off, 'int32')),
      where: tf.where(on, tf.scalar(1), tf.scalar(2)),
      wide: tf.broadcastTo(tf.cast(off, 'float32'), [2, 3, 5]),
    }),
  ),
  'rows and elements by lists of indices, and sums into them': step(
    {
      x: [4, 3, 2],
      at: { shape: [5, 2], dtype: 'int32', below: 3 },
      row: { shape: [2, 3], dtype: 'int32', below: 4 },
      ids: { shape: [4], dtype: 'int32', below: 3 },
    },
    ({ x, at, row, ids }) => ({
      nd: tf.gatherND(x, at),
      batched: tf.gather(x, row),
      inner: tf.gather(x, tf.tensor1d([1, 1, 0], 'int32'), 2),
      into: tf.scatterND(at, tf.gatherND(x, at), [3, 3, 2]),
      segments: tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 3),
      diagonal: tf.diag(tf.slice(x, [0, 0, 0], [2, 2, 2])),
      meshed: tf.stack(tf.meshgrid(tf.range(0, 3), tf.range(0, 2))),
    }),
  ),
  'slices with steps, masks, new axes and negative ends': step({ x: [4, 5, 6] }, ({ x }) => ({
    back: tf.stridedSlice(x, [3, 4, 5], [0, 0, 0], [-1, -2, -3]),
    ends: tf.stridedSlice(x, [-3, 1, 0], [9, -1, 4], [1, 2, 3]),
    masks: tf.stridedSlice(x, [1, 2, 3], [2, 3, 4], [1, 1, 2], 2, 4),
    ellipsis: tf.stridedSlice(x, [0, 1], [0, 5], [1, 2], 0, 0, 1),
    fresh: tf.stridedSlice(x, [0, 1, 2], [1, 3, 4], [1, 1, 1], 0, 0, 0, 1),
    nothing: tf.stridedSlice(x, [2, 0, 0], [2, 5, 6], [1, 1, 1]),
  })),
  'matrices: triangles, orthogonal bases, running sums, einsum': step(
    { x: [3, 3], y: [4, 3, 3], v: [5, 4] },
    ({ x, y, v }) => ({
      lower: tf.linalg.bandPart(y, 0, -1),
      bases: tf.linalg.gramSchmidt(tf.add(x, tf.mul(2, tf.eye(3))) as tf.Tensor2D) as Any,
      trace: tf.sum(tf.mul(x, tf.eye(3))),
      sum: tf.cumsum(v, 0, true, false),
      reversed: tf.cumsum(v, 1, false, true),
      prod: tf.cumprod(v, 1, true, true),
      batched: tf.einsum('bij,bjk->bik', y, y),
      outer: tf.outerProduct(tf.squeeze(tf.slice(v, [0, 0], [5, 1])), tf.range(0, 3)),
      dot: tf.dot(x as tf.Tensor2D, tf.squeeze(tf.slice(x, [0, 0], [1, 3]))),
      norms: tf.stack([
        tf.norm(x, 1),
        tf.norm(x, 'fro', [0, 1]),
        tf.norm(x, Infinity),
        tf.norm(x, 'euclidean'),
      ]),
      sums: tf.logSumExp(y, [0, 2]),
      moments: tf.moments(y, [1]).variance,
    }),
  ),
  'images: sizes by every rule of corners, gray and back, spaces and batches': step(
    { x: [1, 4, 4, 3] },
    ({ x }) => {
      const image = x as tf.Tensor4D;
      return {
        corners: tf.image.resizeBilinear(image, [7, 3], true),
        centers: tf.image.resizeBilinear(image, [8, 5], false, true),
        nearest: tf.image.resizeNearestNeighbor(image, [6, 2], true),
        half: tf.image.resizeNearestNeighbor(image, [3, 8], false, true),
        gray: tf.image.rgbToGrayscale(image),
        colours: tf.image.grayscaleToRGB(tf.slice(image, [0, 0, 0, 0], [1, 4, 4, 1])),
        batches: tf.spaceToBatchND(
          image,
          [2, 2],
          [
            [0, 0],
            [2, 2],
          ],
        ),
        back: tf.batchToSpaceND(
          tf.tile(image, [4, 1, 1, 1]),
          [2, 2],
          [
            [0, 1],
            [1, 0],
          ],
        ),
        depth: tf.depthToSpace(
          tf.concat([image, tf.slice(image, [0, 0, 0, 0], [1, 4, 4, 1])], 3),
          2,
        ),
        pool: tf.pool(image, [2, 3], 'avg', 'same', [1, 1], [1, 2]),
        atrous: tf.conv2d(image, tf.ones([2, 2, 3, 2]), 1, 'same', 'NHWC', [2, 1]),
      };
    },
  ),
  'signals: windows and frames of a line': {
    inputs: { x: [16] },
    weights: { w: [4, 3] },
    loss: ({ x }, { w }) => {
      const frames = tf.signal.frame(x, 4, 3);
      const shaped = tf.mul(frames, tf.signal.hannWindow(4));
      return meanSquare(product(tf.mul(shaped, tf.signal.hammingWindow(4)), w));
    },
  },
  'one number alone: inputs, weights and results of rank 0': {
    inputs: { x: [], y: { shape: [], dtype: 'int32' }, on: { shape: [], dtype: 'bool' } },
    weights: { w: [] },
    loss: ({ x, y, on }, { w }) =>
      tf.square(tf.where(on, tf.mul(x, w), tf.add(tf.cast(y, 'float32'), w))),
  },
  'angles beyond all turns': step(
    { x: { shape: [6], values: [1e5, -3e6, 1e9, 4e12, -1e20, 3e38] } },
    ({ x }) => ({ sin: tf.sin(x), cos: tf.cos(x), tan: tf.tan(tf.div(x, 1e4)) }),
  ),
  'functions where they are steep or flat': step(
    { x: { shape: [8], values: [-0.99999, -0.5, -1e-7, 0, 1e-7, 0.3, 0.999, 0.75] } },
    ({ x }) => ({
      asin: tf.asin(x),
      acos: tf.acos(x),
      atan: tf.atan(tf.mul(x, 1e6)),
      atan2: tf.atan2(x, tf.neg(x)),
      asinh: tf.asinh(tf.mul(x, 10)),
      acosh: tf.acosh(tf.add(tf.abs(x), 1)),
      atanh: tf.atanh(x),
      sinh: tf.sinh(x),
      cosh: tf.cosh(x),
      expm1: tf.expm1(x),
      log1p: tf.log1p(x),
      erf: tf.erf(tf.mul(x, 3)),
      rsqrt: tf.rsqrt(tf.abs(x)),
      logSigmoid: tf.logSigmoid(tf.mul(x, 80)),
    }),
  ),
};
