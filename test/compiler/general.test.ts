/* eslint-disable @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unnecessary-type-assertion */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backends/backend.js';
import { simplify } from '../../src/compiler/simplify/simplify.js';
import { rootsOf } from '../../src/compiler/graph/graph.js';
import { isNode, topological } from '../../src/compiler/graph/value.js';
import type { StepRandom } from '../../src/compiler/trace/random.js';
import { trace, type InputSpec } from '../../src/compiler/trace/trace.js';
import { native, outcome, randomValues, wasm, type Built, type Outcome } from './oracle.js';

/** Steps of all kinds, as others write them: each is three steps of training from the same weights. */
interface Training {
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  /** Whole numbers below a bound. */
  readonly integers?: Readonly<Record<string, { shape: readonly number[]; below: number }>>;
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly optimizer?: () => tf.Optimizer;
  readonly loss: (x: Tensors, w: Variables, random: StepRandom) => tf.Tensor;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Tensors = Record<string, tf.Tensor<any>>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Variables = Record<string, tf.Variable<any>>;

const STEPS = 3;
/** Of the difference from eager TensorFlow.js, by its own norm. */
const LARGEST_DISTANCE = 1e-5;

/** Leaky ReLU of relu, which TensorFlow.js can derive twice. */
const leaky = (x: tf.Tensor): tf.Tensor => tf.sub(tf.relu(x), tf.mul(0.2, tf.relu(tf.neg(x))));
const conv = (x: tf.Tensor, w: tf.Tensor, stride = 1): tf.Tensor4D =>
  tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, 'same');
const meanSquare = (x: tf.Tensor): tf.Tensor => tf.mean(tf.square(x));

/** (x - mean) / deviation over some axes. */
const normalised = (x: tf.Tensor, axes: number[]): tf.Tensor => {
  const { mean, variance } = tf.moments(x, axes, true);
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
};

/** The square of the gradient's norm by the images (R1, Mescheder et al., arXiv 1801.04406). */
const gradientPenalty = (f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): tf.Tensor =>
  tf.mean(tf.sum(tf.square(tf.grad((y) => tf.sum(f(y)))(x)), [1, 2, 3]));

const images = { x: [2, 8, 8, 2] };

