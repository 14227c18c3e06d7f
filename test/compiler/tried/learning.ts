/* eslint-disable @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unnecessary-type-assertion -- tensors of any rank */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensors, Tried, Variables } from './equals-eager.js';
import { conv, leaky, meanSquare, product, reshape, straightThrough, type Any } from './ops.js';

const zerosLike = (w: Variables): Variables =>
  Object.fromEntries(
    Object.entries(w).map(([name, v]) => [
      name,
      tf.variable(tf.zeros(v.shape), false, `${name} slot`),
    ]),
  );

/** A step whose optimizer is written beside it: `update` assigns each weight by its gradient. */
const byHand = (
  update: (w: Any, gradient: Any, slot: Any, step: Any) => { w: Any; slot?: Any },
): Tried => ({
  inputs: { x: [6, 4] },
  weights: { w: [4, 3], b: [3] },
  step: (w) => {
    const slots = zerosLike(w);
    const steps = tf.variable(tf.scalar(0, 'int32'), false, 'steps');
    return ({ x }) => {
      const { value, grads } = tf.variableGrads(
        () => tf.mean(tf.square(tf.sub(tf.tanh(tf.add(product(x, w.w), w.b)), 0.5))),
        Object.values(w),
      );
      steps.assign(tf.add(steps, tf.scalar(1, 'int32')));
      for (const [name, v] of Object.entries(w)) {
        const next = update(v, grads[v.name], slots[name], tf.cast(steps, 'float32'));
        v.assign(next.w);
        if (next.slot !== undefined) slots[name].assign(next.slot);
      }
      return { loss: value };
    };
  },
});

export const OPTIMIZERS: Readonly<Record<string, Tried>> = {
  'an optimizer of signs (Lion), with decay of weights': byHand((w, g, slot) => ({
    w: tf.sub(tf.mul(w, 0.999), tf.mul(0.01, tf.sign(tf.add(tf.mul(0.9, slot), tf.mul(0.1, g))))),
    slot: tf.add(tf.mul(0.99, slot), tf.mul(0.01, g)),
  })),
  'steps in proportion to the norm of the weights (LAMB)': byHand((w, g, slot, step) => {
    const moment = tf.add(tf.mul(0.9, slot), tf.mul(0.1, g));
    const even = tf.div(moment, tf.sub(1, tf.pow(tf.scalar(0.9), step)));
    const ratio = tf.div(tf.norm(w), tf.add(tf.norm(even), 1e-6));
    return { w: tf.sub(w, tf.mul(tf.mul(0.01, ratio), even)), slot: moment };
  }),
  'the largest second moment so far (AMSGrad), on a schedule with a warm-up': byHand(
    (w, g, slot, step) => {
      const largest = tf.maximum(slot, tf.square(g));
      const rate = tf.mul(0.1, tf.minimum(tf.div(step, 2), tf.rsqrt(step)));
      return {
        w: tf.sub(w, tf.div(tf.mul(rate, g), tf.add(tf.sqrt(largest), 1e-3))),
        slot: largest,
      };
    },
  ),
  'gradients of two steps added up before they are used': byHand((w, g, slot, step) => {
    const sum = tf.add(slot, g);
    const isDue = tf.equal(tf.mod(step, 2), 0);
    return {
      w: tf.where(isDue, tf.sub(w, tf.mul(0.05, sum)), w),
      slot: tf.where(isDue, tf.zerosLike(sum), sum),
    };
  }),
  'slow weights that follow fast ones (lookahead), which both are state': byHand(
    (w, g, slot, step) => {
      const fast = tf.sub(w, tf.mul(0.1, g));
      const slow = tf.add(slot, tf.mul(0.5, tf.sub(fast, slot)));
      const isDue = tf.cast(tf.equal(tf.floorDiv(step, 2), tf.div(step, 2)), 'float32');
      return {
        w: tf.add(tf.mul(isDue, slow), tf.mul(tf.sub(1, isDue), fast)),
        slot: tf.add(tf.mul(isDue, slow), tf.mul(tf.sub(1, isDue), slot)),
      };
    },
  ),
  'two optimizers that take turns, each with weights of its own': {
    inputs: { x: [4, 3], z: [4, 2] },
    weights: { g: [2, 3], d: [3, 1] },
    step: ({ g, d }) => {
      const [first, second] = [tf.train.adam(0.01, 0.5, 0.9), tf.train.adagrad(0.05)];
      return ({ x, z }) => {
        const critic = (y: Any): Any => product(tf.elu(y), d);
        const lossD = first.minimize(
          () => tf.sub<tf.Scalar>(tf.mean(critic(product(z, g))), tf.mean(critic(x))),
          true,
          [d],
        )!;
        d.assign(tf.clipByValue(d, -0.3, 0.3));
        const lossG = second.minimize(
          () => tf.neg(tf.mean(critic(product(z, g)))) as tf.Scalar,
          true,
          [g],
        )!;
        return { lossD, lossG };
      };
    },
  },
};

