import type { InputSpec } from '../../src/compiler/trace/trace.js';
import { denseDiscriminator, denseGenerator } from '../../src/gan/dense.js';
import { stackGan, type Gan } from '../../src/gan/gan.js';
import { ganStep } from '../../src/gan/step.js';
import { randomValues, type Built, type Feed } from '../compiler/oracle.js';
import { MNIST_LIKE } from '../../src/data/known-set.js';

export interface Settings {
  readonly batch: number;
  readonly latentSize: number;
  readonly units: number;
  readonly leakySlope: number;
  readonly learningRate: number;
  readonly beta1: number;
  readonly labelSmoothing: number;
}

export const SMALL: Settings = {
  batch: 12,
  latentSize: 10,
  units: 8,
  leakySlope: 0.2,
  learningRate: 2e-4,
  beta1: 0.5,
  labelSmoothing: 0.1,
};

/** Of the cfcv/GAN_MNIST notebook; `batch` 100, `latentSize` 100 and `units` 128 there. */
export const CFCV: Settings = { ...SMALL, leakySlope: 0.01, learningRate: 0.002, beta1: 0.9 };
export const CFCV_TRUE_SIZE: Settings = { ...CFCV, batch: 100, latentSize: 100, units: 128 };

/** A dense GAN with the same initial weights each time. */
export function denseGan({ latentSize, units, leakySlope }: Settings): Gan {
  const options = {
    latentSize,
    units,
    leakySlope,
    seed: 1,
    shape: MNIST_LIKE.shape,
    classes: 0,
    conditioning: 'projection',
    initialisation: 'glorot',
    discriminatorLayers: 'widening',
  } as const;
  return stackGan(denseGenerator(options), denseDiscriminator(options), options);
}

/** Its training step. */
export function denseStep(settings: Settings): Built {
  const { learningRate, beta1, labelSmoothing } = settings;
  const adam = { learningRate, beta1 };
  return ganStep(denseGan(settings), { generator: adam, discriminator: adam, labelSmoothing });
}

export function inputsOf({ batch, latentSize }: Settings): Record<string, InputSpec> {
  return { real: { shape: [batch, 784] }, z: { shape: [batch, latentSize] } };
}

/** Batches that are black for the most part, as digits are, and z. */
export function feedsOf({ batch, latentSize }: Settings, steps: number): Feed[] {
  return Array.from({ length: steps }, (_, k) => ({
    real: randomValues(batch * 784, 2 * k).map((x) => (x < 0.6 ? -1 : 5 * x - 4)),
    z: randomValues(batch * latentSize, 2 * k + 1),
  }));
}
