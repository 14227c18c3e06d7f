import { loadBackend, type Backend } from '../backends/index.js';
import type { DataSet } from '../data/image-set.js';
import type { LoadContext } from '../data/load.js';
import { checkPermission, RunError, UserError } from '../errors.js';
import { readRunDescription, type RunDescription } from '../runs/run-description.js';
import { imagesAt } from '../runs/run-images.js';
import { hasBegun, memberFolder, type Sweep } from '../runs/sweep.js';
import type { RunOutcome } from '../training/run.js';
import { checkSameData, trainAt } from '../training/resume.js';
import type { TrainContext } from '../training/train.js';
import { trainingImages } from '../training/training-images.js';

/** @throws UserError for an index that the sweep does not have. */
export function plannedRun(sweep: Sweep, index: number): Sweep['runs'][number] {
  const run = sweep.runs[index];
  if (run === undefined)
    throw new UserError(
      `--index: found ${index}, expected a whole number from 0 to ${sweep.runs.length - 1}, as ${sweep.folder} has ${sweep.runs.length} runs`,
    );
  return run;
}

/** The images of all runs. @throws UserError where they are not there any more, and says how to name their place. */
const imagesOf = (
  { folder, dataFolder, reading = {} }: Sweep,
  context?: LoadContext,
): Promise<DataSet> =>
  imagesAt(
    dataFolder,
    reading,
    `${folder} trains on it: if it was moved, gan-mnist train --resume ${folder} --data names its place`,
    context,
  );

/**
 * Looks once, before the first of some runs starts, whether they can have processes, whether their backend loads here and the images of all are there: else each would fail
 * by itself.
 *
 * @throws RunError where the backend does not load, and says how to name another one; UserError without the permission, or where the images have moved, are too few, or
 *   are other ones than those that a run has begun with.
 */
export async function checkRuns(
  sweep: Sweep,
  indices: readonly number[],
  context?: LoadContext,
): Promise<void> {
  if (indices.length === 0) return;
  checkPermission('child', `train ${sweep.folder}, each run in a process`);
  await checkBackend(sweep);
  // MNIST is the package's own.
  if (sweep.dataFolder === undefined) return;
  const images = await imagesOf(sweep, context);
  for (const index of indices) trainingImages(sweep.runs[index].options, images);
  checkSameAsBegun(sweep, images);
}

async function checkBackend({ folder, backend, threads }: Sweep): Promise<void> {
  try {
    await loadBackend(backend, threads);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    throw new RunError(
      `${error.message}; ${folder} is planned for it: gan-mnist train --resume ${folder} --backend names another one`,
      { cause: error },
    );
  }
}

function checkSameAsBegun(sweep: Sweep, images: DataSet): void {
  const begun = firstBegun(sweep);
  if (begun !== undefined) checkSameData(begun, images);
}

/** What the first run that has begun says of itself, done or not: all are to have the same images. */
function firstBegun(sweep: Sweep): RunDescription | undefined {
  for (const run of sweep.runs) {
    if (!hasBegun(sweep, run)) continue;
    try {
      return readRunDescription(memberFolder(sweep, run));
    } catch (error) {
      // A damaged one says so itself in its turn.
      if (!(error instanceof UserError)) throw error;
    }
  }
  return undefined;
}

/**
 * Trains a run of a sweep to its end, from where it is.
 *
 * @throws as {@link trainAt}; UserError for an index that the sweep does not have.
 */
export async function trainMember(
  sweep: Sweep,
  index: number,
  backend: Backend,
  context: Pick<TrainContext, 'followers' | 'signal'>,
): Promise<RunOutcome> {
  const run = plannedRun(sweep, index);
  const { options } = run;
  const { dataFolder, checkpointEvery } = sweep;
  const mnist = await imagesOf(sweep);
  checkSameAsBegun(sweep, mnist);
  const request = { options, dataFolder, checkpointEvery };
  return trainAt(memberFolder(sweep, run), request, { ...context, mnist, backend });
}
