import type { ImageKind } from '../data/image-set.js';
import type { InputSpec } from '../compiler/trace/trace.js';
import { UserError } from '../errors.js';
import { buildGan } from './build.js';
import type { Gan } from './gan.js';
import type { LossName } from './losses.js';
import { OWN, type RunOptions } from './options.js';
import type { OwnParts } from './own.js';
import { ganStep, type GanStep } from './step.js';

/** The training step of a run. */
export interface RunStep extends GanStep {
  readonly gan: Gan;
  readonly inputs: Readonly<Record<string, InputSpec>>;
}

/**
 * Builds the networks that the options name for images of a kind, and the step that trains them.
 *
 * @param own instead of what the options name.
 */
export function runStep(options: RunOptions, images: ImageKind, own: OwnParts = {}): RunStep {
  const { batchSize, latentSize, learningRate, beta1, beta2 } = options;
  const averaged = options.averageDecay > 0;
  const adam = { learningRate, beta1, beta2 };
  const gan = buildGan(options, images, own.networks);
  const step =
    own.step?.(gan, options) ??
    ganStep(gan, {
      generator: adam,
      discriminator: { ...adam, learningRate: options.discriminatorLearningRate ?? learningRate },
      loss: own.loss ?? lossOf(options),
      labelSmoothing: options.labelSmoothing,
      penalty: {
        kind: options.penalty,
        weight: options.penaltyWeight,
        noise: options.penaltyNoise,
      },
      translation: options.translation,
      labelNoise: options.labelNoise,
      averaged,
    });
  return {
    gan,
    ...step,
    inputs: {
      real: { shape: [batchSize, ...gan.imageShape] },
      z: { shape: [batchSize, latentSize] },
      ...(gan.classes > 0 ? { labels: { shape: [batchSize, gan.classes] } } : {}),
      ...(options.learningRateDecay > 0 ? { learningRateScale: { shape: [] } } : {}),
      ...(averaged ? { averageDecay: { shape: [] } } : {}),
    },
  };
}

/** @throws UserError where the run's loss is one that only a script has. */
function lossOf({ loss }: RunOptions): LossName {
  if (loss === OWN)
    throw new UserError(
      `loss: found "${OWN}", expected the loss itself, as train({ loss }) of the library takes it, or the name of one`,
    );
  return loss;
}
