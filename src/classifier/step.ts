import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Step } from '../compiler/trace/trace.js';
import { Adam, type AdamOptions } from '../gan/adam.js';

/** A step that trains a classifier, and the names of the variables that it moves. */
export interface ClassifierStep {
  readonly step: Step;
  readonly variables: ReadonlyMap<tf.Variable, string>;
}

/** Every weight by a name that is the same in every process: `classifier/conv_1/kernel`. */
export function namedClassifierWeights(model: LayersModel): Map<tf.Variable, string> {
  return new Map(
    model.weights.map((weight) => [
      weight.read() as tf.Variable,
      `classifier/${weight.originalName}`,
    ]),
  );
}

/**
 * One update of a classifier on a batch: images [batch, pixels], labels [batch, classes] one-hot, and learningRateScale [], the factor of
 * the learning rate: an input, so that it can fall from step to step without another compilation.
 */
export function classifierStep(model: LayersModel, options: AdamOptions): ClassifierStep {
  const names = namedClassifierWeights(model);
  const adam = new Adam([...names.keys()], options);
  const step: Step = ({ images, labels, learningRateScale }) => {
    const loss = adam.minimize(() => {
      const logits = model.apply(images, { training: true }) as tf.Tensor; // [batch, classes]
      return softmaxCrossEntropy(logits, labels);
    }, learningRateScale);
    return { loss };
  };
  return { step, variables: new Map([...names, ...adam.namedSlots(names, 'classifier')]) };
}

/** Mean of -log softmax(logits) at the label, both [n, classes], the labels one-hot. */
function softmaxCrossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), labels), -1)));
}
