import { join } from 'node:path';
import type { Backend } from '../backends/index.js';
import type { DataSet } from '../data/image-set.js';
import { UserError } from '../errors.js';
import { replaceFile } from '../files/replace.js';
import { removeTemporaries } from '../files/temporaries.js';
import { type Checkpoint, removeLater, restoreNewest } from '../runs/checkpoint.js';
import { describeBackend, describeRun } from '../runs/describe-run.js';
import type { LogRow } from '../runs/log.js';
import { readLog } from '../runs/run-data.js';
import { ofLength, type RunOptions } from '../gan/options.js';
import { checkOwnParts } from '../gan/own.js';
import { checkOwnFiles } from '../runs/own-files.js';
import {
  descriptionText,
  readRunDescription,
  type RunDescription,
} from '../runs/run-description.js';
import { RUN_FILES } from '../runs/run-folder.js';
import { lastingMeasures } from './measure-plan.js';
import { prepare } from './prepare.js';
import { NOTHING_DONE, type Progress, type RunOutcome } from './run.js';
import { fill, leaseOf, type TrainContext, trainIn, type TrainRequest, warn } from './train.js';
import type { Trainer } from './trainer.js';
import { existsSync } from 'node:fs';
import { makeFolder } from '../files/folders.js';
import { trainingImages } from './training-images.js';

export interface ResumeRequest {
  readonly folder: string;
  /** Go on to this epoch; by default the run's own last one. */
  readonly epochs?: number;
  /** Epochs from one checkpoint to the next, if not as before. */
  readonly checkpointEvery?: number;
  /** Where the same data are by now, which is remembered. */
  readonly dataFolder?: string;
}

/**
 * Goes on with a run from its newest whole checkpoint: what comes out is what an uninterrupted run would have written. A
 * run that has done its epochs is left as it is, unless it was killed before its last files were there.
 *
 * @throws UserError where the folder is no run, is in use, has no whole checkpoint, or was trained on other data.
 */
export async function resume(request: ResumeRequest, context: TrainContext): Promise<RunOutcome> {
  checkOwnFiles(request.folder);
  using lease = await leaseOf(request.folder, context);
  return await goOn({ ...request, folder: lease.folder }, context);
}

/** Goes on with a run in its folder, which is this process's. */
export async function goOn(request: ResumeRequest, context: TrainContext): Promise<RunOutcome> {
  const { folder } = request;
  const description = continued(readRunDescription(folder), request, context);
  await using parts = await prepare(description.options, context);
  const from = await restoreFolder(folder, description, parts.trainer, context);
  return await trainIn(folder, description, parts, from, context);
}

/** The description of a run that goes on. @throws UserError for other data, or without the parts that are a script's. */
function continued(
  before: RunDescription,
  { folder, epochs, checkpointEvery, dataFolder }: ResumeRequest,
  context: TrainContext,
): RunDescription {
  const { mnist, backend, own = {} } = context;
  checkOwnParts(before.own ?? [], own, folder);
  const say = (message: string): void => warn(context, message);
  checkSameData(before, mnist);
  warnOfOtherBackend(before, backend, say);
  warnOfOtherSchedule(before.options, epochs, say);
  return {
    ...before,
    data: { ...before.data, ...(dataFolder !== undefined && { folder: dataFolder }) },
    options: { ...before.options, epochs: epochs ?? before.options.epochs },
    backend: describeBackend(backend),
    checkpointEvery: checkpointEvery ?? before.checkpointEvery,
  };
}

/** Brings the trainer to the newest whole checkpoint, and the folder to what it describes. */
async function restoreFolder(
  folder: string,
  description: RunDescription,
  trainer: Trainer,
  context: TrainContext,
): Promise<Progress> {
  const { options } = description;
  const say = (message: string): void => warn(context, message);
  const checkpoints = join(folder, RUN_FILES.checkpoints);
  const checkpoint = restoreNewest(checkpoints, (one) => restore(trainer, one), say);
  const { epochs, unfinished } = checkpoint;
  refuseFewerEpochs(options.epochs, epochs, folder);
  removeTemporaries(folder, true);
  const rows = rowsOf(folder, epochs, say);
  if (options.epochs === epochs) return { epochs, rows };
  removeLater(checkpoints, checkpoint);
  await replaceFile(join(folder, RUN_FILES.options), descriptionText(description));
  return {
    epochs,
    rows: rows.map((row) => ({
      ...row,
      measures: lastingMeasures(options, row, trainer.stepsPerEpoch),
    })),
    unfinished,
  };
}

