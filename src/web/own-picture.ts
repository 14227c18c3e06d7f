import { readFileSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';

/** A picture in a run's folder; undefined where there is none, or where a link leads out of the folder. */
export function readOwnPicture(run: string, file: string): Uint8Array | undefined {
  try {
    const real = realpathSync(join(run, file));
    const inside = relative(realpathSync(run), real);
    return inside.startsWith('..') || isAbsolute(inside) ? undefined : readFileSync(real);
  } catch (error) {
    // What cannot be read is as good as missing to who asks over a network.
    if ((error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
}
