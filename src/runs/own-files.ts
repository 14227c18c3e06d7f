import { readdirSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { UserError } from '../errors.js';
import { explainFileError } from '../files/explain.js';

/**
 * Checks that whatever is read or written under a run's folder lies in it: that it holds only files and folders, and no
 * link that leads elsewhere. A run from a stranger could else have files of another place overwritten when it is resumed,
 * or let its reader wait for a pipe. The folder itself may be a link.
 *
 * @throws UserError that names the first thing that is none of these.
 */
export function checkOwnFiles(folder: string): void {
  try {
    check(folder, realpathSync(folder));
  } catch (error) {
    throw explainFileError(error, 'read', folder);
  }
}

function check(folder: string, run: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) check(path, run);
    else if (entry.isSymbolicLink()) checkLink(path, run);
    else if (!entry.isFile())
      throw new UserError(
        `${path} is neither a file nor a folder, expected a run's own files: remove it`,
      );
  }
}

function checkLink(path: string, run: string): void {
  let inside: string | undefined;
  try {
    inside = relative(run, realpathSync(path));
  } catch {
    // It leads to nothing, or in a circle; a file might be made there.
  }
  if (inside === undefined || inside.startsWith('..') || isAbsolute(inside))
    throw new UserError(
      `${path} is a link that leads out of the run, expected a run's own files: remove it`,
    );
}
