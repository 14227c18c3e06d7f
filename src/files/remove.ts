import { lstatSync, unlinkSync } from 'node:fs';

/** Removes a file; one that is not there is fine. `rmSync` says where that is not permitted (EPERM) that the file is no folder (ENOTDIR). */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    // A read-only file system says so (EROFS) also of what is not there.
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw error;
  }
}
