import type * as tf from '@tensorflow/tfjs-core';
import type { StepRandom } from './random.js';

/**
 * A training step: a function from named tensors to named tensors. The variables that it assigns are its state.
 *
 * It is called two or three times to be recorded, not at each run: it must do the same each time. Branches on numbers of
 * JavaScript are decided then; what it draws at random must come from its second argument. Tensors of its surroundings
 * are constants.
 */
export type Step = (
  inputs: Record<string, tf.Tensor>,
  random: StepRandom,
) => Record<string, tf.Tensor>;

/** What a step is given at each run. */
export interface InputSpec {
  readonly shape: readonly number[];
  /** float32 where it is not said. A bool is a byte an element. */
  readonly dtype?: 'float32' | 'int32' | 'bool';
}

export interface TraceOptions {
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** Names for the variables that become state; any other variable that the step uses goes by its own name. */
  readonly variables?: ReadonlyMap<tf.Variable, string>;
  /** The graph is to hold for any number of rows: see {@link Builder}. */
  readonly freeBatch?: boolean;
}
