import type { DataSet } from '../data/image-set.js';
import { loadImages, type LoadContext } from '../data/load.js';
import { UserError } from '../errors.js';
import { readRunDescription } from './run-description.js';

/**
 * Loads the images that a run was trained on, read as they were.
 *
 * @param data where they are by now; without it, where they were.
 * @throws UserError where they are not there, and says how to name another place.
 */
export async function imagesOfRun(
  run: string,
  data: string | undefined,
  context: LoadContext = {},
): Promise<DataSet> {
  const { folder, reading = {} } = readRunDescription(run).data;
  if (data !== undefined || folder === undefined)
    return loadImages(data ?? folder, reading, context);
  try {
    return await loadImages(folder, reading, context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${error.message}; ${run} was trained on it: if it was moved, name its place with --data`,
      { cause: error },
    );
  }
}
