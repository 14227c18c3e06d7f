import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the user names the generator that is in the package. */
export const PACKAGED = 'packaged';

/** It lies there as a run does, without what only a training needs; `npm run make:generator` makes it. */
export const PACKAGED_RUN = fileURLToPath(new URL('../../models/generator', import.meta.url));

/** A run as the user names it. */
export const nameOfRun = (run: string): string => (run === PACKAGED_RUN ? PACKAGED : run);

/** Where the files go that are made of a run: into it; those of the packaged generator into `outputs`. */
export const placeOfRun = (run: string, outputs: string): string =>
  run === PACKAGED_RUN ? join(outputs, PACKAGED) : run;
