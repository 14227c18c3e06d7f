import type { DataSet } from '../data/image-set.js';
import { loadImages } from '../data/load.js';
import { UserError } from '../errors.js';
import { readRunDescription } from '../runs/run-description.js';

/**
 * The images that a run was trained on, from where they were or from where the user says that they are now.
 *
 * @throws UserError where they are not there; it says how to name another place.
 */
export async function imagesOfRun(run: string, named: string | undefined): Promise<DataSet> {
  const { folder } = readRunDescription(run).data;
  if (named !== undefined || folder === undefined) return loadImages(named ?? folder);
  try {
    return await loadImages(folder);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${error.message}; ${run} was trained on it: if it was moved, name its place with --data`,
      { cause: error },
    );
  }
}
