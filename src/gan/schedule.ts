/** What changes from step to step by the step's number alone, so that a resumed run goes on as if nothing had been. */

/**
 * The factor of both learning rates: 1, and over the last part of the run linearly down to 0.
 *
 * @param step counted from 0.
 * @param decayShare the last part's share of all steps, 0 to 1.
 */
export function learningRateScale(step: number, allSteps: number, decayShare: number): number {
  const shareLeft = Math.max(0, 1 - step / allSteps);
  return decayShare === 0 ? 1 : Math.min(1, shareLeft / decayShare);
}

/**
 * The decay of the weights' moving average, smaller at first so that the initial weights are soon forgotten: the
 * formula of `num_updates` in TensorFlow's tf.train.ExponentialMovingAverage.
 *
 * @param step counted from 0.
 */
export function averageDecayAt(step: number, decay: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}
