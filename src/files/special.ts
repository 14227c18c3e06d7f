import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { codeOf } from './explain.js';
import { MILLISECONDS_BETWEEN_TRIES, pause } from './held.js';
import { writeAll } from './write-all.js';

/** A pipe takes so many bytes whole or not at all (PIPE_BUF of Linux). */
const WHOLE_BYTES = 4096;
/** A reader may take some seconds from one look to the next. */
const BETWEEN_READS = [...MILLISECONDS_BETWEEN_TRIES, ...Array<number>(10).fill(1000)];

/** Whether a path leads to a file; a pipe would let its reader wait. */
export const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Whether a path leads to a folder. */
export const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Whether a path is a device, a pipe or a socket. */
export function isSpecial(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/**
 * Writes into a device or a pipe. A call that waits for a pipe's reader hears no signal, so none does: it is tried as often as a file
 * that somebody holds, and a reader that has come may take longer.
 *
 * @throws what the system says: ENXIO where nobody reads, EAGAIN where somebody has stopped to.
 */
export function writeSpecial(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const file = patiently('ENXIO', MILLISECONDS_BETWEEN_TRIES, () =>
    openSync(path, constants.O_WRONLY | (constants.O_NONBLOCK ?? 0)),
  );
  try {
    for (let from = 0; from < bytes.length; from += WHOLE_BYTES)
      patiently('EAGAIN', BETWEEN_READS, () =>
        writeAll(file, bytes.subarray(from, from + WHOLE_BYTES)),
      );
  } finally {
    closeSync(file);
  }
}

/**
 * Reads a device or a pipe to its end, by no call that waits for the other side.
 *
 * @returns at most so many bytes and one more, which tells that there are others; none of a pipe into which nobody writes.
 * @throws what the system says: EAGAIN where the writer has stopped to.
 */
export function readSpecial(path: string, most: number): Uint8Array {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const chunk = Buffer.alloc(1 << 16);
    const read = (): number =>
      patiently('EAGAIN', BETWEEN_READS, () => readSync(file, chunk, 0, chunk.length, null));
    let count = read();
    // A pipe without a writer ends at once; one may still come.
    const waits = statSync(path).isFIFO() ? MILLISECONDS_BETWEEN_TRIES : [];
    for (const wait of waits) {
      if (count > 0) break;
      pause(wait);
      count = read();
    }
    const chunks: Buffer[] = [];
    for (let all = 0; count > 0 && all <= most; all += count, count = read())
      chunks.push(Buffer.from(chunk.subarray(0, count)));
    return Buffer.concat(chunks).subarray(0, most + 1);
  } finally {
    closeSync(file);
  }
}

function patiently<T>(code: string, waits: readonly number[], work: () => T): T {
  for (const wait of waits) {
    try {
      return work();
    } catch (error) {
      if (codeOf(error) !== code) throw error;
      pause(wait);
    }
  }
  return work();
}
