import * as tf from '@tensorflow/tfjs-core';

const SUFFIX = '/ema';

/** The name of a weight's average. */
export const averageName = (weight: string): string => weight + SUFFIX;

/**
 * Exponential moving averages of a generator's weights over the steps, which make better images than the weights
 * of any one step (Yazici et al., arXiv 1806.04498). Plain TensorFlow.js, so that a traced step carries them as state.
 */
export class WeightAverage {
  private readonly slots: readonly { variable: tf.Variable; average: tf.Variable }[];

  constructor(variables: readonly tf.Variable[]) {
    this.slots = variables.map((variable) => ({
      variable,
      average: tf.tidy(() => tf.variable(tf.clone(variable), false)),
    }));
  }

  /** Moves the averages towards the weights. */
  update(decay: tf.Tensor): void {
    const share = tf.sub(1, decay);
    for (const { variable, average } of this.slots)
      average.assign(tf.add(tf.mul(average, decay), tf.mul(variable, share)));
  }

  /** The averages, named after the weights: `generator/dense_1/kernel/ema`. */
  named(names: ReadonlyMap<tf.Variable, string>): Map<tf.Variable, string> {
    return new Map(
      this.slots.map(({ variable, average }) => [average, averageName(names.get(variable)!)]),
    );
  }
}

/** A state with each averaged weight replaced by its average: the weights to make images with. */
export function averagedWeights<T>(state: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const averaged = new Map(state);
  for (const [name, average] of state)
    if (name.endsWith(SUFFIX)) averaged.set(name.slice(0, -SUFFIX.length), average);
  return averaged;
}
