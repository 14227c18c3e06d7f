import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../backends/index.js';
import { firstImages, type DigitSet, type Mnist } from '../data/mnist.js';
import { spread } from './diversity.js';
import { lockFolder } from './lock.js';
import { modelWriter } from './model-files.js';
import { runOptions, type RunOptions } from './options.js';
import { readNewestCheckpoint } from './checkpoint.js';
import { Run, type RunOutcome, type Watcher } from './run.js';
import { createRun, RUN_FILES } from './run-folder.js';
import { describeRun, readRunDescription } from './run-description.js';
import { Sampler } from './sampler.js';
import { Trainer } from './trainer.js';

export interface TrainRequest {
  readonly options: RunOptions;
  readonly mnist: Mnist;
  readonly backend: Backend;
  /** The folder of all runs. */
  readonly outputs: string;
  /** Epochs from one checkpoint to the next. */
  readonly checkpointEvery?: number;
  readonly watcher?: Watcher;
  /** Ends the training after the step under way; what there is gets saved. */
  readonly signal?: AbortSignal;
  /** Told the run's folder and size before the first step. */
  readonly started?: (folder: string, stepsPerEpoch: number) => void;
}

/** Real images whose spread a run's samples are held against: enough for two digits of it. */
const SPREAD_IMAGES = 2000;

/**
 * Trains a GAN and writes its run folder.
 *
 * @throws UserError for options, data or folders that cannot work; RunError where the training diverges or the disk is full.
 */
export async function train(request: TrainRequest): Promise<RunOutcome> {
  const { options, mnist, backend, outputs, watcher = {} } = request;
  const images = trainingImages(options, mnist);
  const parts = await prepare(options, images, backend);
  const { trainer, sampler } = parts;
  try {
    const folder = createRun(outputs, options.model, (draft) => {
      for (const name of ['samples', 'model/generator', 'model/discriminator', 'checkpoint']) mkdirSync(join(draft, name), { recursive: true });
      writeFileSync(join(draft, RUN_FILES.options), describeRun(options, mnist, backend));
    });
    const unlock = lockFolder(folder);
    try {
      request.started?.(folder, trainer.stepsPerEpoch);
      const run = new Run({ ...parts, folder, options, watcher, checkpointEvery: request.checkpointEvery ?? 1 });
      await run.begin();
      return await run.train(request.signal);
    } finally {
      unlock();
    }
  } finally {
    await trainer.dispose();
    await sampler.dispose();
  }
}

function trainingImages({ limit }: RunOptions, { train }: Mnist): DigitSet {
  return limit === undefined ? train : firstImages(train, limit);
}

async function prepare(options: RunOptions, images: DigitSet, backend: Backend): Promise<Pick<Run['parts'], 'trainer' | 'sampler' | 'saveModels' | 'realSpread'>> {
  const trainer = await Trainer.create(options, images, backend);
  const sampler = await Sampler.create(trainer.gan, options.seed, backend);
  const some = firstImages(images, Math.min(SPREAD_IMAGES, images.count));
  return { trainer, sampler, saveModels: modelWriter(trainer.gan), realSpread: spread(some.images) / 127.5 };
}
