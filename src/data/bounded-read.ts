import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { explainFileError } from '../files/explain.js';
import { UserError } from '../errors.js';

/**
 * Reads a file that may be gzip-compressed, never more of it than `maximumBytes`.
 *
 * @returns what is in it, decompressed: no Buffer, whose `slice` would share memory instead of copying it.
 * @throws UserError when it cannot be read, is no ordinary file, is damaged or is larger than that.
 */
export function readBounded(path: string, maximumBytes: number): Uint8Array {
  const bytes = readOrdinaryFile(path, maximumBytes);
  const content = isGzip(bytes) ? gunzipBounded(bytes, path, maximumBytes) : bytes;
  return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
}

/**
 * Decompresses gzip data, and stops as soon as more than `maximumBytes` come out of it: a few kilobytes can
 * claim to hold gigabytes.
 *
 * @param path the name of the file, for messages.
 * @throws UserError when the data is damaged or holds more.
 */
export function gunzipBounded(bytes: Uint8Array, path: string, maximumBytes: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maximumBytes, chunkSize: 1 << 16 });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(`${path}, decompressed,`, maximumBytes);
    if (code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR') {
      throw new UserError(`${path} is damaged: expected whole gzip data, found ${message}`);
    }
    throw error;
  }
}

/** The content decides and not the name: browsers decompress .gz files as they save them, and keep the name. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function readOrdinaryFile(path: string, maximumBytes: number): Uint8Array {
  try {
    // Asked before it is read: opening a pipe waits for its writer. Read by its name: it may be in an archive (Yarn's Plug'n'Play).
    const found = statSync(path);
    if (!found.isFile()) {
      throw new UserError(`${path} is not a file; expected the bytes of an IDX file`);
    }
    if (found.size > maximumBytes) throw tooLarge(path, maximumBytes);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw explainFileError(error, 'read', path);
  }
}

function tooLarge(what: string, maximumBytes: number): UserError {
  return new UserError(`${what} is too large: expected at most ${maximumBytes} bytes`);
}
