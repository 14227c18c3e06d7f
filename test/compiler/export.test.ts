import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exporter } from '../../src/compiler/export.js';
import type { Step } from '../../src/compiler/trace/trace.js';
import { expectClose, CLOSE, native, randomValues } from './oracle.js';

beforeEach(async () => {
  await tf.setBackend('cpu');
});
afterEach(() => tf.disposeVariables());

const filter = (): tf.Tensor4D => tf.tensor4d(randomValues(9 * 6, 1), [3, 3, 2, 3]);

describe('a model is not exported where it is for the traced number of rows only', () => {
  it.each<[string, number[], (x: tf.Tensor) => tf.Tensor, string]>([
    [
      'a transposed convolution that is cropped',
      [2, 4, 4, 3],
      (x) => tf.conv2dTranspose(x as tf.Tensor4D, filter(), [x.shape[0], 7, 7, 2], 2, 'same'),
      'tf.conv2dTranspose',
    ],
    ['a slice', [2, 5], (x) => tf.slice(x, [0, 1], [x.shape[0], 2]), 'tf.slice'],
    ['ones for each row', [2, 5], (x) => tf.concat([x, tf.ones([x.shape[0], 1])], 1), 'tf.'],
    ['a mean over the batch', [2, 5], (x) => tf.div(tf.sum(x, 0), x.shape[0]), 'tf.div'],
  ])('%s', (_, shape, f, op) => {
    const step: Step = ({ x }) => ({ y: f(x) });
    expect(() => exporter('model', step, { inputs: { x: { shape } } })).toThrow(
      `the model cannot be exported for any number of rows: ${op}`,
    );
  });
});

it('a step that assigns a variable is not exported', () => {
  const w = tf.variable(tf.ones([5]), true, 'w');
  const step: Step = ({ x }) => {
    w.assign(tf.add(w, 1));
    return { y: tf.mul(x, w) };
  };
  expect(() => exporter('model', step, { inputs: { x: { shape: [2, 5] } } })).toThrow(
    'the step assigns its variable w',
  );
});

it('a model of dense layers and even convolutions takes any number of rows', async () => {
  const w = tf.variable(tf.tensor2d(randomValues(60, 2), [5, 12]), true, 'w');
  const network = (x: tf.Tensor): tf.Tensor => {
    const image: tf.Tensor4D = tf.reshape(tf.tanh(tf.matMul(x, w)), [-1, 2, 2, 3]);
    return tf.conv2dTranspose(image, filter(), [x.shape[0], 4, 4, 2], 2, 'same');
  };
  const encode = exporter('model', ({ x }) => ({ y: network(x) }), {
    inputs: { x: { shape: [2, 5] } },
  });
  const backend = await native();
  const model = await backend.loadModel!(encode(new Map([['w', randomValues(60, 2)]])));
  for (const rows of [1, 2, 7]) {
    const data = randomValues(rows * 5, rows);
    const { y } = await model.run({ x: { data, shape: [rows, 5] } });
    expectClose(y.data, network(tf.tensor2d(data, [rows, 5])).dataSync(), CLOSE, `${rows} rows`);
  }
  await model.dispose();
});
