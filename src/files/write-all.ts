import { writeSync } from 'node:fs';

/**
 * Writes all of the bytes: a disk that is filling up takes a part at first, and only then says that it is full.
 *
 * @param position where in the file; without it, at its end or where it was left.
 */
export function writeAll(file: number, bytes: Uint8Array, position?: number): void {
  for (let done = 0; done < bytes.length;) {
    const at = position === undefined ? null : position + done;
    done += writeSync(file, bytes, done, bytes.length - done, at);
  }
}
