import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { SLOW } from '../support/slow.js';
import { native, outcome, randomValues, wasm, type Built } from './oracle.js';

const [BATCH, UNITS, STEPS] = [3, 5, 500];

/** An LSTM unrolled over so many steps, trained by gradient descent: a graph of 20,000 ops, 5,000 deep. */
function lstm(): Built {
  const weight = (name: string, seed: number): tf.Variable<tf.Rank.R2> =>
    tf.variable(
      tf.tensor2d(
        randomValues(UNITS * 4 * UNITS, seed).map((x) => 0.3 * x),
        [UNITS, 4 * UNITS],
      ),
      true,
      name,
    );
  const [input, recurrent] = [weight('input', 1), weight('recurrent', 2)];
  const bias = tf.variable(tf.zeros<tf.Rank.R1>([4 * UNITS]), true, 'bias');
  const loss = (x: tf.Tensor): tf.Scalar => {
    let [h, c]: tf.Tensor[] = [tf.zeros([BATCH, UNITS]), tf.zeros([BATCH, UNITS])];
    for (const at of tf.unstack(x, 1)) {
      const sum = tf.add(
        tf.matMul(at as tf.Tensor2D, input),
        tf.matMul(h as tf.Tensor2D, recurrent),
      );
      const [i, j, f, o] = tf.split(tf.add(sum, bias), 4, 1);
      c = tf.add(tf.mul(c, tf.sigmoid(f)), tf.mul(tf.sigmoid(i), tf.tanh(j)));
      h = tf.mul(tf.tanh(c), tf.sigmoid(o));
    }
    return tf.mean(tf.square(h));
  };
  return {
    step: ({ x }) => {
      const { value, grads } = tf.variableGrads(() => loss(x), [input, recurrent, bias]);
      for (const v of [input, recurrent, bias] as tf.Variable[])
        v.assign(tf.sub(v, tf.mul(0.1, grads[v.name])));
      return { value };
    },
  };
}

it.runIf(SLOW)(
  'an LSTM of 500 steps compiles and trains as eager TensorFlow.js',
  async () => {
    const inputs = { x: { shape: [BATCH, STEPS, UNITS] } };
    const feeds = [{ x: randomValues(BATCH * STEPS * UNITS, 3) }];
    const wanted = await outcome(undefined, lstm, inputs, feeds);
    for (const backend of [await native(), await wasm()]) {
      const found = await outcome(backend, lstm, inputs, feeds);
      const pairs = [...wanted.state].map(([name, x]) => [x, found.state.get(name)!] as const);
      for (const [x, y] of [...pairs, [wanted.outputs[0].value, found.outputs[0].value] as const])
        expect(Math.hypot(...x.map((one, k) => one - y[k]))).toBeLessThan(1e-5 * Math.hypot(...x));
    }
  },
  120_000,
);
