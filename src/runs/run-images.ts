import type { DataSet } from '../data/image-set.js';
import { loadImages, type LoadContext } from '../data/load.js';
import type { LoadOptions } from '../data/read-options.js';
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
  return data === undefined
    ? imagesAt(
        folder,
        reading,
        `${run} was trained on it: if it was moved, name its place with --data`,
        context,
      )
    : loadImages(data, reading, context);
}

/**
 * Loads images from where they were.
 *
 * @param moved what is said, beside what is wrong, where they cannot be read there any more.
 */
export async function imagesAt(
  folder: string | undefined,
  reading: LoadOptions,
  moved: string,
  context: LoadContext = {},
): Promise<DataSet> {
  try {
    return await loadImages(folder, reading, context);
  } catch (error) {
    if (!(error instanceof UserError) || folder === undefined) throw error;
    throw new UserError(`${error.message}; ${moved}`, { cause: error });
  }
}
