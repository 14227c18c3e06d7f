import * as tf from '@tensorflow/tfjs-core';

/** Ops on tensors of any rank, as the steps beside this file need them. */

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Any = tf.Tensor<any>;

export const product = (a: Any, b: Any, transposeA = false, transposeB = false): Any =>
  tf.matMul(a, b, transposeA, transposeB);
export const conv = (x: Any, w: Any, stride = 1, pad: 'same' | 'valid' = 'same'): Any =>
  tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad);
export const meanSquare = (x: Any): Any => tf.mean(tf.square(x));
export const reshape = (x: Any, shape: number[]): Any => tf.reshape(x, shape);

/** Leaky ReLU of relu, which TensorFlow.js can derive twice. */
export const leaky = (x: Any): Any => tf.sub(tf.relu(x), tf.mul(0.2, tf.relu(tf.neg(x))));

/** (x - mean) / deviation over some axes. */
export const normalised = (x: Any, axes: number[]): Any => {
  const { mean, variance } = tf.moments(x, axes, true);
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
};

/** The value, with a gradient by x that is made of that by the value. */
const withGradient = (f: (x: Any) => Any, gradient: (dy: Any) => Any): ((x: Any) => Any) =>
  tf.customGrad((x) => ({ value: f(x as Any), gradFunc: gradient }));

/** The straight-through estimator (Bengio et al., arXiv 1308.3432): the gradient as it comes. */
export const straightThrough = (f: (x: Any) => Any): ((x: Any) => Any) =>
  withGradient(f, (dy) => dy);

/** A value that nothing is derived by; of its operand's shape. */
export const constant = (f: (x: Any) => Any): ((x: Any) => Any) =>
  withGradient(f, (dy) => tf.zerosLike(dy));