const gradientOf = (f: (x: Any) => Any, x: Any): Any => tf.grad((y) => tf.sum(f(y)))(x);

export const SECOND_ORDER: Readonly<Record<string, Tried>> = {
  'WGAN-GP with mixing by random': {
    inputs: { real: [4, 6], fake: [4, 6] },
    weights: { a: [6, 8], b: [8, 1] },
    loss: ({ real, fake }, { a, b }, random) => {
      const critic = (x: Any): Any => product(leaky(product(x, a)), b);
      const share = random.uniform([4, 1]);
      const between = tf.add(tf.mul(share, real), tf.mul(tf.sub(1, share), fake));
      const norm = tf.sqrt(tf.add(tf.sum(tf.square(gradientOf(critic, between)), 1), 1e-12));
      const penalty = tf.mean(tf.square(tf.sub(norm, 1)));
      return tf.add(tf.mul(10, penalty), tf.sub(tf.mean(critic(fake)), tf.mean(critic(real))));
    },
  },
  'learning to learn: the loss after a step of its own (MAML)': {
    inputs: { x: [5, 3], y: [5, 2] },
    weights: { w: [3, 2], b: [2] },
    loss: ({ x, y }, { w, b }) => {
      const task = (u: Any, c: Any): Any =>
        meanSquare(tf.sub(tf.sigmoid(tf.add(product(x, u), c)), y));
      const [u, c] = tf.grads((u, c) => task(u, c))([w, b]);
      return task(tf.sub(w, tf.mul(0.5, u)), tf.sub(b, tf.mul(0.5, c)));
    },
  },
  'a product of Hessian and vector, through softmax and logarithm': {
    inputs: { x: [3, 4], v: [3, 4] },
    weights: { w: [4, 4] },
    loss: ({ x, v }, { w }) => {
      const f = (y: Any): Any => tf.log(tf.add(tf.softmax(product(y, w)), 0.1));
      const slope = (y: Any): Any => tf.grad((z) => tf.sum(tf.square(f(z))))(y);
      return tf.sum(tf.square(tf.grad((y) => tf.sum(tf.mul(slope(y), v)))(x)));
    },
  },
  'a penalty through a transposed convolution, means and softplus': {
    inputs: { x: [2, 3, 3, 2] },
    weights: { t: [3, 3, 3, 2], a: [3, 3, 3, 2] },
    loss: ({ x }, { t, a }) => {
      const net = (y: Any): Any =>
        tf.softplus(
          conv(
            tf.tanh(
              tf.conv2dTranspose(y as tf.Tensor4D, t as tf.Tensor4D, [2, 6, 6, 3], 2, 'same'),
            ),
            a,
          ),
        );
      return tf.add(meanSquare(gradientOf(net, x)), tf.mean(net(x)));
    },
  },
  'a gradient of a gradient of a gradient': {
    inputs: { x: [4] },
    weights: { w: [4] },
    loss: ({ x }, { w }) => {
      const f = (y: Any): Any => tf.mul(tf.sin(tf.mul(y, w)), tf.exp(tf.neg(tf.square(y))));
      const d1 = (y: Any): Any => gradientOf(f, y);
      const d2 = (y: Any): Any => gradientOf(d1, y);
      return meanSquare(gradientOf(d2, x));
    },
    distance: 3e-5,
  },
  'rounding with a gradient that is handed through, and one that is turned around': {
    inputs: { x: [4, 3] },
    weights: { a: [3, 5], b: [5, 2] },
    loss: ({ x }, { a, b }) => {
      const turned = tf.customGrad((y, save) => {
        (save as tf.GradSaveFunc)([y as tf.Tensor]);
        return {
          value: tf.clone(y as tf.Tensor),
          gradFunc: (dy: Any, [saved]: Any[]) => tf.mul(tf.neg(dy), tf.abs(saved)),
        };
      });
      const rounded = straightThrough((y) => tf.div(tf.round(tf.mul(y, 4)), 4));
      return meanSquare(product(turned(rounded(tf.tanh(product(x, a)))), b));
    },
  },
};

