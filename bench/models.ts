import { buildGan } from '../src/gan/build.js';
import type { Gan } from '../src/gan/gan.js';
import { runOptions } from '../src/gan/options.js';
import { runStep, type RunStep } from '../src/gan/run-step.js';
import { ganStep } from '../src/gan/step.js';
import { MNIST_LIKE } from '../src/data/known-set.js';

const LATENT_SIZE = 100;
const ADAM = { learningRate: 2e-4, beta1: 0.5 };

export interface BenchModel {
  readonly name: string;
  readonly defaultBatchSize: number;
  /** Images that an update of the discriminator sees for each real one: with generated ones 2, with all of them moved by noise 4. */
  readonly judgedPerImage: number;
  /** @param units width of the first hidden layer, where the model has that option. */
  build(batchSize: number, units: number): RunStep;
}

/** What is timed: the plain steps, and those that `train` runs by default. The peers' scripts have the same under the same names. */
export const MODELS: readonly BenchModel[] = [
  {
    name: 'dense',
    defaultBatchSize: 100,
    judgedPerImage: 2,
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
    judgedPerImage: 2,
    build: (batchSize) =>
      built(buildGan(runOptions({ preset: 'plain-conv' }), MNIST_LIKE), batchSize),
  },
  {
    name: 'dense-default',
    defaultBatchSize: 100,
    judgedPerImage: 4,
    build: (batchSize, units) => runStep(runOptions({ batchSize, units }), MNIST_LIKE),
  },
  {
    name: 'conv-default',
    defaultBatchSize: 64,
    judgedPerImage: 4,
    build: (batchSize) => runStep(runOptions({ model: 'conv', batchSize }), MNIST_LIKE),
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

function built(gan: Gan, batchSize: number): RunStep {
  return {
    gan,
    ...ganStep(gan, { generator: ADAM, discriminator: ADAM, labelSmoothing: 0.1 }),
    inputs: {
      real: { shape: [batchSize, ...gan.imageShape] },
      z: { shape: [batchSize, gan.latentSize] },
    },
  };
}
