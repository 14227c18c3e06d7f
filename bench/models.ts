import type { InputSpec } from '../src/compiler/trace/trace.js';
import { buildGan } from '../src/gan/build.js';
import type { Gan } from '../src/gan/gan.js';
import { runOptions } from '../src/gan/options.js';
import { ganStep, type GanStep } from '../src/gan/step.js';
import { MNIST_LIKE } from '../src/data/known-set.js';

const LATENT_SIZE = 100;
const ADAM = { learningRate: 2e-4, beta1: 0.5 };

/** A GAN's training step, ready to be traced or run. */
export interface BuiltStep extends GanStep {
  readonly gan: Gan;
  readonly inputs: Readonly<Record<'real' | 'z', InputSpec>>;
}

export interface BenchModel {
  readonly name: string;
  readonly defaultBatchSize: number;
  /** @param units width of the first hidden layer, where the model has that option. */
  build(batchSize: number, units: number): BuiltStep;
}

/** What is timed; the peers' scripts have the same architectures under the same names. */
export const MODELS: readonly BenchModel[] = [
  {
    name: 'dense',
    defaultBatchSize: 100,
    build: (batchSize, units) =>
      built(
        buildGan(
          {
            model: 'dense',
            conditional: false,
            conditioning: 'projection',
            latentSize: LATENT_SIZE,
            units,
            leakySlope: 0.2,
            initialisation: 'glorot',
            discriminatorLayers: 'widening',
            seed: 1,
          },
          MNIST_LIKE,
        ),
        batchSize,
      ),
  },
  {
    name: 'conv',
    defaultBatchSize: 64,
    build: (batchSize) =>
      built(buildGan(runOptions({ preset: 'plain-conv' }), MNIST_LIKE), batchSize),
  },
];

/** @throws Error for a name that is none. */
export function modelNamed(name: string): BenchModel {
  const model = MODELS.find((candidate) => candidate.name === name);
  if (model === undefined)
    throw new Error(
      `--model: found "${name}", expected ${MODELS.map((known) => known.name).join(', ')}`,
    );
  return model;
}

function built(gan: Gan, batchSize: number): BuiltStep {
  return {
    gan,
    ...ganStep(gan, { generator: ADAM, discriminator: ADAM, labelSmoothing: 0.1 }),
    inputs: {
      real: { shape: [batchSize, ...gan.imageShape] },
      z: { shape: [batchSize, gan.latentSize] },
    },
  };
}