export const REINFORCED: Readonly<Record<string, Tried>> = {
  'a dueling network whose target follows it': {
    inputs: {
      x: [4, 3],
      next: [4, 3],
      reward: [4],
      action: { shape: [4], dtype: 'int32', below: 3 },
      done: { shape: [4], dtype: 'bool' },
    },
    weights: { v: [3, 1], a: [3, 3], tv: [3, 1], ta: [3, 3] },
    step: ({ v, a, tv, ta }) => {
      const optimizer = tf.train.rmsprop(0.01);
      const values = (x: Any, value: Any, advantage: Any): Any => {
        const by = product(x, advantage);
        return tf.add(product(x, value), tf.sub(by, tf.mean(by, 1, true)));
      };
      return ({ x, next, reward, action, done }) => {
        const best = tf.max(values(next, tv, ta), 1);
        const goal = tf.add(reward, tf.where(done, tf.zerosLike(best), tf.mul(0.9, best)));
        const loss = optimizer.minimize(
          () => {
            const chosen = tf.sum(tf.mul(values(x, v, a), tf.oneHot(action, 3)), 1);
            return tf.losses.huberLoss<tf.Tensor, tf.Scalar>(goal, chosen);
          },
          true,
          [v, a],
        )!;
        for (const [slow, fast] of [
          [tv, v],
          [ta, a],
        ])
          slow.assign(tf.add(tf.mul(0.9, slow), tf.mul(0.1, fast)));
        return { loss, error: tf.sub(goal, tf.max(values(x, v, a), 1)) };
      };
    },
  },
  'a clipped policy with an entropy': {
    inputs: { x: [5, 3], old: [5], gain: [5], action: { shape: [5], dtype: 'int32', below: 4 } },
    weights: { p: [3, 4] },
    loss: ({ x, old, gain, action }, { p }) => {
      const logs = tf.logSoftmax(product(x, p));
      const chosen = tf.sum(tf.mul(logs, tf.oneHot(action, 4)), 1);
      const ratio = tf.exp(tf.sub(chosen, tf.sub(old, 1)));
      const gains = tf.minimum(tf.mul(ratio, gain), tf.mul(tf.clipByValue(ratio, 0.8, 1.2), gain));
      const entropy = tf.neg(tf.sum(tf.mul(tf.exp(logs), logs), 1));
      return tf.neg(tf.mean(tf.add(gains, tf.mul(0.01, entropy))));
    },
  },
  'paths of a sequence, added up in logarithms': {
    inputs: { x: [2, 5, 4] },
    weights: { w: [4, 3] },
    loss: ({ x }, { w }) => {
      const logs = tf.logSoftmax(reshape(product(reshape(x, [10, 4]), w), [2, 5, 3]));
      let paths: Any = tf.concat([tf.zeros([2, 1]), tf.fill([2, 2], -1e4)], 1);
      for (const step of tf.unstack(logs, 1) as Any[]) {
        const before = tf.pad(
          tf.slice(paths, [0, 0], [2, 2]),
          [
            [0, 0],
            [1, 0],
          ],
          -1e4,
        );
        paths = tf.add(tf.logSumExp(tf.stack([paths, before], 2), 2), step);
      }
      return tf.neg(tf.mean(tf.slice(paths, [0, 2], [2, 1])));
    },
  },
  'many losses with weights': {
    inputs: { x: [4, 3], y: [4, 3], share: { shape: [4, 1], values: [0, 1, 0.5, 2] } },
    weights: { w: [3, 3] },
    loss: ({ x, y, share }, { w }) => {
      const guess = product(x, w);
      const positive = tf.sigmoid(guess);
      const labels = tf.round(tf.sigmoid(y));
      const losses = [
        tf.losses.absoluteDifference(y, guess, share),
        tf.losses.cosineDistance(y, guess, 1),
        tf.losses.hingeLoss(labels, guess),
        tf.losses.huberLoss(y, guess, share, 0.3),
        tf.losses.logLoss(labels, positive, share),
        tf.losses.sigmoidCrossEntropy(labels, guess, share, 0.1),
        tf.losses.softmaxCrossEntropy(tf.softmax(y), guess, tf.squeeze(share, [1]), 0.1),
        tf.mean(tf.log(tf.cosh(tf.sub(y, guess)))),
      ];
      return tf.addN(losses.map((loss) => reshape(loss, [])));
    },
  },
};

