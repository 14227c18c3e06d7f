import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ofLength } from '../gan/options.js';
import { makeFolder } from '../files/folders.js';
import { describeRun } from '../runs/describe-run.js';
import { RUN_FILES } from '../runs/run-folder.js';
import { prepare } from './prepare.js';
import { trainingImages } from './training-images.js';
import { goOn } from './resume.js';
import { NOTHING_DONE, type RunOutcome } from './run.js';
import { fill, leaseOf, trainIn, type TrainContext, type TrainRequest } from './train.js';

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
