import type { Backend } from '../backends/index.js';
import { UserError } from '../errors.js';
import { imagesAt } from '../runs/run-images.js';
import { memberFolder, type Sweep } from '../runs/sweep.js';
import type { RunOutcome } from '../training/run.js';
import { trainAt } from '../training/resume.js';
import type { TrainContext } from '../training/train.js';

/** @throws UserError for an index that the sweep does not have. */
export function plannedRun(sweep: Sweep, index: number): Sweep['runs'][number] {
  const run = sweep.runs[index];
  if (run === undefined)
    throw new UserError(
      `--index: found ${index}, expected a whole number from 0 to ${sweep.runs.length - 1}, as ${sweep.folder} has ${sweep.runs.length} runs`,
    );
  return run;
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
  const { dataFolder, reading, checkpointEvery } = sweep;
  const mnist = await imagesAt(
    dataFolder,
    reading ?? {},
    `${sweep.folder} trains on it: if it was moved, gan-mnist train --resume ${sweep.folder} --data names its place`,
  );
  const request = { options, dataFolder, checkpointEvery };
  return trainAt(memberFolder(sweep, run), request, { ...context, mnist, backend });
}
