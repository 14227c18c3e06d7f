import { closeSync, constants, openSync, statSync } from 'node:fs';
import { codeOf } from './explain.js';
import { MILLISECONDS_BETWEEN_TRIES, pause } from './held.js';
import { writeAll } from './write-all.js';

/** A pipe takes so many bytes whole or not at all (PIPE_BUF of Linux). */
const WHOLE_BYTES = 4096;
/** A reader may take some seconds from one look to the next. */
const BETWEEN_READS = [...MILLISECONDS_BETWEEN_TRIES, ...Array<number>(10).fill(1000)];

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
