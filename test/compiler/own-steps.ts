import { classifierStep } from '../../src/classifier/step.js';
import { buildClassifier } from '../../src/classifier/network.js';
import type { Step, TraceOptions } from '../../src/compiler/trace/trace.js';
import { buildGan } from '../../src/gan/build.js';
import { runOptions } from '../../src/gan/options.js';
import { runStep } from '../../src/gan/run-step.js';
import { generatorStep } from '../../src/gan/sampler.js';
import { MNIST_LIKE } from '../../src/data/known-set.js';

/** A step of the project's own, as a training makes it. */
export interface OwnStep {
  readonly step: Step;
  readonly options: TraceOptions;
}

const gan = (given: Parameters<typeof runOptions>[0]): OwnStep => {
  const { step, inputs, variables } = runStep(runOptions(given), MNIST_LIKE);
  return { step, options: { inputs, variables } };
};

const DIGITS = { shape: [28, 28, 1], classes: 10 } as const;

const classifier = (): OwnStep => {
  const { step, variables } = classifierStep(buildClassifier('conv5', DIGITS, 1), {
    learningRate: 1e-3,
    beta1: 0.9,
  });
  const inputs = {
    images: { shape: [64, 784] },
    labels: { shape: [64, 10] },
    learningRateScale: { shape: [] },
  };
  return { step, options: { inputs, variables } };
};

/** Every step that this project compiles, by name; each call makes its variables anew. */
export const OWN_STEPS: Readonly<Record<string, () => OwnStep>> = {
  dense: () => gan({ model: 'dense' }),
  cfcv: () => gan({ preset: 'cfcv' }),
  conv: () => gan({ model: 'conv' }),
  'conv, one digit': () => gan({ model: 'conv', digit: 0 }),
  'plain-conv': () => gan({ preset: 'plain-conv' }),
  classifier,
  'dense samples': () => generatorStep(buildGan(runOptions({ model: 'dense' }), MNIST_LIKE), 64),
  'conv samples': () => generatorStep(buildGan(runOptions({ model: 'conv' }), MNIST_LIKE), 64),
};
