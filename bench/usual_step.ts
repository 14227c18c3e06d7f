import * as tf from '@tensorflow/tfjs-core';
import type { Step } from '../src/compiler/trace/trace.js';
import type { Gan } from '../src/gan/gan.js';

/** The step as TensorFlow.js's users write it: its own losses and Adam, real and fake images judged one after the other. */
export function usualStep({
  generator,
  discriminator,
  discriminatorVariables,
  generatorVariables,
}: Gan): Step {
  // Frozen where it was stacked: TensorFlow.js's optimizers move only what is trainable.
  discriminator.trainable = true;
  const discriminatorAdam = tf.train.adam(2e-4, 0.5);
  const generatorAdam = tf.train.adam(2e-4, 0.5);
  const training = { training: true };
  const judge = (images: tf.Tensor, label: number): tf.Scalar => {
    const logits = discriminator.apply(images, training) as tf.Tensor;
    return tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits);
  };
  return ({ real, z }) => {
    const generate = (): tf.Tensor => generator.apply(z, training) as tf.Tensor;
    const fake = generate();
    const discriminatorLoss = discriminatorAdam.minimize(
      () => tf.add(judge(real, 0.9), judge(fake, 0)),
      true,
      [...discriminatorVariables],
    )!;
    const generatorLoss = generatorAdam.minimize(() => judge(generate(), 1), true, [
      ...generatorVariables,
    ])!;
    return { discriminatorLoss, generatorLoss };
  };
}
