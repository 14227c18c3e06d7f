import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { closeSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { codeOf, explained } from './explain.js';
import { removeFile } from './remove.js';
import { flushNow } from './flush.js';
import { askGuards } from './guards.js';

/** Links in a row after which Linux gives up as well (path_resolution(7)). */
const MOST_LINKS = 40;

/**
 * Makes a folder and its parents; a folder that is there already is fine, and where a link leads to nothing yet, the folder
 * is made where it leads. Not with `recursive: true`: in a folder that exists but accepts no new ones (/proc), that call
 * never returns.
 */
export function makeFolder(path: string): void {
  explained('create the folder', path, () => make(resolve(path)));
}

function make(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const place = placeOf(path);
  if (!existsSync(dirname(place))) make(dirname(place));
  try {
    mkdirSync(place);
  } catch (error) {
    // Another process may have been faster.
    if (codeOf(error) !== 'EEXIST' || !statSync(place).isDirectory()) throw error;
  }
}

/**
 * Brings what a folder lists to the disk: a name that was given or taken is not safe from a loss of power before. Systems that
 * cannot (Windows, some network shares) have no other way to ask.
 */
export function syncFolder(path: string): void {
  let folder: number | undefined;
  try {
    folder = openSync(path, 'r');
    flushNow(folder);
  } catch (error) {
    if (
      !['EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP', 'ENOSYS', 'EPERM', 'EBADF'].includes(codeOf(error))
    )
      throw error;
  } finally {
    if (folder !== undefined) closeSync(folder);
  }
}

/**
 * Where a path leads once its last part is followed through symbolic links, also to where there is nothing yet: what is
 * written there is found under the path, and the link stays.
 */
export function placeOf(path: string): string {
  let place = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    if (!lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) return place;
    const next = resolve(dirname(place), readlinkSync(place));
    // The system's own links (/dev/fd/63, which a shell makes of `>(...)`) lead to what has no name.
    if (lstatSync(next, { throwIfNoEntry: false }) === undefined && existsSync(place)) return place;
    place = next;
  }
  // The system says so itself (ELOOP) when the path is used.
  return path;
}

/**
 * Removes the files of a folder whose names are unwanted; folders in it stay.
 *
 * @param recursive those in its folders as well, whose names are paths from the folder.
 */
export function removeFiles(
  folder: string,
  isUnwanted: (name: string) => boolean,
  recursive = false,
): void {
  explained('clean up', folder, () => {
    const entries = readdirSync(folder, { recursive, encoding: 'utf8' });
    for (const path of entries.filter(isUnwanted).map((name) => join(folder, name))) {
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== false) continue;
      askGuards(path);
      removeFile(path);
    }
  });
}
