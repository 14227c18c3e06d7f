import type { ImageKind } from '../data/image-set.js';
import type { InputSpec } from '../compiler/trace/trace.js';
import { buildGan } from './build.js';
import type { Gan } from './gan.js';
import type { RunOptions } from './options.js';
import { ganStep, type GanStep } from './step.js';

/** The training step of a run. */
export interface RunStep extends GanStep {
  readonly gan: Gan;
  readonly inputs: Readonly<Record<string, InputSpec>>;
}

/** Builds the networks that the options name for images of a kind, and the step that trains them. */
export function runStep(options: RunOptions, images: ImageKind): RunStep {
  const { batchSize, latentSize, learningRate, beta1, beta2 } = options;
  const averaged = options.averageDecay > 0;
  const adam = { learningRate, beta1, beta2 };
  const gan = buildGan(options, images);
  return {
    gan,
    ...ganStep(gan, {
      generator: adam,
      discriminator: { ...adam, learningRate: options.discriminatorLearningRate ?? learningRate },
      loss: options.loss,
      labelSmoothing: options.labelSmoothing,
      penalty: {
        kind: options.penalty,
        weight: options.penaltyWeight,
        noise: options.penaltyNoise,
      },
      translation: options.translation,
      labelNoise: options.labelNoise,
      averaged,
    }),
    inputs: {
      real: { shape: [batchSize, ...gan.imageShape] },
      z: { shape: [batchSize, latentSize] },
      ...(gan.classes > 0 ? { labels: { shape: [batchSize, gan.classes] } } : {}),
      ...(options.learningRateDecay > 0 ? { learningRateScale: { shape: [] } } : {}),
      ...(averaged ? { averageDecay: { shape: [] } } : {}),
    },
  };
}