const TRAININGS: Readonly<Record<string, Training>> = {
  'max and average pooling': {
    inputs: images,
    weights: { a: [3, 3, 2, 4], b: [3, 3, 4, 4], c: [16, 3] },
    loss: ({ x }, { a, b, c }) => {
      const first = tf.maxPool(tf.relu(conv(x, a)) as tf.Tensor4D, 2, 2, 'same');
      const second = tf.avgPool(tf.elu(conv(first, b)), 2, 2, 'valid');
      return meanSquare(tf.matMul(tf.reshape(tf.maxPool(second, 3, 1, 'same'), [2, 16]), c));
    },
  },
  'nearest upsampling, whose gradient TensorFlow.js has for one image': {
    inputs: { x: [1, 4, 4, 3] },
    weights: { a: [3, 3, 3, 4] },
    loss: ({ x }, { a }) =>
      meanSquare(tf.image.resizeNearestNeighbor(tf.tanh(conv(x, a)) as tf.Tensor4D, [8, 8])),
  },
  'bilinear upsampling': {
    inputs: { x: [3, 4, 4, 3] },
    weights: { a: [3, 3, 3, 4] },
    loss: ({ x }, { a }) =>
      meanSquare(tf.image.resizeBilinear(tf.tanh(conv(x, a)) as tf.Tensor4D, [8, 8])),
  },
  'depthwise and separable convolutions': {
    inputs: images,
    weights: { a: [3, 3, 2, 2], b: [3, 3, 4, 1], c: [1, 1, 4, 5] },
    loss: ({ x }, { a, b, c }) => {
      const first = tf.relu(tf.depthwiseConv2d(x as tf.Tensor4D, a as tf.Tensor4D, 1, 'same'));
      return meanSquare(tf.separableConv2d(first, b as tf.Tensor4D, c as tf.Tensor4D, 2, 'same'));
    },
  },
  'an embedding with its gradient': {
    integers: { words: { shape: [4, 3], below: 7 } },
    weights: { table: [7, 5], a: [5, 2] },
    loss: ({ words }, { table, a }) => {
      const vectors = tf.reshape(tf.gather(table, words), [12, 5]);
      return meanSquare(tf.sub(tf.matMul(vectors, a), 1));
    },
  },
  'dropout by random': {
    inputs: { x: [6, 5] },
    weights: { a: [5, 8], b: [8, 2] },
    loss: ({ x }, { a, b }, random) => {
      const hidden = tf.relu(tf.matMul(x, a));
      const kept = tf.mul(hidden, tf.div(random.bernoulli([6, 8], 0.7), 0.7));
      return meanSquare(tf.add(tf.matMul(kept, b), tf.mul(0.1, random.normal([6, 2]))));
    },
  },
  'layer, group and instance normalisation': {
    inputs: images,
    weights: { a: [3, 3, 2, 4], b: [3, 3, 4, 4], scale: [4] },
    loss: ({ x }, { a, b, scale }) => {
      const layer = tf.mul(normalised(conv(x, a), [1, 2, 3]), scale);
      const groups = normalised(tf.reshape(layer, [2, 8, 8, 2, 2]), [1, 2, 4]);
      const instance = normalised(conv(tf.reshape(groups, [2, 8, 8, 4]), b), [1, 2]);
      return tf.mean(tf.mul(instance, tf.sigmoid(instance)));
    },
  },
  'self-attention with a causal mask': {
    inputs: { x: [2, 10, 6] },
    weights: { q: [6, 4], k: [6, 4], v: [6, 4] },
    loss: ({ x }, { q, k, v }) => {
      const project = (w: tf.Tensor): tf.Tensor =>
        tf.reshape(tf.matMul(tf.reshape(x, [20, 6]), w as tf.Tensor2D), [2, 10, 4]);
      const scores = tf.div(tf.matMul(project(q), project(k), false, true), 2);
      const mask = tf.linalg.bandPart(tf.ones([10, 10]), -1, 0);
      const masked = tf.where(
        tf.cast(tf.broadcastTo(mask, [2, 10, 10]), 'bool'),
        scores,
        tf.fill([2, 10, 10], -1e9),
      );
      return meanSquare(tf.matMul(tf.softmax(masked), project(v)));
    },
  },
  'a GRU, unrolled': {
    inputs: { x: [3, 5, 4] },
    weights: { z: [10, 6], r: [10, 6], h: [10, 6] },
    loss: ({ x }, { z, r, h }) =>
      meanSquare(
        tf.unstack(x, 1).reduce(
          (state: tf.Tensor, input) => {
            const gate = (w: tf.Tensor, s: tf.Tensor): tf.Tensor =>
              tf.matMul(tf.concat([input, s], 1), w);
            const update = tf.sigmoid(gate(z, state));
            const next = tf.tanh(gate(h, tf.mul(tf.sigmoid(gate(r, state)), state)));
            return tf.add(tf.mul(update, state), tf.mul(tf.sub(1, update), next));
          },
          tf.zeros([3, 6]),
        ),
      ),
  },
  'an LSTM, unrolled': {
    inputs: { x: [3, 5, 4] },
    weights: { w: [10, 24], b: [24] },
    loss: ({ x }, { w, b }) => {
      let [state, cell]: tf.Tensor[] = [tf.zeros([3, 6]), tf.zeros([3, 6])];
      for (const input of tf.unstack(x, 1)) {
        const gates = tf.add(tf.matMul(tf.concat([input, state], 1), w as tf.Tensor2D), b);
        const [i, j, f, o] = tf.split(gates, 4, 1);
        cell = tf.add(tf.mul(cell, tf.sigmoid(f)), tf.mul(tf.sigmoid(i), tf.tanh(j)));
        state = tf.mul(tf.tanh(cell), tf.sigmoid(o));
      }
      return meanSquare(state);
    },
  },
  'cumsum, slices, reversal, selu, gelu, pow, sin and cos': {
    inputs: { x: [4, 6] },
    weights: { a: [6, 6] },
    loss: ({ x }, { a }) => {
      const y = tf.matMul(x, a);
      const gelu = tf.mul(tf.mul(0.5, y), tf.add(1, tf.erf(tf.mul(y, Math.SQRT1_2))));
      const parts = [
        tf.cumsum(y, 1),
        tf.selu(y),
        gelu,
        tf.pow(tf.abs(y), 2.5),
        tf.mul(tf.sin(y), tf.cos(y)),
        tf.pow(y, 3),
      ];
      const flipped = tf.reverse(tf.slice(tf.concat(parts, 1), [0, 5], [4, 20]), 1);
      return tf.add(meanSquare(flipped), meanSquare(tf.concat(parts, 0)));
    },
  },
  'R1 through convolutions with leaky ReLU of relu': {
    inputs: { real: [2, 8, 8, 2], fake: [2, 8, 8, 2] },
    weights: { a: [4, 4, 2, 4], b: [4, 4, 4, 6], c: [24, 1] },
    optimizer: () => tf.train.sgd(0.01),
    loss: ({ real, fake }, { a, b, c }) => {
      const critic = (x: tf.Tensor): tf.Tensor =>
        tf.matMul(tf.reshape(leaky(conv(leaky(conv(x, a, 2)), b, 2)), [2, 24]), c as tf.Tensor2D);
      const losses = tf.add(
        tf.mean(tf.softplus(tf.neg(critic(real)))),
        tf.mean(tf.softplus(critic(fake))),
      );
      const penalties = tf.add(gradientPenalty(critic, real), gradientPenalty(critic, fake));
      return tf.add(losses, tf.mul(5, penalties));
    },
  },
  'spectral normalisation by power iteration': {
    inputs: { x: [5, 6] },
    weights: { w: [6, 4], u: [1, 4] },
    loss: ({ x }, { w, u }) => {
      const unit = (y: tf.Tensor): tf.Tensor =>
        tf.div(y, tf.sqrt(tf.add(tf.sum(tf.square(y)), 1e-12)));
      const v = unit(tf.matMul(u, w, false, true));
      const next = unit(tf.matMul(v, w as tf.Tensor2D));
      const sigma = tf.sum(tf.mul(tf.matMul(v as tf.Tensor2D, w as tf.Tensor2D), next));
      return meanSquare(tf.matMul(x, tf.div(w, sigma) as tf.Tensor2D));
    },
  },
  'Gumbel softmax': {
    inputs: { x: [6, 4] },
    weights: { w: [4, 5], a: [5, 2] },
    loss: ({ x }, { w, a }, random) => {
      const noise = tf.neg(
        tf.log(tf.add(tf.neg(tf.log(tf.add(random.uniform([6, 5]), 1e-6))), 1e-6)),
      );
      const soft = tf.softmax(tf.div(tf.add(tf.matMul(x, w), noise), 0.7));
      return meanSquare(tf.sub(tf.matMul(soft as tf.Tensor2D, a as tf.Tensor2D), 1));
    },
  },
  'a variational autoencoder': {
    inputs: { x: [4, 12] },
    weights: { e: [12, 8], m: [8, 3], s: [8, 3], d: [3, 8], o: [8, 12] },
    optimizer: () => tf.train.sgd(0.1),
    loss: ({ x }, { e, m, s, d, o }, random) => {
      const hidden = tf.relu(tf.matMul(x, e));
      const [mean, logVariance] = [m, s].map((w) =>
        tf.matMul(hidden as tf.Tensor2D, w as tf.Tensor2D),
      );
      const z = tf.add(mean, tf.mul(tf.exp(tf.mul(0.5, logVariance)), random.normal([4, 3])));
      const logits = tf.matMul(
        tf.relu(tf.matMul(z as tf.Tensor2D, d as tf.Tensor2D)) as tf.Tensor2D,
        o as tf.Tensor2D,
      );
      const likelihood = tf.losses.sigmoidCrossEntropy(tf.sigmoid(x), logits);
      const divergence = tf.mean(
        tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1)),
      );
      return tf.add(likelihood, divergence);
    },
  },
  'a small U-Net with a time embedding (diffusion)': {
    inputs: { x: [2, 8, 8, 1], noise: [2, 8, 8, 1], time: [2, 1] },
    weights: { a: [3, 3, 1, 4], b: [3, 3, 4, 6], c: [3, 3, 10, 4], d: [3, 3, 4, 1], t: [8, 4] },
    loss: ({ x, noise, time }, { a, b, c, d, t }) => {
      const angles = tf.mul(time, tf.tensor2d([[1, 0.3, 0.1, 0.03]]));
      const embedded = tf.matMul(tf.concat([tf.sin(angles), tf.cos(angles)], 1), t as tf.Tensor2D);
      const noisy = tf.add(tf.mul(x, 0.8), tf.mul(noise, 0.6));
      const down = tf.add(conv(noisy, a), tf.reshape(embedded, [2, 1, 1, 4]));
      const low = tf.relu(conv(tf.avgPool(tf.relu(down) as tf.Tensor4D, 2, 2, 'same'), b));
      const up = tf.image.resizeBilinear(low, [8, 8]);
      const joined = tf.relu(conv(tf.concat([up, down], 3), c));
      return meanSquare(tf.sub(conv(joined, d), noise));
    },
  },
  'an ACGAN with embedded labels': {
    inputs: { z: [4, 5], real: [4, 6] },
    integers: { labels: { shape: [4], below: 3 } },
    weights: { table: [3, 5], g: [5, 6], d: [6, 8], r: [8, 1], c: [8, 3] },
    loss: ({ z, real, labels }, { table, g, d, r, c }) => {
      const fake = tf.tanh(
        tf.matMul(tf.mul(z, tf.gather(table, labels)) as tf.Tensor2D, g as tf.Tensor2D),
      );
      const features = tf.leakyRelu(
        tf.matMul(tf.concat([real, fake]) as tf.Tensor2D, d as tf.Tensor2D),
      );
      const validity = tf.matMul(features, r as tf.Tensor2D);
      const wanted = tf.concat([tf.ones([4, 1]), tf.zeros([4, 1])]);
      const classes = tf.oneHot(tf.cast(tf.concat([labels, labels]), 'int32'), 3);
      return tf.add(
        tf.losses.sigmoidCrossEntropy(wanted, validity),
        tf.losses.softmaxCrossEntropy(
          classes,
          tf.matMul(features as tf.Tensor2D, c as tf.Tensor2D),
        ),
      );
    },
  },
  'label maps, repeated': {
    inputs: { x: [3, 6, 6, 2] },
    weights: { map: [1, 6, 6, 1], row: [1, 3], a: [3, 3, 3, 2] },
    loss: ({ x }, { map, row, a }) => {
      const maps = tf.broadcastTo(map, [3, 6, 6, 1]);
      const tiled = tf.tile(row as tf.Tensor2D, [4, 2]);
      return tf.add(meanSquare(conv(tf.concat([x, maps], 3), a)), meanSquare(tiled));
    },
  },
  ...Object.fromEntries(
    Object.entries({
      sgd: () => tf.train.sgd(0.1),
      momentum: () => tf.train.momentum(0.1, 0.9),
      nesterov: () => tf.train.momentum(0.1, 0.9, true),
      adagrad: () => tf.train.adagrad(0.1),
      adadelta: () => tf.train.adadelta(0.1),
      adam: () => tf.train.adam(0.01),
      adamax: () => tf.train.adamax(0.01),
      // Centred, it gives NaN in TensorFlow.js itself: there epsilon is on the wrong side of a difference.
      rmsprop: () => tf.train.rmsprop(0.01),
    }).map(([name, optimizer]): [string, Training] => [
      `the optimizer ${name}`,
      {
        inputs: { x: [6, 4] },
        weights: { w: [4, 3], b: [3] },
        optimizer,
        loss: ({ x }, { w, b }) => meanSquare(tf.sub(tf.tanh(tf.add(tf.matMul(x, w), b)), 0.5)),
      },
    ]),
  ),
};

