import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Part } from './conditioning.js';

export interface ActivationOptions {
  /** Slope of the leaky ReLU below zero. */
  readonly leakySlope: number;
  /** Share of the units that are left out while the network is trained; by default 0. */
  readonly dropout?: number;
  /** Whether the gradient of a gradient is taken through it, as by an exact penalty. */
  readonly twiceDifferentiable?: boolean;
}

/** Draws a dropout mask: 1 with the probability `kept`, else 0. */
export type DropoutMask = (shape: number[], kept: number) => tf.Tensor;

type Layer = LayersModel['layers'][number];
type Call = Layer['call'];

/**
 * The k-th leaky ReLU of a discriminator, with dropout after it (Srivastava et al., JMLR 15, 2014) where there is any. Saved models have
 * TensorFlow.js' own layers in their places.
 */
export function activation(
  k: number,
  { leakySlope, dropout = 0, twiceDifferentiable = false }: ActivationOptions,
): Part {
  const leaky = layers.leakyReLU({ name: `leaky_relu_${k}`, alpha: leakySlope });
  // tf.leakyRelu has a gradient that has none; that of tf.step is 0.
  if (twiceDifferentiable)
    leaky.call = (inputs) => {
      const x = only(inputs);
      return tf.mul(x, tf.step(x, leakySlope));
    };
  if (dropout === 0) return (x) => leaky.apply(x) as SymbolicTensor;
  const dropped = layers.dropout({ name: `dropout_${k}`, rate: dropout });
  dropped.call = (inputs, { training, dropoutMask }) => {
    const x = only(inputs);
    if (training !== true) return x;
    const mask = (dropoutMask as DropoutMask)(x.shape, 1 - dropout);
    return tf.mul(x, tf.div(mask, 1 - dropout));
  };
  return (x) => dropped.apply(leaky.apply(x)) as SymbolicTensor;
}

const only = (inputs: Parameters<Call>[0]): tf.Tensor =>
  Array.isArray(inputs) ? inputs[0] : inputs;
