import { unlinkSync } from 'node:fs';
import { codeOf } from './explain.js';

/** Removes a file; one that is not there is fine. `rmSync` says where that is not permitted (EPERM) that the file is no folder (ENOTDIR). */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
