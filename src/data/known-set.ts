import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { readText } from '../files/read.js';
import type { ImageKind, ImageShape, Stacked } from './image-set.js';
import { STACKED_CHANNELS, stackedClasses } from './stacked.js';

/** The file in a data set's folder that says what is in it. */
export const MANIFEST = 'manifest.json';
/** What tells our manifest from other files of that name. */
export const MANIFEST_KIND = 'gan-mnist data set';

/** As sets were before they said so: MNIST's. */
export const MNIST_LIKE: ImageKind = {
  shape: [28, 28, 1],
  classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
};

/** What is known of a set before it is read. */
export interface KnownSet extends ImageKind {
  readonly stacked?: Stacked;
}

/**
 * What the manifest beside some data says of them; undefined where there is none of ours.
 *
 * @param path a folder, or a file in it.
 * @throws UserError for a manifest of ours that does not say what it should.
 */
export function readKnownKind(path: string): KnownSet | undefined {
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readText(file));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const manifest = value as (Partial<KnownSet> & { kind?: unknown }) | null;
  if (manifest?.kind !== MANIFEST_KIND) return undefined;
  const { shape = MNIST_LIKE.shape, classes = MNIST_LIKE.classes, stacked } = manifest;
  const isWhole = isShape(shape) && isNames(classes);
  if (!isWhole || (stacked !== undefined && !isStacked(stacked, classes)))
    throw new UserError(
      `${file}: found a shape or classes that no data set has, expected a manifest as gan-mnist dataset writes it`,
    );
  return { shape, classes, ...(stacked && { stacked }) };
}

/** Whether a value from a file says what a set of those classes is stacked of. */
function isStacked(value: unknown, classes: readonly string[]): value is Stacked {
  const {
    source,
    digests,
    classes: own,
  } = (value ?? {}) as Partial<Record<keyof Stacked, unknown>>;
  return (
    typeof source === 'string' &&
    isNames(own) &&
    typeof digests === 'object' &&
    digests !== null &&
    Object.values(digests).every((digest) => typeof digest === 'string') &&
    own.length ** STACKED_CHANNELS === classes.length &&
    stackedClasses(own).every((name, k) => name === classes[k])
  );
}

/** Whether a value from a file is the shape of an image. */
export const isShape = (value: unknown): value is ImageShape =>
  Array.isArray(value) &&
  value.length === 3 &&
  value.every((side) => Number.isInteger(side) && side >= 1 && side <= 4096) &&
  (value[2] === 1 || value[2] === 3);

/** Whether a value from a file is a list of the names of classes. */
export const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length <= 1000 && value.every((name) => typeof name === 'string');
