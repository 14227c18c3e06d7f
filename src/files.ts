import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import writeFileAtomically from 'write-file-atomic';
import { RunError, UserError } from './errors.js';

/** What the operating system's error codes mean to somebody who named a path. */
const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file of that name is in the way',
  EISDIR: 'it is a folder',
  ENOENT: 'no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
};

/** Errors that the user mends by naming another path; the others (a full disk) are failures of the run. */
const USER_CODES = new Set(['EACCES', 'EEXIST', 'EISDIR', 'ENOENT', 'ENOTDIR', 'EPERM', 'EROFS']);

/**
 * Turns an error of the file system into a sentence that names the path.
 *
 * @param doing what was being done, as "write", "read", "create the folder".
 * @returns a {@link UserError}, or a {@link RunError} where the path was fine; any other error unchanged.
 */
export function explainFileError(error: unknown, doing: string, path: string): Error {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  const reason = REASONS[code];
  if (reason === undefined) return error instanceof Error ? error : new Error(String(error));
  const sentence = `cannot ${doing} ${path}: ${reason}`;
  return USER_CODES.has(code) ? new UserError(sentence) : new RunError(sentence);
}

/** Makes a folder and its parents; a folder that is there already is fine. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw explainFileError(error, 'create the folder', path);
  }
}

/**
 * Writes a file whole or not at all: beside its place, synced to the disk, then renamed over what was there.
 * Its folder is made when it is missing.
 */
export function writeFileWhole(path: string, content: string | Uint8Array): void {
  makeFolder(dirname(path));
  try {
    writeFileAtomically.sync(
      path,
      typeof content === 'string'
        ? content
        : Buffer.from(content.buffer, content.byteOffset, content.byteLength),
    );
  } catch (error) {
    throw explainFileError(error, 'write', path);
  }
}

/**
 * As {@link writeFileWhole}, without blocking and without making folders: a run's folder that was deleted meanwhile is
 * an error, not a new folder.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFileAtomically(
      path,
      typeof content === 'string'
        ? content
        : Buffer.from(content.buffer, content.byteOffset, content.byteLength),
    );
  } catch (error) {
    throw explainFileError(error, 'write', path);
  }
}
