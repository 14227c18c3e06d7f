import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { removeFiles } from './folders.js';

/** As {@link temporaryName} makes them; earlier versions had a process id before the random part. */
const TEMPORARY = /\.(\d+-)?[0-9a-f]{8}\.tmp$/;
/** So that the longest name that a file may have (255 bytes; 143 where names are encrypted) has another one beside it too. */
const MOST_BYTES = 60;

/** The start of a name, for one that is made of it: of a long one not all, in whole characters. */
export function startOf(name: string): string {
  if (Buffer.byteLength(name) <= MOST_BYTES) return name;
  return new TextDecoder()
    .decode(Buffer.from(name).subarray(0, MOST_BYTES))
    .replace(/\ufffd+$/, '');
}

/** The name under which a file is written before it gets its own, as `losses.csv.0badcafe.tmp`. */
export const temporaryName = (path: string): string =>
  join(dirname(path), `${startOf(basename(path))}.${randomBytes(4).toString('hex')}.tmp`);

/**
 * Removes what processes that were killed while they wrote have left in a folder. One that is still at work writes again
 * (replace.ts), unless its lease on the folder was lost (lease.ts), so nobody needs to know whose a file was: process ids of
 * another container or machine would not tell.
 *
 * @param recursive in the folders in it as well.
 */
export function removeTemporaries(folder: string, recursive: boolean): void {
  removeFiles(folder, (name) => TEMPORARY.test(name), recursive);
}
