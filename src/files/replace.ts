import { chmodSync, chownSync, closeSync, ftruncateSync } from 'node:fs';
import { openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.js';
import { codeOf, explainFileError } from './explain.js';
import { flush, flushNow } from './flush.js';
import { makeFolder, placeOf } from './folders.js';
import { askGuards } from './guards.js';
import { HELD, MILLISECONDS_BETWEEN_TRIES, pause } from './held.js';
import { hasContent } from './read.js';
import { removeFile } from './remove.js';
import { isFile, isSpecial, writeSpecial } from './special.js';
import { startOf, temporaryName } from './temporaries.js';
import { writeAll } from './write-all.js';

/** Replacing files: every file that gets its content whole goes through here. */

/** What a folder says that takes no new file, though one that is there may be written: a file mounted from elsewhere, a sticky folder. */
const IN_PLACE = new Set(['EACCES', 'EBUSY', 'EPERM', 'EROFS', 'EXDEV']);
/** A temporary file may be taken for a killed process's and removed: it is written again so many times. */
const MOST_LOST = 3;

/**
 * Writes a file whole or not at all: beside its place, synced to the disk, then renamed over what was there, whose mode and
 * owner it gets. Its folder is made when it is missing; a link stays a link; into a device or a pipe it is written as it is. Where
 * a name cannot change (a mounted file), the content does, and comes back where the new one does not fit.
 *
 * Why not the package write-file-atomic (8.0.0): it asks the system once to write and does not look at how much was
 * written, so that a disk which fills up leaves a cut-off file in the place of a whole one, without an error.
 *
 * @throws UserError, or RunError where the disk fails. Where the file stays in another program's hands, the new content is kept
 *   beside it, and the error says where.
 */
export function writeFileWhole(path: string, content: string | Uint8Array): void {
  const place = placeOf(path);
  makeFolder(dirname(place));
  try {
    if (isSpecial(place)) return writeSpecial(place, content);
    for (let lost = 0; ; lost++) if (replaced(place, content, lost === MOST_LOST)) return;
  } catch (error) {
    throw explainFileError(error, 'write', path);
  }
}

/** Whether it was; not where the temporary file vanished and this is not the last time. */
function replaced(place: string, content: string | Uint8Array, isLast: boolean): boolean {
  const temporary = temporaryName(place);
  try {
    const file = openSync(temporary, 'w');
    try {
      writeFileSync(file, content);
      flushNow(file);
    } finally {
      closeSync(file);
    }
    for (const wait of moves(temporary, place)) pause(wait);
    return true;
  } catch (error) {
    return recovered(error, { temporary, place, content, isLast, keep: true });
  }
}

/**
 * As {@link writeFileWhole}, without blocking, and without making folders: a run's folder that was deleted meanwhile is
 * an error, not a new folder.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  try {
    const place = placeOf(path);
    for (let lost = 0; ; lost++)
      if (await replacedMeanwhile(place, content, lost === MOST_LOST)) return;
  } catch (error) {
    throw explainFileError(error, 'write', path);
  }
}

async function replacedMeanwhile(
  place: string,
  content: string | Uint8Array,
  isLast: boolean,
): Promise<boolean> {
  const temporary = temporaryName(place);
  try {
    await synced(await open(temporary, 'w'), content);
    for (const wait of moves(temporary, place)) await sleep(wait);
    return true;
  } catch (error) {
    return recovered(error, { temporary, place, content, isLast, keep: false });
  }
}

async function synced(file: FileHandle, content: string | Uint8Array): Promise<void> {
  try {
    await file.writeFile(content);
    await flush(file.fd);
  } finally {
    await file.close();
  }
}

/** As {@link replaceFile}, but a file that has this content already is left alone. */
export async function renewFile(path: string, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  if (!isSame(path, bytes)) await replaceFile(path, bytes);
}

/** What cannot be read is written anew: that says better what is wrong. */
function isSame(path: string, bytes: Uint8Array): boolean {
  try {
    return hasContent(path, bytes);
  } catch {
    return false;
  }
}

/** Moves a file over another's name. Gives the milliseconds to wait before it tries again, while somebody holds the other. */
function* moves(temporary: string, place: string): Generator<number, void> {
  dressAs(place, temporary);
  for (const wait of [...MILLISECONDS_BETWEEN_TRIES, undefined]) {
    // Between the writing and the move: what a lease that is lost in this moment means for it is told in lease.ts.
    askGuards(place);
    try {
      return renameSync(temporary, place);
    } catch (error) {
      if (wait === undefined || !HELD.has(codeOf(error)) || isMountPoint(error)) throw error;
    }
    yield wait;
  }
}

interface Failed {
  readonly temporary: string;
  readonly place: string;
  readonly content: string | Uint8Array;
  readonly isLast: boolean;
  /** Whether the new content is kept beside a file that somebody does not let go of. */
  readonly keep: boolean;
}

/** Whether the content is in its place all the same; false where it is to be written again. Throws where neither. */
function recovered(error: unknown, { temporary, place, content, isLast, keep }: Failed): boolean {
  try {
    if (!isLast && vanished(error, temporary)) return false;
    if (overwrote(error, place, content)) return true;
    if (!keep || !HELD.has(codeOf(error)) || !exists(temporary)) throw error;
    const end = extname(place);
    const beside = join(dirname(place), `${startOf(basename(place, end))}.new${end}`);
    renameSync(temporary, beside);
    const { message } = explainFileError(error, 'write', place);
    throw new UserError(`${message}; what was to be written is in ${beside}`, { cause: error });
  } finally {
    removeFile(temporary);
  }
}

/** Mode and owner of what is there; who may not give a file away keeps it. */
function dressAs(place: string, temporary: string): void {
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined) return;
  const own = statSync(temporary);
  if (own.uid !== found.uid || own.gid !== found.gid)
    whereLet(() => chownSync(temporary, found.uid, found.gid));
  // Last: who gives a file away loses what lets others act as its owner.
  if (own.mode !== found.mode) whereLet(() => chmodSync(temporary, found.mode & 0o7777));
}

/** Only root gives files away, and some network shares keep modes to themselves. Under the new ones the content is as good. */
function whereLet(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw error;
  }
}

/** Linux says so of a name on which something is mounted, and waiting does not help; Windows of a file that is open. */
const isMountPoint = (error: unknown): boolean =>
  codeOf(error) === 'EBUSY' && process.platform !== 'win32';

const vanished = (error: unknown, temporary: string): boolean =>
  codeOf(error) === 'ENOENT' && !exists(temporary) && exists(dirname(temporary));

/** Writes into a file that is there and whose name cannot be replaced; false where that is not so. */
function overwrote(reason: unknown, place: string, content: string | Uint8Array): boolean {
  if (!IN_PLACE.has(codeOf(reason)) || !isFile(place)) return false;
  let file: number;
  try {
    file = openSync(place, 'r+');
  } catch {
    // The first reason is the one to be told.
    return false;
  }
  try {
    askGuards(place);
    const before = readFileSync(file);
    try {
      fill(file, typeof content === 'string' ? Buffer.from(content) : content);
    } catch (error) {
      // The old bytes have their place on the disk still.
      fill(file, before);
      throw error;
    }
    return true;
  } finally {
    closeSync(file);
  }
}

function fill(file: number, bytes: Uint8Array): void {
  writeAll(file, bytes, 0);
  ftruncateSync(file, bytes.length);
  flushNow(file);
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
