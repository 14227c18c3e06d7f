import * as tf from '@tensorflow/tfjs-core';

/**
 * Mean sigmoid cross-entropy of logits against labels in [0, 1], both [n, 1]:
 * softplus(x) - x * label, which is -label log sigmoid(x) - (1 - label) log(1 - sigmoid(x)) without overflow.
 */
export function sigmoidCrossEntropy(logits: tf.Tensor, labels: tf.Tensor | number): tf.Scalar {
  return tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, labels)));
}
