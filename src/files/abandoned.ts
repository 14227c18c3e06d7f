import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isInUse } from './lease.js';

/** What is half-made and older than this, and whose maker cannot be asked, is a killed process's. */
const MILLISECONDS_TO_MAKE = 3_600_000;

/**
 * Removes the folders that killed processes have left half-made.
 *
 * @param isHalfMade tells their names. Their makers hold a lease on them.
 * @param now by the clock of the file system, which may be another machine's: the age of what was made just now.
 */
export function removeAbandoned(
  folder: string,
  isHalfMade: (name: string) => boolean,
  now: number,
): void {
  for (const name of readdirSync(folder).filter(isHalfMade)) {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() !== true) continue;
    const isOld = now - found.mtimeMs > MILLISECONDS_TO_MAKE;
    if (!(isInUse(path) ?? !isOld)) rmSync(path, { recursive: true, force: true });
  }
}