/** The state of a batch's statistics, assigned in a tidy of the step's own. */
export const HOUSEKEEPING: Readonly<Record<string, Tried>> = {
  'moving averages assigned within tf.tidy, what was in between disposed of': {
    inputs: { x: [6, 4] },
    weights: { w: [4, 4], mean: [4], scale: [4] },
    step: ({ w, mean, scale }) => {
      const optimizer = tf.train.sgd(0.1);
      return ({ x }): Tensors => {
        const loss = optimizer.minimize(
          () =>
            tf.tidy(() => {
              const y = product(x, w);
              const { mean: now, variance } = tf.moments(y, 0);
              mean.assign(tf.movingAverage(mean as tf.Tensor, now, 0.9, undefined, false));
              const even = tf.div(tf.sub(y, now), tf.sqrt(tf.add(variance, 1e-3)));
              const scaled = tf.mul(even, scale);
              variance.dispose();
              return tf.mean<tf.Scalar>(tf.square(tf.sub(scaled, 1)));
            }),
          true,
          [w, scale],
        )!;
        const [kept, other] = tf.tidy(() => {
          const both = tf.unstack(tf.stack([mean, scale]));
          return [tf.clone(both[0]), tf.keep(tf.add(both[1], loss))];
        });
        const end = tf.add(kept, other);
        tf.dispose([kept, other]);
        return { loss, end };
      };
    },
  },
  'a variable that becomes another, which nobody reads': {
    inputs: { x: [3] },
    weights: { a: [3], b: [3], c: [3] },
    step:
      ({ a, b, c }) =>
      ({ x }) => {
        b.assign(a);
        c.assign(b);
        return { y: tf.neg(x) };
      },
  },
  'variables that change places, one that is kept, one that counts': {
    inputs: { x: [3] },
    weights: { a: [3], b: [3], c: [3] },
    step: ({ a, b, c }) => {
      const count = tf.variable(tf.tensor1d([0, 5], 'int32'), false, 'count');
      const on = tf.variable(tf.tensor1d([1, 0, 1], 'bool'), false, 'on');
      return ({ x }) => {
        const [before, after] = [tf.clone(a), tf.add(b, tf.mul(x, c))];
        a.assign(after);
        b.assign(before);
        count.assign(tf.add(count, tf.scalar(2, 'int32')));
        const was = tf.clone(on);
        on.assign(tf.logicalNot(on));
        return { sum: tf.where(was, a, b), count: tf.max(count), c: tf.clone(c) };
      };
    },
  },
};
