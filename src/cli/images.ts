import type { DataSet } from '../data/image-set.js';
import { loadImages } from '../data/load.js';
import type { LoadOptions } from '../data/read-options.js';
import { UserError } from '../errors.js';
import { readRunDescription } from '../runs/run-description.js';
import { flagOf, type OptionsOf } from '../options.js';
import type { Console } from './console.js';
import type { IMAGES_OPTIONS } from './option-tables.js';

/** What was typed about the images. */
export type GivenImages = Partial<OptionsOf<typeof IMAGES_OPTIONS>> & { readonly seed?: number };

/** Progress is said of sets that are larger than this. */
const LARGE = 5000;

/** Loads the images that were asked for; says how far it is, where that takes long, and what was done to them. */
export async function loadGiven(given: GivenImages, console: Console): Promise<DataSet> {
  return loadFrom(given.data, readingOf(given), console);
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
  const { folder, reading = {} } = readRunDescription(run).data;
  if (given.data !== undefined || folder === undefined)
    return loadFrom(given.data ?? folder, reading, console);
  try {
    return await loadFrom(folder, reading, console);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${error.message}; ${run} was trained on it: if it was moved, name its place with --data`,
      { cause: error },
    );
  }
}

async function loadFrom(
  path: string | undefined,
  reading: LoadOptions,
  console: Console,
): Promise<DataSet> {
  let said = 0;
  const set = await loadImages(path, reading, {
    progress: (done, all) => {
      const tenth = Math.floor((10 * done) / all);
      if (all < LARGE || tenth === said) return;
      said = tenth;
      console.say(`  ${done} of ${all} pictures read`);
    },
  });
  for (const remark of set.remarks) console.say(remark);
  return set;
}

function readingOf({ size, color, testShare, skipBad, seed }: GivenImages): LoadOptions {
  return {
    ...(size !== undefined && { size }),
    ...(color !== undefined && { color }),
    ...(skipBad === true && { skipBad }),
    ...(testShare !== undefined && { testShare, ...(seed !== undefined && { seed }) }),
  };
}
