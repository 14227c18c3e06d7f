import * as tf from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import type { Backend, Values } from '../backends/index.js';
import { compile } from '../compiler/compile.js';
import { Batches } from '../data/batches.js';
import { bytesOf, type LabelledSet } from '../data/image-set.js';
import { Random } from '../data/random.js';
import { Interrupted, RunError } from '../errors.js';
import { buildClassifier } from './network.js';
import { CLASSIFIER_TRAINING, type ClassifierOptions } from './options.js';
import { classifierStep, namedClassifierWeights } from './step.js';
import { shiftImages } from './shift.js';

const WARM_UP_SHARE = 0.1;
/** Of Adam; 0.9 is its usual one. */
const BETA1 = 0.9;

/** Who follows a training. */
export interface ClassifierWatcher {
  /** After each step, counted from 1. */
  step?(at: { step: number; steps: number }): void;
  /** After each epoch, counted from 1; `loss` is its mean. */
  epochDone?(at: { epoch: number; epochs: number; loss: number }): void;
}

/**
 * Trains a classifier on labelled images.
 *
 * @returns the model; its owner disposes of it.
 * @throws UserError where there are fewer images than in a batch; RunError where the loss is no longer a finite number, or the signal came.
 */
export async function trainClassifier(
  set: LabelledSet,
  backend: Backend,
  options: ClassifierOptions = CLASSIFIER_TRAINING,
  watcher: ClassifierWatcher = {},
  signal?: AbortSignal,
): Promise<Sequential> {
  const { epochs, batchSize, seed, shiftPixels } = options;
  const batches = new Batches(set, batchSize, new Random(seed, 'classifier batches'));
  const shifts = new Random(seed, 'classifier shifts');
  const { shape } = set;
  const classes = set.classes.length;
  const model = buildClassifier(options.architecture, { shape, classes }, seed);
  const { step, variables } = classifierStep(model, {
    learningRate: options.learningRate,
    beta1: BETA1,
  });
  const executable = await backend.load(
    compile(step, backend.target, {
      inputs: {
        images: { shape: [batchSize, bytesOf(shape)] },
        labels: { shape: [batchSize, classes] },
        learningRateScale: { shape: [] },
      },
      variables,
    }),
  );
  try {
    const { images, labels, learningRateScale } = executable.inputs as Record<string, Float32Array>;
    const taken = new Uint16Array(batchSize);
    const steps = epochs * batches.batchesPerEpoch;
    let sum = 0;
    for (let k = 0; k < steps; k++) {
      if (signal?.aborted === true) throw new Interrupted('interrupted while a classifier trained');
      batches.next(images, taken);
      shiftImages(images, shape, shiftPixels, shifts);
      labels.fill(0);
      taken.forEach((label, i) => (labels[i * classes + label] = 1));
      learningRateScale[0] = schedule((k + 1) / steps);
      const { loss } = await executable.run();
      if (!Number.isFinite(loss[0]))
        throw new RunError(`the classifier's loss became ${loss[0]} at step ${k + 1}`);
      sum += loss[0];
      watcher.step?.({ step: k + 1, steps });
      if ((k + 1) % batches.batchesPerEpoch === 0) {
        const epoch = (k + 1) / batches.batchesPerEpoch;
        watcher.epochDone?.({ epoch, epochs, loss: sum / batches.batchesPerEpoch });
        sum = 0;
      }
    }
    assignWeights(model, executable.readState());
    return model;
  } finally {
    await executable.dispose();
    const weights = namedClassifierWeights(model);
    for (const variable of variables.keys()) if (!weights.has(variable)) variable.dispose();
  }
}

/** Share of the highest learning rate at a share of the training: up, then down in a straight line. */
function schedule(done: number): number {
  return done < WARM_UP_SHARE ? done / WARM_UP_SHARE : (1 - done) / (1 - WARM_UP_SHARE);
}

/** Gives the model the weights of a state. */
function assignWeights(model: Sequential, state: ReadonlyMap<string, Values>): void {
  for (const [variable, name] of namedClassifierWeights(model)) {
    const values = tf.tensor(state.get(name)!, variable.shape);
    variable.assign(values);
    values.dispose();
  }
}
