/* eslint-disable @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unnecessary-type-assertion -- tensors of any rank */
import * as tf from '@tensorflow/tfjs-core';
import type { Tried } from './equals-eager.js';
import {
  conv,
  meanSquare,
  normalised,
  product,
  reshape,
  constant,
  straightThrough,
  type Any,
} from './ops.js';

/** [batch, time, width] to [batch, heads, time, width / heads]. */
const heads = (x: Any, count: number): Any => {
  const [batch, time, width] = x.shape;
  return tf.transpose(reshape(x, [batch, time, count, width / count]), [0, 2, 1, 3]);
};
const project = (x: Any, w: Any): Any => {
  const [batch, time, width] = x.shape;
  return reshape(product(reshape(x, [batch * time, width]), w), [batch, time, w.shape[1]]);
};
const geluTanh = (x: Any): Any =>
  tf.mul(
    tf.mul(0.5, x),
    tf.add(1, tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3)))))),
  );
const attend = (q: Any, k: Any, v: Any, bias?: Any): Any => {
  const scores = tf.div(product(q, k, false, true), Math.sqrt(q.shape[q.rank - 1]));
  return product(tf.softmax(bias === undefined ? scores : tf.add(scores, bias)), v);
};

export const ATTENTION: Readonly<Record<string, Tried>> = {
  'a transformer block: heads, layer norm before, gelu by tanh, two residuals': {
    inputs: { x: [2, 7, 8] },
    weights: { q: [8, 8], k: [8, 8], v: [8, 8], o: [8, 8], a: [8, 16], b: [16, 8], s: [8] },
    optimizer: () => tf.train.adam(0.01),
    distance: 3e-5,
    loss: ({ x }, { q, k, v, o, a, b, s }) => {
      const y = tf.mul(normalised(x, [2]), tf.add(1, s));
      const [Q, K, V] = [q, k, v].map((w) => heads(project(y, w), 2));
      const mixed = tf.transpose(attend(Q, K, V), [0, 2, 1, 3]);
      const first = tf.add(x, project(reshape(mixed, [2, 7, 8]), o));
      return meanSquare(
        tf.sub(tf.add(first, project(geluTanh(project(normalised(first, [2]), a)), b)), 1),
      );
    },
  },
  'attention to what a mask of bools leaves, of another length': {
    inputs: { x: [2, 3, 4], y: [2, 6, 4], mask: { shape: [2, 6], dtype: 'bool' } },
    weights: { q: [4, 4], k: [4, 4], v: [4, 4] },
    loss: ({ x, y, mask }, { q, k, v }) => {
      const scores = product(project(x, q), project(y, k), false, true);
      const seen = tf.where(reshape(mask, [2, 1, 6]), scores, tf.fill([1, 1, 1], -1e4));
      return meanSquare(product(tf.softmax(seen), project(y, v)));
    },
  },
  'attention with distances as a bias (ALiBi)': {
    inputs: { x: [1, 9, 4] },
    weights: { q: [4, 4], v: [4, 4] },
    loss: ({ x }, { q, v }) => {
      const at = tf.range(0, 9);
      const apart = tf.abs(tf.sub(tf.expandDims(at, 0), tf.expandDims(at, 1)));
      const slopes = reshape(tf.tensor1d([0.5, 0.25]), [2, 1, 1]);
      const Q = heads(project(x, q), 2);
      return meanSquare(attend(Q, Q, heads(project(x, v), 2), tf.neg(tf.mul(slopes, apart))));
    },
  },
  'rotary positions': {
    inputs: { x: [2, 5, 6] },
    weights: { q: [6, 6], k: [6, 6] },
    loss: ({ x }, { q, k }) => {
      const angles = tf.mul(tf.expandDims(tf.range(0, 5), 1), tf.tensor2d([[1, 0.1, 0.01]]));
      const rotated = (y: Any): Any => {
        const [a, b] = tf.split(y, 2, -1) as Any[];
        const [sin, cos] = [tf.sin(angles), tf.cos(angles)];
        return tf.concat(
          [tf.sub(tf.mul(a, cos), tf.mul(b, sin)), tf.add(tf.mul(a, sin), tf.mul(b, cos))],
          2,
        );
      };
      return meanSquare(attend(rotated(project(x, q)), rotated(project(x, k)), x));
    },
  },
  'linear attention with feature maps by elu': {
    inputs: { x: [2, 6, 4] },
    weights: { q: [4, 4], k: [4, 4], v: [4, 3] },
    loss: ({ x }, { q, k, v }) => {
      const [Q, K] = [q, k].map((w) => tf.add(tf.elu(project(x, w)), 1));
      const above = product(Q, product(K, project(x, v), true, false));
      return meanSquare(tf.div(above, product(Q, tf.expandDims(tf.sum(K, 1), 2))));
    },
  },
  'a mixture of experts, the best two by topk': {
    inputs: { x: [6, 4] },
    weights: { gate: [4, 3], experts: [3, 4, 2] },
    loss: ({ x }, { gate, experts }) => {
      const logits = product(x, gate);
      const chosen = constant((y) =>
        tf.cast(tf.sum(tf.oneHot(tf.cast(tf.topk(y, 2).indices, 'int32'), 3), 1), 'float32'),
      )(logits);
      const shares = tf.mul(tf.softmax(logits), chosen);
      const all = product(tf.tile(tf.expandDims(x, 0), [3, 1, 1]), experts);
      return meanSquare(tf.sum(tf.mul(all, tf.expandDims(tf.transpose(shares), 2)), 0));
    },
  },
  'capsules: routing by agreement over an axis in the middle': {
    inputs: { x: [2, 6, 4] },
    weights: { w: [6, 3, 4, 5] },
    loss: ({ x }, { w }) => {
      const votes = tf.sum(tf.mul(reshape(x, [2, 6, 1, 4, 1]), tf.expandDims(w, 0)), 3);
      const squash = (s: Any): Any => {
        const square = tf.sum(tf.square(s), -1, true);
        return tf.mul(s, tf.div(tf.sqrt(tf.add(square, 1e-7)), tf.add(1, square)));
      };
      let logits: Any = tf.zeros([2, 6, 3]);
      let out: Any = tf.zeros([2, 3, 5]);
      for (let round = 0; round < 3; round++) {
        const shares = tf.softmax(logits);
        out = squash(tf.sum(tf.mul(votes, tf.expandDims(shares, 3)), 1));
        logits = tf.add(logits, tf.sum(tf.mul(votes, tf.expandDims(out, 1)), 3));
      }
      return meanSquare(tf.sub(tf.norm(out, 2, 2), 0.5));
    },
  },
};

