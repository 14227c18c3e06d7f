import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Adam } from '../../src/gan/adam.js';
import { CLOSE, expectClose, randomValues } from '../compiler/oracle.js';

beforeEach(async () => {
  await tf.setBackend('cpu');
});
afterEach(() => tf.disposeVariables());

const STEPS = 50;

/** Curvatures of the loss sum(c w^2) / 2, whose gradient is c w. */
const CURVATURES = [0.01, 1, 30, -0.5];
const START = [1, -2, 0.3, 0.7];

const loss = (w: tf.Tensor): tf.Scalar =>
  tf.mul<tf.Scalar>(0.5, tf.sum(tf.mul(tf.tensor1d(CURVATURES), tf.square(w))));

describe('Adam', () => {
  it.each([
    { learningRate: 0.002, beta1: 0.9 },
    { learningRate: 2e-4, beta1: 0.5 },
    { learningRate: 0.01, beta1: 0, beta2: 0.9, epsilon: 0.1 },
  ])('gives the numbers of the formula of its paper: %o', (options) => {
    const w = tf.variable(tf.tensor1d(START));
    const adam = new Adam([w], options);
    const { learningRate, beta1, beta2 = 0.999, epsilon = 1e-8 } = options;
    const byHand = START.map((theta) => ({ theta, m: 0, v: 0 }));
    for (let t = 1; t <= STEPS; t++) {
      tf.tidy(() => adam.minimize(() => loss(w)));
      byHand.forEach((slot, k) => {
        // Kingma and Ba, arXiv 1412.6980, algorithm 1, with the more efficient order of the end of section 2.
        const g = CURVATURES[k] * slot.theta;
        slot.m = beta1 * slot.m + (1 - beta1) * g;
        slot.v = beta2 * slot.v + (1 - beta2) * g * g;
        const alpha = (learningRate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
        slot.theta -= (alpha * slot.m) / (Math.sqrt(slot.v) + epsilon);
      });
      expectClose(
        w.dataSync(),
        byHand.map(({ theta }) => theta),
        CLOSE,
        `step ${t}`,
      );
    }
  });

  it('gives what tf.train.adam gives where epsilon does not matter', () => {
    const make = (name: string): tf.Variable =>
      tf.variable(tf.tensor1d(randomValues(4, 1)), true, name);
    const [ours, theirs] = [make('ours'), make('theirs')];
    const adam = new Adam([ours], { learningRate: 0.01, beta1: 0.8, beta2: 0.99, epsilon: 1e-12 });
    const oracle = tf.train.adam(0.01, 0.8, 0.99, 1e-12);
    for (let t = 1; t <= STEPS; t++) {
      const before = tf.tidy(() => adam.minimize(() => loss(ours)).dataSync()[0]);
      const expected = tf.tidy(
        () => oracle.minimize(() => loss(theirs), true, [theirs])!.dataSync()[0],
      );
      expectClose([before], [expected], CLOSE, `loss of step ${t}`);
      expectClose(ours.dataSync(), theirs.dataSync(), CLOSE, `step ${t}`);
    }
  });

  it('moves nothing but its variables and keeps no tensors', () => {
    const [w, other] = [tf.variable(tf.tensor1d(START)), tf.variable(tf.tensor1d(START))];
    const adam = new Adam([w], { learningRate: 0.1, beta1: 0.9 });
    const tensors = tf.memory().numTensors;
    for (let t = 0; t < 5; t++) {
      tf.tidy(() => {
        adam.minimize(() => loss(tf.mul(w, other)));
      });
    }
    expect(tf.memory().numTensors).toBe(tensors);
    expect([...other.dataSync()]).toEqual([...Float32Array.from(START)]);
    expect([...w.dataSync()]).not.toEqual([...Float32Array.from(START)]);
  });
});
