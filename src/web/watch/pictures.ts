import { UserError } from '../../errors.js';
import { nameOf } from '../../runs/run-data.js';
import { GRID_FILES, sampleFile } from '../../runs/run-folder.js';
import { isSweep, memberFolder, readSweep } from '../../runs/sweep.js';
import { readOwnPicture } from '../own-picture.js';

/** pictures/RUN/INDEX/EPOCH or pictures/RUN/INDEX/real */
const PICTURE = /^pictures\/([^/]{1,400})\/(0|[1-9]\d{0,4})\/(real|[1-9]\d{0,6})$/;

/**
 * A picture that the page of a run may ask for, by the path in its address.
 *
 * @param folder that is watched; the path must name it, since another one may be watched by now.
 * @returns undefined for whatever else is asked.
 */
export function readWatchedPicture(
  folder: string | undefined,
  path: string,
): Uint8Array | undefined {
  const [, name, index, which] = PICTURE.exec(path) ?? [];
  if (folder === undefined || name !== encodeURIComponent(nameOf(folder))) return undefined;
  const run = runAt(folder, Number(index));
  const file = which === 'real' ? GRID_FILES.real : sampleFile(Number(which));
  return run === undefined ? undefined : readOwnPicture(run, file);
}

function runAt(folder: string, index: number): string | undefined {
  try {
    if (!isSweep(folder)) return index === 0 ? folder : undefined;
    const sweep = readSweep(folder);
    const run = sweep.runs[index];
    return run && memberFolder(sweep, run);
  } catch (error) {
    // Damaged or gone: the page says so.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