export const RECURRENT: Readonly<Record<string, Tried>> = {
  "TensorFlow.js' own LSTM cells, one on another": {
    inputs: { x: [2, 4, 3] },
    weights: { a: [8, 20], b: [20], c: [10, 20], d: [20] },
    loss: ({ x }, { a, b, c, d }) => {
      const cell =
        (kernel: Any, bias: Any) =>
        (data: tf.Tensor2D, s: tf.Tensor2D, h: tf.Tensor2D): [tf.Tensor2D, tf.Tensor2D] =>
          tf.basicLSTMCell(1, kernel as tf.Tensor2D, bias as tf.Tensor1D, data, s, h);
      let states: tf.Tensor2D[][] = [0, 1].map(() => [tf.zeros([2, 5]), tf.zeros([2, 5])]);
      for (const input of tf.unstack(x, 1) as tf.Tensor2D[]) {
        const [s, h] = tf.multiRNNCell(
          [cell(a, b), cell(c, d)],
          input,
          states.map(([one]) => one),
          states.map(([, two]) => two),
        );
        states = s.map((one, k) => [one, h[k]]);
      }
      return meanSquare(tf.sub(states[1][1], 0.3));
    },
  },
  'a bidirectional cell over sequences of several lengths': {
    inputs: { x: [3, 5, 4], lengths: { shape: [3], dtype: 'int32', below: 6 } },
    weights: { f: [4, 4], u: [4, 4], b: [4, 4], r: [4, 4] },
    optimizer: () => tf.train.momentum(0.05, 0.9),
    loss: ({ x, lengths }, { f, u, b, r }) => {
      const over = (y: Any, w: Any, v: Any, at: (t: number) => number): Any => {
        let h: Any = tf.zeros([3, 4]);
        (tf.unstack(y, 1) as Any[]).forEach((input, t) => {
          const next = tf.tanh(tf.add(product(input, w), product(h, v)));
          const isThere = tf.greater(tf.expandDims(lengths, 1), tf.scalar(at(t), 'int32'));
          h = tf.where(tf.cast(tf.broadcastTo(tf.cast(isThere, 'int32'), [3, 4]), 'bool'), next, h);
        });
        return h;
      };
      const ways = [over(x, f, u, (t) => t), over(tf.reverse(x, 1), b, r, (t) => 4 - t)];
      return meanSquare(tf.concat(ways, -1));
    },
  },
  'a convolutional LSTM over frames': {
    inputs: { x: [2, 3, 4, 5, 2] },
    weights: { w: [3, 3, 5, 12] },
    loss: ({ x }, { w }) => {
      let [h, c]: Any[] = [tf.zeros([2, 4, 5, 3]), tf.zeros([2, 4, 5, 3])];
      for (const frame of tf.unstack(x, 1) as Any[]) {
        const [i, j, f, o] = tf.split(conv(tf.concat([frame, h], 3), w), 4, 3) as Any[];
        c = tf.add(tf.mul(c, tf.sigmoid(f)), tf.mul(tf.sigmoid(i), tf.tanh(j)));
        h = tf.mul(tf.tanh(c), tf.sigmoid(o));
      }
      return meanSquare(tf.sub(h, 0.2));
    },
  },
  'a recurrent cell with layer norm, and its gradients clipped by their common norm': {
    inputs: { x: [2, 6, 3] },
    weights: { w: [3, 5], u: [5, 5] },
    step: ({ w, u }) => {
      const optimizer = tf.train.rmsprop(0.01, 0.9, 0.5);
      return ({ x }) => {
        const { value, grads } = tf.variableGrads(() => {
          const states = (tf.unstack(x, 1) as Any[]).reduce(
            (h: Any, input) => tf.tanh(normalised(tf.add(product(input, w), product(h, u)), [1])),
            tf.zeros([2, 5]),
          );
          return tf.mean<tf.Scalar>(tf.square(tf.sub(states, 1)));
        });
        const all = tf.sqrt(tf.addN(Object.values(grads).map((grad) => tf.sum(tf.square(grad)))));
        const scale = tf.minimum(1, tf.div(0.1, tf.add(all, 1e-6)));
        optimizer.applyGradients(
          Object.fromEntries(
            Object.entries(grads).map(([name, grad]) => [name, tf.mul(grad, scale)]),
          ),
        );
        return { loss: value, norm: all };
      };
    },
  },
  'memory that is addressed by cosine, sharpened and shifted (a neural Turing machine)': {
    inputs: { key: [2, 4], memory: [2, 5, 4] },
    weights: { k: [4, 4], sharp: [1], gate: [4, 1] },
    loss: ({ key, memory }, { k, sharp, gate }) => {
      const wanted = tf.expandDims(tf.tanh(product(key, k)), 2);
      const near = tf.div(
        tf.squeeze(product(memory, wanted), [2]),
        tf.add(tf.mul(tf.norm(memory, 2, 2), tf.norm(wanted, 'euclidean', 1)), 1e-4),
      );
      const content = tf.softmax(tf.mul(near, 3));
      const shifted = tf.concat(
        [tf.slice(content, [0, 4], [2, 1]), tf.slice(content, [0, 0], [2, 4])],
        1,
      );
      const share = tf.sigmoid(product(key, gate));
      const mixed = tf.add(tf.mul(share, content), tf.mul(tf.sub(1, share), shifted));
      const raised = tf.pow(mixed, tf.add(1, tf.softplus(sharp)));
      const weights = tf.div(raised, tf.sum(raised, 1, true));
      return meanSquare(product(tf.expandDims(weights, 1), memory));
    },
  },
};

