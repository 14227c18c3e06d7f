import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { RunError, UserError } from './errors.js';

/** What the operating system's error codes mean to somebody who named a path. */
const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file of that name is in the way',
  EFBIG: 'the limit on the size of files is reached',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
};

/** Errors that the user mends by naming another path; the others (a full disk) are failures of the run. */
const USER_CODES = new Set([
  'EACCES',
  'EEXIST',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'EPERM',
  'EROFS',
  'ERR_FS_FILE_TOO_LARGE',
]);

/** As {@link temporaryName} makes them. */
const TEMPORARY = /\.(\d+)-[0-9a-f]{8}\.tmp$/;

/**
 * Turns an error of the file system into a sentence that names the path.
 *
 * @param doing what was being done, as "write", "read", "create the folder".
 * @returns a {@link UserError}, or a {@link RunError} where the path was fine; any other error unchanged.
 */
export function explainFileError(error: unknown, doing: string, path: string): Error {
  const { code = '', syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const reason = REASONS[code] ?? (syscall === undefined ? undefined : `the system says ${code}`);
  if (reason === undefined) return error instanceof Error ? error : new Error(String(error));
  const sentence = `cannot ${doing} ${path}: ${reason}`;
  return USER_CODES.has(code)
    ? new UserError(sentence, { cause: error })
    : new RunError(sentence, { cause: error });
}

/**
 * Makes a folder and its parents; a folder that is there already is fine. Not by Node.js's `recursive`, which never
 * returns where a folder is there and takes no folders, as /proc.
 */
export function makeFolder(path: string): void {
  try {
    make(resolve(path));
  } catch (error) {
    throw explainFileError(error, 'create the folder', path);
  }
}

function make(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (!existsSync(dirname(path))) make(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory())
      throw error;
  }
}

/**
 * A file's bytes: no Buffer, whose `slice` would share memory instead of copying it.
 *
 * @throws UserError, or RunError where the disk fails.
 */
export function readWhole(path: string): Uint8Array {
  try {
    const { buffer, byteOffset, byteLength } = readFileSync(path);
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    throw explainFileError(error, 'read', path);
  }
}

/** As {@link readWhole}, UTF-8. */
export const readText = (path: string): string => new TextDecoder().decode(readWhole(path));

/**
 * Writes a file whole or not at all: beside its place, synced to the disk, then renamed over what was there.
 * Its folder is made when it is missing. Into a device or a pipe it is written as it is.
 *
 * Why not the package write-file-atomic (6.0.0): it asks the system once to write and does not look at how much was
 * written, so that a disk which fills up leaves a cut-off file in the place of a whole one, without an error.
 */
export function writeFileWhole(path: string, content: string | Uint8Array): void {
  makeFolder(dirname(path));
  try {
    if (isSpecial(path)) return writeFileSync(path, content);
    const target = existsSync(path) ? realpathSync(path) : path;
    const temporary = temporaryName(target);
    try {
      const file = openSync(temporary, 'w');
      try {
        writeFileSync(file, content);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    throw explainFileError(error, 'write', path);
  }
}

/**
 * As {@link writeFileWhole}, without blocking and without making folders: a run's folder that was deleted meanwhile is
 * an error, not a new folder.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw explainFileError(error, 'write', path);
  }
}

/** As {@link replaceFile}, but a file that has this content already is left alone. */
export async function renewFile(path: string, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  if (!hasContent(path, bytes)) await replaceFile(path, bytes);
}

/** Whether there is a file of just this content. */
export function hasContent(path: string, content: string | Uint8Array): boolean {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const found = statSync(path, { throwIfNoEntry: false });
  return (
    found?.isFile() === true &&
    found.size === bytes.length &&
    Buffer.compare(bytes, readWhole(path)) === 0
  );
}

/**
 * Removes what processes that were killed while they wrote have left in a folder.
 *
 * @param recursive in the folders in it as well.
 */
export function removeTemporaries(folder: string, recursive: boolean): void {
  removeFiles(
    folder,
    (name) => {
      const pid = TEMPORARY.exec(name)?.[1];
      return pid !== undefined && !isAnotherProcess(Number(pid));
    },
    recursive,
  );
}

/**
 * Removes the files of a folder whose names are unwanted.
 *
 * @param recursive those in its folders as well, whose names are paths from the folder.
 */
export function removeFiles(
  folder: string,
  isUnwanted: (name: string) => boolean,
  recursive = false,
): void {
  try {
    for (const name of readdirSync(folder, { recursive, encoding: 'utf8' }))
      if (isUnwanted(name)) rmSync(join(folder, name), { force: true });
  } catch (error) {
    throw explainFileError(error, 'clean up', folder);
  }
}

/** Whether another process of that id is there. A file with our own id is of one that had it before us. */
export function isAnotherProcess(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isSpecial(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** The name under which a file is written before it gets its own, as `losses.csv.4711-0badcafe.tmp`, after the process. */
export const temporaryName = (path: string): string =>
  `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
