import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, type ImageShape } from '../data/image-set.js';
import { sampleReader, type ReadSamples } from '../charts/pictures.js';
import { GRID_COLUMNS } from '../gan/inputs.js';
import { readSampleGrid } from '../images/sample-grid.js';
import { sampledEpochs, type RunData } from '../runs/run-data.js';
import { smallGrid } from './frames.js';
import { gridOf, type Grid } from './picture-parts.js';

/** The samples of a run over its epochs. */
export interface RunSamples {
  /** Those that have samples. */
  readonly epochs: readonly number[];
  readonly columns: number;
  /** Of an image. */
  readonly shape: ImageShape;
  readonly read: ReadSamples;
}

/** Of each run of a sweep. */
const COLUMNS_OF_SWEEP = 10;
/** Of a larger sweep these are shown. */
export const MOST_ROWS = 20;

/** The samples of a run, or of a sweep some of each run in a row of their own. */
export function samplesOf(
  { folder, rows, sweep, description }: RunData,
  read?: ReadSamples,
): RunSamples {
  const { shape } = description.data;
  if (sweep === undefined)
    return {
      epochs: sampledEpochs(folder, rows),
      columns: GRID_COLUMNS,
      shape,
      read: read ?? sampleReader(folder, shape),
    };
  const shown = sweep.planned.slice(0, MOST_ROWS);
  const runs = shown.map((name) => {
    const run = sweep.runs.get(name);
    return run && samplesOf(run);
  });
  const epochs = [...new Set(runs.flatMap((run) => run?.epochs ?? []))];
  return {
    epochs: epochs.sort((a, b) => a - b),
    columns: COLUMNS_OF_SWEEP,
    shape,
    read: (epoch) => ({ epoch, shape, images: rowOfEach(runs, shape, epoch) }),
  };
}

/** Samples of each run, at the epoch or the last before it; black where there is none yet. */
function rowOfEach(
  runs: readonly (RunSamples | undefined)[],
  shape: ImageShape,
  epoch: number,
): Uint8Array {
  const rowBytes = COLUMNS_OF_SWEEP * bytesOf(shape);
  const all = new Uint8Array(runs.length * rowBytes);
  runs.forEach((run, k) => {
    const newest = run?.epochs.findLast((one) => one <= epoch);
    if (newest !== undefined) all.set(run!.read(newest).images.subarray(0, rowBytes), k * rowBytes);
  });
  return all;
}

/** A grid of a run, ready for a page. */
export interface PageGrid {
  /** A data URI. */
  readonly image: string;
  readonly grid: Grid;
}

/** The newest samples of a run. @returns undefined where it has none. */
export function lastGrid(run: RunData): (PageGrid & { readonly epoch: number }) | undefined {
  const samples = samplesOf(run);
  const epoch = samples.epochs.at(-1);
  if (epoch === undefined) return undefined;
  const { shape, columns } = samples;
  const { images } = samples.read(epoch);
  const grid = gridOf(images, shape, columns);
  return { epoch, image: smallGrid(images, shape, columns), grid };
}

/**
 * A grid that a run has beside its samples, as that of real images.
 *
 * @returns undefined where there is none, as in runs of earlier versions.
 * @throws UserError where it is damaged.
 */
export function gridBeside(run: RunData, file: string): PageGrid | undefined {
  const path = join(run.folder, file);
  if (!existsSync(path)) return undefined;
  const { shape } = run.description.data;
  const images = readSampleGrid(path, shape);
  const grid = gridOf(images, shape, GRID_COLUMNS);
  return { image: smallGrid(images, shape, GRID_COLUMNS), grid };
}