export const CONVOLUTIONAL: Readonly<Record<string, Tried>> = {
  'frames as images, a mean over time, axes that change places (rank 5)': {
    inputs: { x: [2, 3, 6, 5, 2] },
    weights: { a: [3, 3, 2, 4], b: [4, 2] },
    loss: ({ x }, { a, b }) => {
      const frames = tf.relu(conv(reshape(x, [6, 6, 5, 2]), a, 2));
      const video = tf.transpose(reshape(frames, [2, 3, 3, 3, 4]), [0, 2, 1, 3, 4]);
      return meanSquare(product(tf.mean(video, [1, 2, 3]), b));
    },
  },
  'pixels shuffled upwards by a reshape of rank 6': {
    inputs: { x: [2, 3, 4, 2] },
    weights: { a: [3, 3, 2, 12], b: [3, 3, 3, 1] },
    loss: ({ x }, { a, b }) => {
      const y = reshape(conv(x, a), [2, 3, 4, 2, 2, 3]);
      const up = reshape(tf.transpose(y, [0, 1, 3, 2, 4, 5]), [2, 6, 8, 3]);
      return meanSquare(conv(tf.prelu(up, tf.scalar(0.3)), b));
    },
  },
  'a convolution modulated by style, noise, and the deviation of the batch': {
    inputs: { x: [3, 4, 4, 3], style: [3, 5] },
    weights: { s: [5, 3], w: [3, 3, 3, 4], strength: [4], head: [3, 3, 5, 1] },
    loss: ({ x, style }, { s, w, strength, head }, random) => {
      const scale = tf.add(1, product(style, s));
      const power = product(tf.square(scale), tf.sum(tf.square(w), [0, 1]));
      const y = conv(tf.mul(x, reshape(scale, [3, 1, 1, 3])), w);
      const even = tf.mul(y, reshape(tf.rsqrt(tf.add(power, 1e-6)), [3, 1, 1, 4]));
      const noisy = tf.add(even, tf.mul(strength, random.normal([3, 4, 4, 1])));
      const active = tf.leakyRelu(noisy, 0.2);
      const deviation = tf.mean(tf.sqrt(tf.add(tf.moments(active, 0).variance, 1e-6)));
      const map = tf.mul(tf.fill([3, 4, 4, 1], 1), deviation);
      return meanSquare(conv(tf.concat([active, map], 3), head));
    },
  },
  'residuals with squeeze and excitation, hard activations': {
    inputs: { x: [2, 7, 5, 3] },
    weights: { a: [3, 3, 3, 1], b: [1, 1, 3, 6], c: [6, 2], d: [2, 6], e: [1, 1, 6, 3] },
    loss: ({ x }, { a, b, c, d, e }) => {
      const hard = (y: Any): Any => tf.div(tf.relu6(tf.add(y, 3)), 6);
      const deep = tf.depthwiseConv2d(x as tf.Tensor4D, a as tf.Tensor4D, 1, 'same');
      const wide = conv(deep, b);
      const swished = tf.mul(wide, hard(wide));
      const squeezed = tf.relu(product(tf.mean(swished, [1, 2]), c));
      const scale = reshape(hard(product(squeezed, d)), [2, 1, 1, 6]);
      return meanSquare(tf.add(x, conv(tf.mul(swished, scale), e)));
    },
  },
  'dense blocks: what was before beside what comes, averages that overlap': {
    inputs: { x: [1, 9, 9, 2] },
    weights: { a: [3, 3, 2, 3], b: [3, 3, 5, 3], c: [1, 1, 8, 2] },
    loss: ({ x }, { a, b, c }) => {
      const first = tf.concat([x, tf.elu(conv(x, a))], -1);
      const second = tf.concat([first, tf.selu(conv(first, b))], -1);
      const pooled = tf.avgPool(conv(second, c) as tf.Tensor4D, 3, 2, 'valid');
      return tf.add(meanSquare(pooled), tf.mean(tf.maxPool(pooled, [2, 3], 1, 'same')));
    },
  },
  'mirrored edges, a valid convolution, a crop, and the way back': {
    inputs: { x: [2, 5, 6, 2] },
    weights: { a: [4, 3, 2, 3], t: [2, 3, 2, 3] },
    loss: ({ x }, { a, t }) => {
      const y = tf.mul(x, tf.add(1, tf.mean(a)));
      const edges: [number, number][] = [
        [0, 0],
        [2, 1],
        [1, 2],
        [0, 0],
      ];
      const inner = conv(tf.pad(tf.mirrorPad(x, edges, 'reflect'), edges, 0.5), a, 1, 'valid');
      const back = tf.conv2dTranspose(
        tf.slice(inner, [0, 1, 1, 0], [2, 4, 4, 3]) as tf.Tensor4D,
        t as tf.Tensor4D,
        [2, 8, 12, 2],
        [2, 3],
        'same',
      );
      return tf.add(meanSquare(back), meanSquare(y));
    },
  },
  'fused layers with every activation': {
    inputs: { x: [2, 4, 4, 3], y: [4, 3] },
    weights: { a: [3, 3, 3, 2], b: [2], c: [3, 5], d: [5], e: [3, 3, 3, 2], f: [6], g: [5] },
    loss: ({ x, y }, { a, b, c, d, e, f, g }) => {
      const parts: Any[] = [
        tf.fused.conv2d({
          ...{ x: x as tf.Tensor4D, filter: a as tf.Tensor4D, strides: 1, pad: 'same' },
          ...{ bias: b, activation: 'elu' },
        }),
        tf.fused.depthwiseConv2d({
          ...{ x: x as tf.Tensor4D, filter: e as tf.Tensor4D, strides: 1, pad: 'same' },
          ...{ bias: f, activation: 'relu' },
        }),
        ...(['linear', 'relu', 'relu6', 'sigmoid', 'elu'] as const).map((activation) =>
          tf.fused.matMul({ a: y as tf.Tensor2D, b: c as tf.Tensor2D, bias: d, activation }),
        ),
        tf.mul(tf.prelu(product(y, c), g), 0.3),
      ];
      return tf.addN(parts.map((part) => reshape(meanSquare(part), [])));
    },
  },
};

