import { readFileSync, realpathSync } from 'node:fs';
import { join, relative, isAbsolute } from 'node:path';
import { sampleFile } from '../runs/run-folder.js';

/** The sample grid of an epoch; undefined where there is none, or where a link leads out of the run's folder. */
export function readSampleFile(run: string, epoch: number): Uint8Array | undefined {
  try {
    const real = realpathSync(join(run, sampleFile(epoch)));
    const inside = relative(realpathSync(run), real);
    return inside.startsWith('..') || isAbsolute(inside) ? undefined : readFileSync(real);
  } catch (error) {
    // What cannot be read is as good as missing to who asks over a network.
    if ((error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
}
