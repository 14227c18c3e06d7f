import { RunError } from '../../errors.js';
import { REFUSED } from '../kernels/refused.js';

/**
 * What TensorFlow.js says of a kernel or a gradient that is missing, in a sentence that says what to do.
 *
 * @param backend the name of the one that records.
 */
export function explained(error: unknown, backend: string): unknown {
  const message = error instanceof Error ? error.message : '';
  const kernel = new RegExp(`[Kk]ernel '(\\w+)' (?:not registered )?for backend '${backend}'`).exec(
    message,
  )?.[1];
  const derived = /gradient function not found for (\w+)/.exec(message)?.[1];
  if (derived !== undefined) return new RunError(missingGradient(derived), { cause: error });
  if (kernel !== undefined)
    return new RunError(
      kernel in REFUSED
        ? `the compiler has no rule for the TensorFlow.js kernel ${kernel}: ${REFUSED[kernel]}`
        : `the compiler has no rule for the TensorFlow.js kernel ${kernel}: write the step without it, run it with --backend cpu, or add a rule to src/compiler/kernels`,
    );
  return error;
}

/** A gradient that TensorFlow.js has not. */
function missingGradient(kernel: string): string {
  const advice: Record<string, string> = {
    Greater:
      'as in the gradient of tf.leakyRelu: write tf.sub(tf.relu(x), tf.mul(alpha, tf.relu(tf.neg(x)))) instead',
    Less: 'as in the gradient of tf.prelu: write it with tf.relu',
    EluGrad: 'as in the gradient of tf.elu: write it with tf.relu and tf.exp, or use tf.softplus',
    MaxPoolGrad:
      'write the pooling as a convolution with a stride, or as tf.max over a reshaped axis',
    AvgPoolGrad: 'write the pooling as tf.mean over a reshaped axis',
    Cumprod: 'for numbers above 0, write tf.exp(tf.cumsum(tf.log(x)))',
    DepthToSpace: 'write it with tf.reshape and tf.transpose',
    Einsum: 'write it with tf.matMul, tf.transpose and tf.sum',
    GatherNd: 'reshape to one axis and use tf.gather of the indices along it',
    ScatterNd: 'use tf.unsortedSegmentSum, or a product with tf.oneHot of the indices',
    TopK: 'take the indices of tf.topk and use tf.oneHot of them, or compare with its smallest value for a mask',
  };
  return `TensorFlow.js has no gradient of ${kernel}, which the step needs${kernel.endsWith('Grad') ? ' (a gradient of a gradient, as for a penalty)' : ''}: ${advice[kernel] ?? 'write the step with ops that have one'}`;
}