export const GENERATIVE: Readonly<Record<string, Tried>> = {
  'a vector-quantised autoencoder': {
    inputs: { x: [6, 4] },
    weights: { e: [4, 3], codes: [5, 3], d: [3, 4] },
    loss: ({ x }, { e, codes, d }) => {
      const z = product(x, e);
      const apart = tf.sum(tf.square(tf.sub(tf.expandDims(z, 1), tf.expandDims(codes, 0))), 2);
      const nearest = tf.cast(tf.oneHot(tf.cast(tf.argMin(apart, 1), 'int32'), 5), 'float32');
      const code = product(nearest, codes);
      const fixed = straightThrough(() => tf.clone(code))(z);
      const codebook = meanSquare(tf.sub(code, z));
      return tf.add(meanSquare(tf.sub(product(fixed, d), x)), tf.mul(0.25, codebook));
    },
  },
  'a flow of coupled halves (RealNVP), its likelihood': {
    inputs: { x: [5, 6] },
    weights: { s: [3, 3], t: [3, 3], u: [3, 3], v: [3, 3] },
    optimizer: () => tf.train.adamax(0.01),
    loss: ({ x }, { s, t, u, v }) => {
      let volume: Any = tf.zeros([5]);
      let y: Any = x;
      for (const [scale, shift] of [
        [s, t],
        [u, v],
      ]) {
        const [a, b] = tf.split(y, 2, 1) as Any[];
        const logs = tf.tanh(product(a, scale));
        volume = tf.add(volume, tf.sum(logs, 1));
        y = tf.reverse(tf.concat([a, tf.add(tf.mul(b, tf.exp(logs)), product(a, shift))], 1), 1);
      }
      return tf.mean(tf.sub(tf.mul(0.5, tf.sum(tf.square(y), 1)), volume));
    },
  },
  'energies, with two steps of Langevin dynamics': {
    inputs: { x: [4, 3], z: [4, 3] },
    weights: { a: [3, 6], b: [6, 1] },
    loss: ({ x, z }, { a, b }, random) => {
      const energy = (y: Any): Any => product(tf.softplus(product(y, a)), b);
      let sample: Any = z;
      for (let k = 0; k < 2; k++) {
        const slope = tf.grad((y) => tf.sum(energy(y)))(sample);
        sample = tf.add(tf.sub(sample, tf.mul(0.1, slope)), tf.mul(0.05, random.normal([4, 3])));
      }
      return tf.add(tf.sub(tf.mean(energy(x)), tf.mean(energy(sample))), meanSquare(energy(x)));
    },
  },
  'contrasts between two views of a batch (SimCLR)': {
    inputs: { x: [4, 5], y: [4, 5] },
    weights: { w: [5, 4] },
    loss: ({ x, y }, { w }) => {
      const all = product(tf.concat([x, y]), w);
      const unit = tf.div(all, tf.norm(all, 2, 1, true));
      const near = tf.div(product(unit, unit, false, true), 0.5);
      const others = tf.sub(near, tf.mul(1e9, tf.eye(8)));
      const partner = tf.concat([tf.range(4, 8), tf.range(0, 4)]);
      const right = tf.sum(tf.mul(near, tf.oneHot(tf.cast(partner, 'int32'), 8)), 1);
      return tf.mean(tf.sub(tf.logSumExp(others, 1), right));
    },
  },
  'transport between two sets (Sinkhorn)': {
    inputs: { x: [4, 3], y: [5, 3] },
    weights: { w: [3, 2] },
    loss: ({ x, y }, { w }) => {
      const [a, b] = [product(x, w), product(y, w)];
      const cost = tf.sum(tf.square(tf.sub(tf.expandDims(a, 1), tf.expandDims(b, 0))), 2);
      let f: Any = tf.zeros([4, 1]);
      let g: Any = tf.zeros([1, 5]);
      for (let k = 0; k < 4; k++) {
        f = tf.neg(tf.logSumExp(tf.sub(g, cost), 1, true));
        g = tf.neg(tf.logSumExp(tf.sub(f, cost), 0, true));
      }
      return tf.sum(tf.mul(tf.exp(tf.sub(tf.add(f, g), cost)), cost));
    },
  },
  'a graph network on neighbours that are given, some nodes without any': {
    inputs: { nodes: [5, 3], edges: { shape: [5, 5], dtype: 'bool' } },
    weights: { a: [3, 4], b: [4, 2] },
    loss: ({ nodes, edges }, { a, b }) => {
      const near = tf.mul(tf.cast(edges, 'float32'), tf.linalg.bandPart(tf.ones([5, 5]), 0, 2));
      const degree = tf.rsqrt(tf.sum(near, 1, true));
      const scale = tf.where(tf.isInf(degree), tf.zerosLike(degree), degree);
      const even = tf.mul(near, scale);
      const layer = (x: Any, w: Any): Any => product(even, product(x, w));
      return meanSquare(tf.sub(layer(tf.relu(layer(nodes, a)), b), 1));
    },
  },
  'triplets with the hardest of the batch': {
    inputs: { x: [6, 4], labels: { shape: [6], dtype: 'int32', below: 2 } },
    weights: { w: [4, 3] },
    loss: ({ x, labels }, { w }) => {
      const y = product(x, w);
      const squares = tf.sum(tf.square(y), 1, true);
      const apart = tf.add(
        tf.sub(tf.add(squares, tf.transpose(squares)), tf.mul(2, product(y, y, false, true))),
        1e-3,
      );
      const same = tf.equal(tf.expandDims(labels, 0), tf.expandDims(labels, 1));
      const far = tf.max(tf.where(same, apart, tf.zerosLike(apart)), 1);
      const near = tf.min(tf.where(same, tf.fill([6, 6], 1e3), apart), 1);
      return tf.mean(tf.relu(tf.add(tf.sub(far, tf.minimum(near, 10)), 0.5)));
    },
  },
};
