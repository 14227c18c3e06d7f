import type { DataSet } from '../data/image-set.js';
import { loadImages, type LoadContext } from '../data/load.js';
import { readingOf } from '../data/read-options.js';
import { UserError } from '../errors.js';
import { imagesOfRun } from '../runs/run-images.js';
import { flagOf, type OptionsOf } from '../options.js';
import type { Console } from './console.js';
import type { IMAGES_OPTIONS } from './common-options.js';

/** What was typed about the images. */
export type GivenImages = Partial<OptionsOf<typeof IMAGES_OPTIONS>> & { readonly seed?: number };

/** Loads the images that were asked for; says how far it is, where that takes long, and what was done to them. */
export async function loadGiven(given: GivenImages, console: Console): Promise<DataSet> {
  const set = await loadImages(given.data, readingOf(given), progressOn(console));
  sayRemarks(set, console);
  return set;
}

/**
 * Loads the images that a run was trained on, from where they were or from where the user says that they are now.
 *
 * @throws UserError where they are not there, and says how to name another place; for options that would make other images of them.
 */
export async function loadAgain(
  run: string,
  given: GivenImages,
  console: Console,
): Promise<DataSet> {
  const other = Object.keys(readingOf({ ...given, seed: undefined }))[0];
  if (other !== undefined)
    throw new UserError(
      `${flagOf(other)}: a run that is there keeps how its images are read, expected it in a new one only`,
    );
  const set = await imagesOfRun(run, given.data, progressOn(console));
  sayRemarks(set, console);
  return set;
}

/** Says how far the reading of many pictures is. */
export const progressOn = (console: Console): LoadContext => ({
  progress: (done, all) => console.task.at('reading pictures', done, all),
});

/** Says what was done to images. */
export function sayRemarks({ remarks }: Pick<DataSet, 'remarks'>, console: Console): void {
  for (const remark of remarks) console.tell(remark);
}
