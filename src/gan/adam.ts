import * as tf from '@tensorflow/tfjs-core';

export interface AdamOptions {
  readonly learningRate: number;
  /** Decay of the first moment. */
  readonly beta1: number;
  /** Decay of the second moment. */
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * Adam (Kingma and Ba, arXiv 1412.6980) in the form at the end of its section 2, which is also that of TensorFlow's v1
 * API and so of the notebook cfcv/GAN_MNIST: the bias corrections are one factor of the learning rate, and epsilon is added
 * to the uncorrected root. Plain TensorFlow.js on variables of its own, so that a traced step carries them as state.
 */
export class Adam {
  private readonly slots: readonly { variable: tf.Variable; m: tf.Variable; v: tf.Variable }[];
  private readonly beta1Power: tf.Variable;
  private readonly beta2Power: tf.Variable;
  private readonly beta2: number;
  private readonly epsilon: number;

  /** @param variables what {@link minimize} moves. */
  constructor(
    variables: readonly tf.Variable[],
    private readonly options: AdamOptions,
  ) {
    this.beta2 = options.beta2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-8;
    this.slots = variables.map((variable) => ({
      variable,
      m: zeros(variable),
      v: zeros(variable),
    }));
    this.beta1Power = scalar(options.beta1);
    this.beta2Power = scalar(this.beta2);
  }

  /**
   * One step down the gradient of a scalar loss; returns the loss before it.
   *
   * @param scale factor of the learning rate [], 1 where it is absent.
   */
  minimize(loss: () => tf.Scalar, scale?: tf.Tensor): tf.Scalar {
    const { learningRate, beta1 } = this.options;
    const { value, grads } = tf.valueAndGrads(loss)(this.slots.map(({ variable }) => variable));
    const scaled = scale === undefined ? learningRate : tf.mul(learningRate, scale);
    const rate = tf.div(
      tf.mul(scaled, tf.sqrt(tf.sub(1, this.beta2Power))),
      tf.sub(1, this.beta1Power),
    );
    this.slots.forEach(({ variable, m, v }, k) => {
      const gradient = grads[k];
      m.assign(tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)));
      v.assign(tf.add(tf.mul(v, this.beta2), tf.mul(tf.square(gradient), 1 - this.beta2)));
      variable.assign(tf.sub(variable, tf.div(tf.mul(rate, m), tf.add(tf.sqrt(v), this.epsilon))));
    });
    this.beta1Power.assign(tf.mul(this.beta1Power, beta1));
    this.beta2Power.assign(tf.mul(this.beta2Power, this.beta2));
    return value;
  }

  /** The variables that Adam keeps, named after those that it moves. */
  namedSlots(names: ReadonlyMap<tf.Variable, string>, role: string): Map<tf.Variable, string> {
    const named = new Map([
      [this.beta1Power, `${role}/adam/beta1_power`],
      [this.beta2Power, `${role}/adam/beta2_power`],
    ]);
    for (const { variable, m, v } of this.slots) {
      named.set(m, `${names.get(variable)}/adam_m`).set(v, `${names.get(variable)}/adam_v`);
    }
    return named;
  }
}

const zeros = (like: tf.Variable): tf.Variable =>
  tf.tidy(() => tf.variable(tf.zerosLike(like), false));

const scalar = (value: number): tf.Variable => tf.tidy(() => tf.variable(tf.scalar(value), false));