function build({ weights, optimizer = () => tf.train.sgd(0.05), loss }: Training): Built {
  const made = optimizer();
  const variables = Object.entries(weights).map(([name, shape], k): [string, tf.Variable] => {
    const fan = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    const values = randomValues(
      shape.reduce((a, b) => a * b, 1),
      10 + k,
    ).map((x) => (1.5 * x) / Math.sqrt(fan));
    return [name, tf.variable(tf.tensor(values, [...shape]), true, name)];
  });
  const w = Object.fromEntries(variables);
  return {
    step: (x, random) => ({
      loss: made.minimize(
        () => tf.mul<tf.Scalar>(1, loss(x, w, random)),
        true,
        variables.map(([, v]) => v),
      )!,
    }),
  };
}

function specs({ inputs = {}, integers = {} }: Training): Record<string, InputSpec> {
  return {
    ...Object.fromEntries(Object.entries(inputs).map(([name, shape]) => [name, { shape }])),
    ...Object.fromEntries(
      Object.entries(integers).map(([name, { shape }]) => [
        name,
        { shape, dtype: 'int32' as const },
      ]),
    ),
  };
}

async function run(backend: Backend | undefined, training: Training): Promise<Outcome> {
  const { inputs = {}, integers = {} } = training;
  const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  const feeds = Array.from({ length: STEPS }, (_, step) =>
    Object.fromEntries([
      ...Object.entries(inputs).map(
        ([name, shape], k) => [name, randomValues(size(shape), 100 * step + k)] as const,
      ),
      ...Object.entries(integers).map(
        ([name, { shape, below }], k) =>
          [
            name,
            randomValues(size(shape), 300 * step + k).map((x) => Math.floor(((x + 1) / 2) * below)),
          ] as const,
      ),
    ]),
  );
  return outcome(backend, () => build(training), specs(training), feeds);
}

