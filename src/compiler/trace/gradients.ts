import * as tf from '@tensorflow/tfjs-core';

/**
 * TensorFlow.js' gradient of a repetition is a slice and an addition for each: 1,600 ops for a map of 28 x 28 labels. This is the
 * sum over the repetitions. tf.broadcastTo, and tf.where with an operand that is broadcast, are repetitions too.
 */
const TILE: tf.GradConfig = {
  kernelName: 'Tile',
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attributes) => {
    const [x] = saved;
    const { reps } = attributes as unknown as { reps: number[] };
    const shape = reps.flatMap((times, axis) =>
      times === 1 ? [x.shape[axis]] : [times, x.shape[axis]],
    );
    const axes = reps.flatMap((times, axis) => {
      const before = reps.slice(0, axis).filter((n) => n !== 1).length;
      return times === 1 ? [] : [axis + before];
    });
    return { x: () => tf.sum(tf.reshape(dy as tf.Tensor, shape), axes) };
  },
};

/** Calls TensorFlow.js code with gradients that the compiler makes more of; afterwards they are TensorFlow.js' own again. */
export function withOwnGradients<Result>(call: () => Result): Result {
  const theirs = tf.getGradient(TILE.kernelName);
  if (theirs === undefined) return call();
  tf.unregisterGradient(TILE.kernelName);
  tf.registerGradient(TILE);
  try {
    return call();
  } finally {
    tf.unregisterGradient(TILE.kernelName);
    tf.registerGradient(theirs);
  }
}
