import { Random } from '../data/random.js';
import { labelsInTurn } from './labels.js';
import { drawLatent } from './latent.js';
import { labelLoop, latentLoop } from './latent-walk.js';
import type { RunOptions } from './options.js';

/** Images in each grid of a run: 8 x 8. */
export const GRID_SIZE = 64;
export const GRID_COLUMNS = 8;

/** What a generator makes the images of a grid from. */
export interface GridInputs {
  /** [64, latentSize] */
  readonly z: Float32Array;
  /** [64, classes], where the networks take them. */
  readonly labels?: Float32Array;
}

/** The sizes of a generator's inputs. */
interface Sizes {
  readonly latentSize: number;
  /** 0 where it takes none. */
  readonly classes: number;
}

/** Of the samples of a run: z fixed by the seed, the classes in turn. */
export function gridInputs(
  { latentSize, classes }: Sizes,
  { seed, latent }: Pick<RunOptions, 'seed' | 'latent'>,
): GridInputs {
  const z = new Float32Array(GRID_SIZE * latentSize);
  drawLatent(new Random(seed, 'samples'), latent, z);
  return { z, ...(classes > 0 && { labels: labelsInTurn(GRID_SIZE, classes) }) };
}

/** Of a walk through the samples of a grid's first row and back to the first one, eight images from each to the next. */
export function walkInputs({ latentSize, classes }: Sizes, { z }: GridInputs): GridInputs {
  const steps = GRID_SIZE / GRID_COLUMNS;
  const places = Array.from({ length: GRID_COLUMNS }, (_, k) => k);
  const points = places.map((k) => z.subarray(k * latentSize, (k + 1) * latentSize));
  return {
    z: latentLoop(points, steps),
    ...(classes > 0 && {
      labels: labelLoop(
        places.map((k) => k % classes),
        classes,
        steps,
      ),
    }),
  };
}
