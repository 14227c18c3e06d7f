import { join } from 'node:path';
import { UserError } from '../errors.js';
import { readText } from '../files/read.js';
import { entriesOf } from '../files/replace-folder.js';
import { MANIFEST } from '../data/known-set.js';
import { namesInDataset } from './manifest.js';

/**
 * Checks that a data set may be written to a folder: there is none, or an empty one, or with `force` one that holds a data set of
 * ours and nothing else.
 *
 * @throws UserError otherwise.
 */
export function checkOutput(out: string, force: boolean): void {
  const found = entriesOf(out);
  if (found.length === 0) return;
  const names = found.includes(MANIFEST)
    ? namesInDataset(readText(join(out, MANIFEST)))
    : undefined;
  const foreign = found.find((name) => name !== MANIFEST && names?.has(name) !== true);
  if (names === undefined || foreign !== undefined)
    throw new UserError(
      `--out: found ${foreign ?? MANIFEST} in ${out}, which gan-mnist dataset did not write, expected a new or empty folder`,
    );
  if (!force)
    throw new UserError(
      `--out: found another data set in ${out}, expected a new or empty folder (--force replaces the data set)`,
    );
}
