import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { explainFileError, isAnotherProcess, makeFolder } from '../files.js';
import { MANIFEST } from '../data/known-set.js';
import { namesInDataset } from './manifest.js';

/**
 * Checks that a data set may be written to a folder: there is none, or an empty one, or with `force` one that holds a data set of
 * ours and nothing else.
 *
 * @throws UserError otherwise.
 */
export function checkOutput(out: string, force: boolean): void {
  const found = explained(out, 'read', () => (existsSync(out) ? readdirSync(out) : []));
  if (found.length === 0) return;
  const manifest = join(out, MANIFEST);
  const names = found.includes(MANIFEST)
    ? explained(manifest, 'read', () => namesInDataset(readFileSync(manifest, 'utf8')))
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

/**
 * Makes a folder whole or not at all: `fill` fills a hidden one beside it, which then takes its place.
 *
 * @throws what `fill` throws; there is nothing new under the final name then.
 */
export async function writeFolderWhole<T>(
  out: string,
  force: boolean,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  const target = resolve(out);
  const beside = (what: string): string =>
    join(dirname(target), `.${basename(target)}-${what}-${process.pid}`);
  const hidden = beside('unfinished');
  const replaced = beside('replaced');
  makeFolder(dirname(target));
  explained(out, 'clean up beside', () => removeAbandoned(target));
  checkOutput(out, force);
  explained(out, 'create the folder', () => mkdirSync(hidden));
  try {
    const result = await fill(hidden);
    // Somebody else may have written there meanwhile.
    checkOutput(out, force);
    explained(out, 'write', () => exchange(hidden, target, replaced));
    return result;
  } finally {
    rmSync(hidden, { recursive: true, force: true });
  }
}

/** Removes what killed processes left beside a folder. One that died half-way through the exchange left the old set aside: it comes back. */
function removeAbandoned(target: string): void {
  const prefix = `.${basename(target)}-`;
  for (const name of readdirSync(dirname(target))) {
    if (!name.startsWith(prefix)) continue;
    const [, what, pid] = /^(unfinished|replaced)-(\d+)$/.exec(name.slice(prefix.length)) ?? [];
    if (what === undefined || isAnotherProcess(Number(pid))) continue;
    const left = join(dirname(target), name);
    if (what === 'replaced' && !existsSync(target)) renameSync(left, target);
    else rmSync(left, { recursive: true, force: true });
  }
}

/** Puts a folder in another's place; where that fails, the other one is there as before. */
function exchange(fresh: string, target: string, aside: string): void {
  const isThere = existsSync(target);
  if (isThere) renameSync(target, aside);
  try {
    renameSync(fresh, target);
  } catch (error) {
    if (isThere) renameSync(aside, target);
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

function explained<T>(path: string, doing: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainFileError(error, doing, path);
  }
}
