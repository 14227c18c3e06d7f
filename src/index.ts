/**
 * The library: what the commands of the command line do, as functions. Importing it loads no TensorFlow.js and changes nothing
 * global; each function loads what it needs when it is called. Compiling steps of one's own is in `gan-mnist/compiler`.
 *
 * Errors are {@link UserError} (something given cannot work), {@link RunError} (the work failed) and {@link Interrupted}.
 */
import type { EvaluateOptions } from './library/evaluate.js';
import type { DatasetOptions } from './library/labelled.js';
import type { OpenedRun, RunPlace } from './library/open-run.js';
import type { OpenedSweep, SweepOptions } from './library/sweep.js';
import type { ResumeOptions, TrainOptions } from './library/train.js';
import type { Manifest } from './datasets/manifest.js';
import type { Evaluation } from './evaluation/evaluation.js';
import type { RunOutcome } from './training/run.js';

/** Trains a GAN and writes its run folder, the same that `gan-mnist train` writes. @throws UserError, RunError. */
export const train = async (options?: TrainOptions): Promise<RunOutcome> =>
  (await import('./library/train.js')).train(options);

/** Goes on with a run from its newest whole checkpoint. @throws UserError, RunError. */
export const resume = async (options?: ResumeOptions): Promise<RunOutcome> =>
  (await import('./library/train.js')).resume(options);

/** Opens a run's folder: its options, its log, images of its generator. @throws UserError. */
export const openRun = async (place?: RunPlace): Promise<OpenedRun> =>
  (await import('./library/open-run.js')).openRun(place);

/** Draws a run's pictures and its report anew; returns the paths, the report's last. @throws UserError. */
export const report = async (
  place?: RunPlace & { readonly warn?: (message: string) => void },
): Promise<string[]> => (await import('./library/open-run.js')).report(place);

/** Plans runs of all combinations of options that have several values. @throws UserError. */
export const sweep = async (options: SweepOptions): Promise<OpenedSweep> =>
  (await import('./library/sweep.js')).sweep(options);

/** Opens the folder of a sweep. @throws UserError. */
export const openSweep = async (folder: string): Promise<OpenedSweep> =>
  (await import('./library/sweep.js')).openSweep(folder);

/** Writes a labelled set of a run's images; returns what its manifest says. @throws UserError, RunError, Interrupted. */
export const writeDataset = async (options: DatasetOptions): Promise<Omit<Manifest, 'kind'>> =>
  (await import('./library/labelled.js')).writeDataset(options);

/** Measures a run's images against real ones. @throws UserError, RunError, Interrupted. */
export const evaluate = async (options?: EvaluateOptions): Promise<Evaluation> =>
  (await import('./library/evaluate.js')).evaluate(options);

export type { EvaluateOptions } from './library/evaluate.js';
export type { DatasetOptions } from './library/labelled.js';
export type { GenerateOptions, OpenedRun, RunPlace } from './library/open-run.js';
export type { OpenedSweep, SweepAxes, SweepOptions } from './library/sweep.js';
export type { GivenRunOptions, OwnOptions, ResumeOptions, TrainOptions } from './library/train.js';
export type { NetworkRequest, OwnNetworks } from './gan/build.js';
export type { GanLoss } from './gan/losses.js';
export type { EpochDone, Follower, StartedRun, StepDone } from './training/follower.js';
export type { RunOutcome } from './training/run.js';
export type { SweepFollower, SweepOutcome } from './sweeps/executor.js';
export type { MemberStatus } from './sweeps/status.js';
export type { LogRow } from './runs/log.js';
export type { RunDescription } from './runs/run-description.js';
export type { Manifest } from './datasets/manifest.js';
export type { Evaluation } from './evaluation/evaluation.js';
export { loadBackend, type Backend, type BackendName, type Executable } from './backends/index.js';
export type { DataSet, ImageSet, ImageShape } from './data/image-set.js';
export { imagesInMemory } from './data/image-set.js';
export { loadImages } from './data/load.js';
export { loadMnist } from './data/mnist.js';
export { npyHeader } from './data/npy.js';
export { firstImages, onlyClass } from './data/parts.js';
export { Random } from './data/random.js';
export type { ProgramEvent } from './cli/events.js';
export { EXIT_CODES, Interrupted, RunError, UserError } from './errors.js';
export { copiesOf, evennessOf, preferenceOf, shareRecognised } from './evaluation/measures.js';
export { gridImage } from './images/grid.js';
export { encodePng } from './images/png.js';
export { loadGenerator, type Generator } from './runs/generator.js';
export { runOptions, type RunOptions } from './gan/options.js';
export { findRun } from './runs/find-run.js';
export { listRuns } from './runs/run-folder.js';
