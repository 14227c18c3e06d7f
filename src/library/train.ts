import { resolve } from 'node:path';
import { threadsHere } from '../backends/index.js';
import { loadImages } from '../data/load.js';
import { readingOf, type ReadOptions } from '../data/read-options.js';
import type { GanLoss, LossName } from '../gan/losses.js';
import type { RUN_OPTIONS } from '../gan/options.js';
import { OWN, refuseTwoLengths, runOptions, runOptionsFor, unmovedRate } from '../gan/options.js';
import type { OwnParts } from '../gan/own.js';
import { refuseOthers, type OptionsOf } from '../options.js';
import { optionsToBeginWith, readRunDescription } from '../runs/run-description.js';
import { findOwnRun } from '../runs/find-run.js';
import { checkNewRun } from '../runs/run-folder.js';
import { imagesOfRun } from '../runs/run-images.js';
import { resume as resumeRun } from '../training/resume.js';
import type { RunOutcome } from '../training/run.js';
import { train as trainRun } from '../training/train.js';
import {
  backendOf,
  COMPUTE,
  FOLLOW,
  followersOf,
  given,
  OUTPUTS,
  warningOf,
  without,
  type ComputeOptions,
  type FollowOptions,
} from './session.js';

/** Any of a run's options, as `{ model: 'conv', epochs: 5 }`; `gan-mnist train --help` tells of each. */
export type GivenRunOptions = Partial<OptionsOf<typeof RUN_OPTIONS>>;

/** Parts of a run that a script gives, instead of naming them. */
export interface OwnOptions extends Pick<OwnParts, 'networks' | 'step'> {
  /** The name of a loss, or a loss of one's own. */
  readonly loss?: LossName | GanLoss;
}

export interface TrainOptions
  extends Omit<GivenRunOptions, 'loss'>, OwnOptions, ComputeOptions, FollowOptions, ReadOptions {
  /** What `--data` takes; without it MNIST itself. */
  readonly data?: string;
  /** Share of the training images that is set aside as test images, where the set has none. */
  readonly testShare?: number;
  /** The folder of all runs. */
  readonly outputs?: string;
  /** Of the run's folder; by default the next number and what is trained. */
  readonly name?: string;
  /** Epochs from one checkpoint to the next. */
  readonly checkpointEvery?: number;
  /** A run, its folder or its name in `outputs`, with whose weights, options and data this one begins where no others are given. */
  readonly from?: string;
}

type Others = Omit<TrainOptions, keyof GivenRunOptions>;

/** Those of {@link TrainOptions} that decide no run. */
const OTHERS: Readonly<Record<keyof Others, true>> = {
  ...{ ...COMPUTE, ...FOLLOW, data: true, size: true, color: true, skipBad: true, testShare: true },
  ...{ outputs: true, name: true, checkpointEvery: true, from: true, networks: true, step: true },
};

/**
 * Trains a GAN and writes its run folder, the same that `gan-mnist train` writes. The parts of it may be a script's own: its samples,
 * data sets, evaluations and reports are then made as of any run, and `resume` is given the parts again.
 *
 * @throws UserError for options, data, networks or folders that cannot work; RunError where the training diverges or the disk is full.
 */
export async function train(options: TrainOptions = {}): Promise<RunOutcome> {
  const { data, outputs = OUTPUTS, name, checkpointEvery, signal } = options;
  checkNewRun(outputs, name);
  const from = options.from === undefined ? undefined : findOwnRun(outputs, options.from, 'from');
  const own = ownParts(options);
  // What is none of either is refused by name.
  const wanted = { ...without<Others>(options, OTHERS), ...(own.loss && { loss: OWN }) };
  const all = from === undefined ? wanted : optionsToBeginWith(from, wanted);
  refuseTwoLengths(wanted);
  const { seed } = runOptions(all, 'train');
  const mnist =
    from === undefined || data !== undefined
      ? await loadImages(data, readingOf({ ...options, seed }))
      : await imagesOfRun(from, data);
  const backend = await backendOf(options, warningOf(options));
  const folder = data ?? (from && readRunDescription(from).data.folder);
  const whole = runOptionsFor(mnist, all);
  const unmoved = unmovedRate(wanted, whole);
  if (unmoved !== undefined) warningOf(options)(unmoved);
  return trainRun(
    {
      options: whole,
      outputs,
      ...given({ name, checkpointEvery, from, dataFolder: folder && resolve(folder) }),
    },
    { mnist, backend, own, signal, followers: followersOf(options) },
  );
}

const ownParts = ({ networks, loss, step }: OwnOptions): OwnParts =>
  given({ networks, step, loss: typeof loss === 'object' ? loss : undefined });

export interface ResumeOptions extends ComputeOptions, FollowOptions, OwnOptions {
  /** Its folder, or its name among those of `outputs`; the newest by default. */
  readonly run?: string;
  readonly outputs?: string;
  /** Go on to this epoch; by default the run's own last one. */
  readonly epochs?: number;
  readonly checkpointEvery?: number;
  /** Where the data has moved to. */
  readonly data?: string;
}

const RESUME: Readonly<Record<keyof ResumeOptions, true>> = {
  ...{ ...COMPUTE, ...FOLLOW, networks: true, loss: true, step: true },
  ...{ run: true, outputs: true, epochs: true, checkpointEvery: true, data: true },
};

/**
 * Goes on with a run from its newest whole checkpoint, with its own backend and threads where no others are named.
 *
 * @throws UserError where there is no such run, it is in use, or it was trained on other data.
 */
export async function resume(options: ResumeOptions = {}): Promise<RunOutcome> {
  const { run, outputs = OUTPUTS, epochs, checkpointEvery, data, signal } = options;
  refuseOthers(without(options, RESUME), RESUME, 'resume');
  const folder = findOwnRun(outputs, run, 'run');
  const before = readRunDescription(folder);
  const mnist = await imagesOfRun(folder, data);
  const { name, threads, fusedMultiplyAdd } = before.backend;
  const warn = warningOf(options);
  const backend = await backendOf(
    {
      backend: name,
      threads: options.threads ?? threadsHere(threads, warn),
      fusedMultiplyAdd: options.backend === undefined && fusedMultiplyAdd !== undefined,
      ...given(computeOf(options)),
    },
    warn,
  );
  const dataFolder = data === undefined ? undefined : resolve(data);
  return resumeRun(
    { folder, ...given({ epochs, checkpointEvery, dataFolder }) },
    { mnist, backend, own: ownParts(options), signal, followers: followersOf(options) },
  );
}

const computeOf = ({ backend, threads, fusedMultiplyAdd }: ComputeOptions): ComputeOptions => ({
  backend,
  threads,
  fusedMultiplyAdd,
});