/** The difference by the norm of what is wanted. */
function distance(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  const norm = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));
  expect(found.length).toBe(wanted.length);
  const floor = 1e-2 * Math.sqrt(wanted.length);
  return norm(Array.from(found, (x, k) => x - wanted[k])) / Math.max(norm(wanted), floor);
}

describe.each(Object.entries({ native, wasm }))(
  'training on %s equals eager TensorFlow.js',
  (_, load) => {
    it.each(Object.keys(TRAININGS))('%s', async (name) => {
      const training = TRAININGS[name];
      const wanted = await run(undefined, training);
      const found = await run(await load(), training);
      wanted.outputs.forEach(({ loss }, step) => {
        expect(Number.isFinite(loss[0]), `loss of step ${step}`).toBe(true);
        expect(distance(found.outputs[step].loss, loss), `loss of step ${step}`).toBeLessThan(
          LARGEST_DISTANCE,
        );
      });
      for (const [state, values] of found.state)
        expect(distance(values, wanted.state.get(state)!), state).toBeLessThan(LARGEST_DISTANCE);
      expect(found.state.size).toBeGreaterThanOrEqual(Object.keys(training.weights).length);
    });
  },
);

describe('what is traced', () => {
  afterAll(() => tf.disposeVariables());

  it('the gradient of a repetition is one sum', async () => {
    await tf.setBackend('cpu');
    const theirs = tf.getGradient('Tile');
    const training = TRAININGS['label maps, repeated'];
    const { graph, builder } = trace(build(training).step, { inputs: specs(training) });
    const ops = topological(rootsOf(simplify(graph, builder)));
    // The row's own repetition, and the part of a joined gradient that is the images': a slice for each repetition were more.
    expect(ops.filter((value) => isNode(value, 'Tile'))).toHaveLength(1);
    expect(ops.filter((value) => isNode(value, 'Slice'))).toHaveLength(1);
    expect(tf.getGradient('Tile')).toBe(theirs);
  });

  it('a gradient of a gradient that TensorFlow.js has not is an error that says what to write', async () => {
    await tf.setBackend('cpu');
    expect(() =>
      trace(
        ({ x }) => ({
          y: tf.grad((y) =>
            tf.sum(tf.square(tf.grad((z) => tf.sum(tf.square(tf.leakyRelu(z))))(y))),
          )(x),
        }),
        {
          inputs: { x: { shape: [3] } },
        },
      ),
    ).toThrow('write tf.sub(tf.relu(x), tf.mul(alpha, tf.relu(tf.neg(x)))) instead');
  });

  it('nor one of an op that TensorFlow.js derives not even once', async () => {
    await tf.setBackend('cpu');
    expect(() =>
      trace(({ x }) => ({ y: tf.grad((z) => tf.sum(tf.cumprod(z)))(x) }), {
        inputs: { x: { shape: [3] } },
      }),
    ).toThrow(
      'TensorFlow.js has no gradient of Cumprod, which the step needs: for numbers above 0, write tf.exp(tf.cumsum(tf.log(x)))',
    );
  });
});