/** @throws UserError where fewer epochs are asked for than the folder has done. */
export function refuseFewerEpochs(epochs: number, done: number, folder: string): void {
  if (epochs < done)
    throw new UserError(
      `--epochs: found ${epochs}, expected at least the ${done} that ${folder} has done`,
    );
}

/** @throws UserError where the checkpoint is of another training. */
function restore(trainer: Trainer, { state, position, epochs, unfinished }: Checkpoint): void {
  const expected = trainer.readState();
  const { stepsPerEpoch } = trainer;
  if (
    state.size !== expected.size ||
    ![...expected].every(([name, { length }]) => state.get(name)?.length === length) ||
    unfinished.steps >= stepsPerEpoch ||
    position.step !== epochs * stepsPerEpoch + unfinished.steps
  )
    throw new UserError("it does not fit the run's options");
  trainer.restore(state, position);
}

/** The rows of the log up to an epoch. A line that is damaged leaves a gap in the curves, and is named. */
function rowsOf(folder: string, epochs: number, warn: (message: string) => void): LogRow[] {
  const byEpoch = new Map(readLog(folder).rows.map((row) => [row.epoch, row]));
  const all = Array.from({ length: epochs }, (_, k) => k + 1);
  const missing = all.filter((epoch) => !byEpoch.has(epoch));
  if (missing.length > 0)
    warn(
      `${join(folder, RUN_FILES.log)}: no whole line of ${missing.length === 1 ? 'epoch' : 'epochs'} ${missing.join(', ')} is left; the run goes on without`,
    );
  return all.flatMap((epoch) => byEpoch.get(epoch) ?? []);
}

/** @throws UserError for other images than those that a run began with. */
export function checkSameData({ data }: RunDescription, mnist: DataSet): void {
  for (const [name, digest] of Object.entries(data.digests)) {
    if (mnist.digests[name] !== digest) {
      throw new UserError(
        `${mnist.source}: ${name} has the SHA-256 ${mnist.digests[name]}, expected ${digest}, as when the run began (${data.source}): name that folder with --data`,
      );
    }
  }
}

function warnOfOtherBackend(
  { backend: before }: RunDescription,
  backend: Backend,
  warn: (message: string) => void,
): void {
  // Generated code computes the same bits on any number of threads.
  const counts = backend.name !== 'wasm' || before.name !== 'wasm';
  const text = ({ library, threads, fusedMultiplyAdd }: RunDescription['backend']): string =>
    `${library}${counts ? `, threads: ${threads}` : ''}${fusedMultiplyAdd === undefined ? '' : `, fused multiply-adds (${fusedMultiplyAdd})`}`;
  if (text(backend) !== text(before))
    warn(
      `the run began with ${text(before)}; with ${text(backend)}, it goes on with other last digits than it would have had`,
    );
}

function warnOfOtherSchedule(
  { epochs: before, learningRateDecay }: RunOptions,
  epochs: number | undefined,
  warn: (message: string) => void,
): void {
  if (epochs !== undefined && epochs !== before && learningRateDecay > 0)
    warn(
      `the learning rate has been falling towards the end of epoch ${before}; from here on it falls towards that of ${epochs}, so this is not the run that --epochs ${epochs} would have been from the start`,
    );
}

/**
 * Trains a run in a folder of this name: begins it, or goes on with what is there to the epochs that are asked for. The folder
 * is this process's from before its first file on, so that of two processes one is refused.
 *
 * @throws as `train` and `resume`.
 */
export async function trainAt(
  folder: string,
  request: Omit<TrainRequest, 'outputs' | 'from'>,
  context: TrainContext,
): Promise<RunOutcome> {
  makeFolder(folder);
  using lease = await leaseOf(folder, context);
  const { dataFolder, checkpointEvery } = request;
  const images = trainingImages(request.options, context.mnist).count;
  const options = ofLength(request.options, images);
  if (existsSync(join(lease.folder, RUN_FILES.options)))
    return await goOn({ folder, epochs: options.epochs, checkpointEvery, dataFolder }, context);
  const description = describeRun(options, request, context);
  await using parts = await prepare(options, context);
  await fill(folder, description, parts);
  return await trainIn(folder, description, parts, NOTHING_DONE, context);
}
