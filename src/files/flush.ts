import { fsync, fsyncSync } from 'node:fs';
import { promisify } from 'node:util';
import { codeOf } from './explain.js';

const fsyncLater = promisify(fsync);

/** Brings a file's content to the disk. By its descriptor: the file handles of Yarn's Plug'n'Play have no `sync`. */
export const flush = (file: number): Promise<void> =>
  // An async function, since what is not permitted is thrown at once.
  (async () => fsyncLater(file))().catch(unlessForbidden);

/** As {@link flush}, without others' turn. */
export function flushNow(file: number): void {
  try {
    fsyncSync(file);
  } catch (error) {
    unlessForbidden(error);
  }
}

/** With Node.js' permissions (--permission) nobody may ask for it: what is written is then as safe as the system makes it by itself. */
function unlessForbidden(error: unknown): void {
  if (codeOf(error) !== 'ERR_ACCESS_DENIED') throw error;
}
