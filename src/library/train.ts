import { resolve } from 'node:path';
import { loadImages } from '../data/load.js';
import type { RUN_OPTIONS } from '../gan/options.js';
import { runOptions } from '../gan/options.js';
import type { OptionsOf } from '../options.js';
import { readRunDescription } from '../runs/run-description.js';
import { findRun } from '../runs/run-folder.js';
import { resume as resumeRun } from '../training/resume.js';
import type { RunOutcome } from '../training/run.js';
import { train as trainRun } from '../training/train.js';
import {
  backendOf,
  followersOf,
  given,
  OUTPUTS,
  type ComputeOptions,
  type FollowOptions,
} from './session.js';

/** Any of a run's options, as `{ model: 'conv', epochs: 5 }`; `gan-mnist train --help` tells of each. */
export type GivenRunOptions = Partial<OptionsOf<typeof RUN_OPTIONS>>;

export interface TrainOptions extends GivenRunOptions, ComputeOptions, FollowOptions {
  /** What `--data` takes; without it MNIST itself. */
  readonly data?: string;
  /** The folder of all runs. */
  readonly outputs?: string;
  /** Epochs from one checkpoint to the next. */
  readonly checkpointEvery?: number;
}

/**
 * Trains a GAN and writes its run folder, the same that `gan-mnist train` writes.
 *
 * @throws UserError for options, data or folders that cannot work; RunError where the training diverges or the disk is full.
 */
export async function train(options: TrainOptions = {}): Promise<RunOutcome> {
  const { data, outputs = OUTPUTS, checkpointEvery, signal } = options;
  const run = runOptions(onlyRunOptions(options), 'train');
  const mnist = await loadImages(data);
  const backend = await backendOf(options);
  const dataFolder = data === undefined ? undefined : resolve(data);
  return trainRun(
    { options: run, outputs, checkpointEvery, ...given({ dataFolder }) },
    { mnist, backend, signal, followers: followersOf(options) },
  );
}

/** Those of {@link TrainOptions} that decide a run. What is none of either is refused by name. */
function onlyRunOptions(options: TrainOptions): Record<string, unknown> {
  const compute = ['backend', 'threads', 'fusedMultiplyAdd'];
  const own = [...compute, 'on', 'signal', 'draw', 'data', 'outputs', 'checkpointEvery'];
  return Object.fromEntries(Object.entries(given(options)).filter(([name]) => !own.includes(name)));
}

export interface ResumeOptions extends ComputeOptions, FollowOptions {
  /** Its folder, or its name among those of `outputs`; the newest by default. */
  readonly run?: string;
  readonly outputs?: string;
  /** Go on to this epoch; by default the run's own last one. */
  readonly epochs?: number;
  readonly checkpointEvery?: number;
  /** Where the data has moved to. */
  readonly data?: string;
}

/**
 * Goes on with a run from its newest whole checkpoint, with its own backend and threads where no others are named.
 *
 * @throws UserError where there is no such run, it is in use, or it was trained on other data.
 */
export async function resume(options: ResumeOptions = {}): Promise<RunOutcome> {
  const { run, outputs = OUTPUTS, epochs, checkpointEvery, data, signal } = options;
  const folder = findRun(outputs, run, 'run');
  const before = readRunDescription(folder);
  const mnist = await loadImages(data ?? before.data.folder);
  const { name, threads, fusedMultiplyAdd } = before.backend;
  const backend = await backendOf({
    backend: name,
    threads,
    fusedMultiplyAdd: options.backend === undefined && fusedMultiplyAdd !== undefined,
    ...given(computeOf(options)),
  });
  const dataFolder = data === undefined ? undefined : resolve(data);
  return resumeRun(
    { folder, ...given({ epochs, checkpointEvery, dataFolder }) },
    { mnist, backend, signal, followers: followersOf(options) },
  );
}

const computeOf = ({ backend, threads, fusedMultiplyAdd }: ComputeOptions): ComputeOptions => ({
  backend,
  threads,
  fusedMultiplyAdd,
});
