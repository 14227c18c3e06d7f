import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

/**
 * Watches how near the units of a step come to the corner of their ReLU, where it runs eagerly on TensorFlow.js' cpu. Within
 * rounding of the corner a unit may lie on either side of it, and its gradient is one or the other.
 */
export function watchCorners(kernelName: 'Relu' | 'LeakyRelu') {
  const kernel = tf.getKernel(kernelName, 'cpu');
  let distance = Infinity;
  tf.unregisterKernel(kernelName, 'cpu');
  tf.registerKernel({
    ...kernel,
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: tf.TensorInfo };
      const values = tf.backend().readSync(x.dataId) as Float32Array;
      let nearest = Infinity;
      let squares = 0;
      for (const value of values) {
        nearest = Math.min(nearest, Math.abs(value));
        squares += value * value;
      }
      distance = Math.min(distance, nearest / Math.sqrt(squares / values.length));
      return kernel.kernelFunc(call);
    },
  });
  return {
    /** The least so far, over the root mean square of what comes into the unit's layer. */
    distance: () => distance,
    stop: () => {
      tf.unregisterKernel(kernelName, 'cpu');
      tf.registerKernel(kernel);
    },
  };
}

/** More than float32's rounding was ever seen to move a unit, by the same measure. Where it was less than 3e-7, one did change sides. */
export const ROUNDING = 1e-6;
