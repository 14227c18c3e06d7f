import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { permissionReason, RunError, UserError } from '../errors.js';

/** What the operating system's error codes mean to somebody who named a path; others are told in the system's own words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EAGAIN: 'its reader has stopped reading',
  EBUSY: 'another program has it open, or it is a mount point',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file of that name is in the way',
  EFBIG: 'the limit on the size of files is reached',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'the whole system has too many files open',
  ENOENT: 'no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file, not a folder',
  ENOTEMPTY: 'the folder is not empty',
  ENXIO: 'nobody reads what is written into it',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ESTALE: 'the network file system no longer knows it',
  ERR_FS_EISDIR: 'it is a folder',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
};

/** Errors that the user mends by naming another path; the others (a full disk) are failures of the run. */
const USER_CODES = new Set([
  'EACCES',
  'EBUSY',
  'EEXIST',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'ENOTEMPTY',
  'ENXIO',
  'EPERM',
  'EROFS',
  'ERR_FS_EISDIR',
  'ERR_FS_FILE_TOO_LARGE',
  'ERR_ACCESS_DENIED',
]);

/** Names of what systems say, by Node.js' numbers, which are negative. */
const NAMES = new Map(Object.entries(constants.errno).map(([name, number]) => [-number, name]));

/** The code of an error of the file system, as ENOENT; empty for any other error. */
export function codeOf(error: unknown): string {
  const { code = '', errno = 0 } = (error ?? {}) as NodeJS.ErrnoException;
  // Node.js has no names for some: EDQUOT is "UNKNOWN", ESTALE "Unknown system error -116".
  return /^unknown/i.test(code) ? (NAMES.get(errno) ?? code) : code;
}

/**
 * Turns an error of the file system into a sentence that names the path.
 *
 * @param doing what was being done, as "write", "read", "create the folder".
 * @returns a {@link UserError}, or a {@link RunError} where the path was fine; any other error unchanged.
 */
export function explainFileError(error: unknown, doing: string, path: string): Error {
  const code = codeOf(error);
  const { errno, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const reason =
    REASONS[code] ??
    permissionReason(error) ??
    (syscall === undefined ? undefined : systemText(code, errno));
  if (reason === undefined) return error instanceof Error ? error : new Error(String(error));
  const sentence = `cannot ${doing} ${path}: ${reason}`;
  return USER_CODES.has(code)
    ? new UserError(sentence, { cause: error })
    : new RunError(sentence, { cause: error });
}

/** Does something with a path; what the file system refuses becomes a sentence, as {@link explainFileError} makes it. */
export function explained<T>(doing: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainFileError(error, doing, path);
  }
}

function systemText(code: string, errno: number | undefined): string {
  const text = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return text === undefined ? `the system says ${code}` : `the system says ${code}, ${text}`;
}
