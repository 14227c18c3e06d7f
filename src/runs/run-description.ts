import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { BACKEND_NAMES } from '../backends/backend.js';
import type { ImageShape } from '../data/image-set.js';
import { isNames, isShape, MNIST_LIKE } from '../data/known-set.js';
import { READING } from '../data/read-options.js';
import { parseJson, path, wholeUpTo } from '../files/json.js';
import { readText } from '../files/read.js';
import { savedOptions, type RunOptions } from '../gan/options.js';
import { OWN_PART_NAMES } from '../gan/own.js';
import { checkOwnFiles } from './own-files.js';
import { RUN_FILES } from './run-folder.js';
import { refuseSweep } from './sweep.js';

const DATA = v.object({
  /** The user's folder; absent for the npm package. */
  folder: v.optional(path),
  source: v.string(),
  /** SHA-256 of each part as an IDX file, by its name. */
  digests: v.pipe(v.record(v.string(), v.string()), v.minEntries(1)),
  /** Of an image. */
  shape: v.optional(v.custom<ImageShape>(isShape, '[height, width, 1 or 3]'), MNIST_LIKE.shape),
  /** Names of the classes; none where the images have no labels. */
  classes: v.optional(v.custom<readonly string[]>(isNames, 'a list of names'), MNIST_LIKE.classes),
  /** How the images are read, so that the same come again. */
  reading: v.optional(READING),
});

const DESCRIPTION = v.object({
  options: v.record(v.string(), v.unknown()),
  /** Parts of it that only the script has which began it. */
  own: v.optional(v.array(v.picklist(OWN_PART_NAMES))),
  /** The run whose weights it began with, and how far that was. */
  from: v.optional(v.object({ run: v.string(), epochs: v.number(), step: v.number() })),
  backend: v.object({
    name: v.picklist(BACKEND_NAMES),
    library: v.string(),
    threads: wholeUpTo(1024),
    /** Where products are computed by fused multiply-adds: the bits of one. */
    fusedMultiplyAdd: v.optional(v.string()),
  }),
  data: DATA,
  checkpointEvery: wholeUpTo(1_000_000),
  versions: v.record(v.string(), v.string()),
  createdAt: v.string(),
});

/** Of options.json. Format 2 has `own` and `from`. */
const FORM = {
  what: 'the description of a run, as gan-mnist train writes it',
  schema: DESCRIPTION,
  format: 2,
} as const;

type Read = v.InferOutput<typeof DESCRIPTION>;

/** What options.json says: all that a run is a function of, and what made it. */
export type RunDescription = Readonly<Omit<Read, 'options'>> & { readonly options: RunOptions };

/** As options.json has it. */
export const descriptionText = (description: RunDescription): string =>
  `${JSON.stringify({ format: FORM.format, ...description }, undefined, 2)}\n`;

/**
 * Reads a run's options.json.
 *
 * @throws UserError where it is missing, is not JSON, or says what no run can have; where the folder has links out of it.
 */
export function readRunDescription(folder: string): RunDescription {
  refuseSweep(folder);
  const path = join(folder, RUN_FILES.options);
  if (existsSync(folder)) checkOwnFiles(folder);
  return parseRunDescription(readText(path), path);
}

/** @param where named in the error. */
export function parseRunDescription(text: string, where: string): RunDescription {
  const read = parseJson(text, where, FORM);
  return { ...read, options: savedOptions(read.options, where) };
}

/**
 * A run's options as those of a new one that begins with its weights: what stood for others is left out.
 *
 * @param given instead.
 */
export function optionsToBeginWith(
  folder: string,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const hasLength = ['epochs', 'steps', 'quality'].some((name) => given[name] !== undefined);
  const leftOut = ['preset', 'quality', ...(hasLength ? ['steps'] : [])];
  const { options } = readRunDescription(folder);
  const kept = Object.entries(options).filter(([name]) => !leftOut.includes(name));
  return { ...Object.fromEntries(kept), ...given };
}
