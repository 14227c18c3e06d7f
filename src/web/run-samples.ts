import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, type ImageShape } from '../data/image-set.js';
import { gridImage, gridSize, scaleOf } from '../images/grid.js';
import { encodePng } from '../images/png.js';
import { wordsOf } from '../names.js';
import { sampleReader, type ReadSamples } from '../charts/pictures.js';
import { sampleFile } from '../runs/run-folder.js';
import { sampledEpochs, type RunData } from '../runs/run-data.js';

/** The samples of a run over its epochs. */
export interface RunSamples {
  /** Those that have samples. */
  readonly epochs: readonly number[];
  readonly columns: number;
  /** Of an image. */
  readonly shape: ImageShape;
  readonly read: ReadSamples;
}

const COLUMNS = 8;
const COLUMNS_OF_SWEEP = 10;
/** Of a larger sweep these are shown. */
const MOST_ROWS = 20;

/** The samples of a run: 64, or of a sweep ten of each run in a row of their own. */
export function samplesOf(
  { folder, rows, sweep, description }: RunData,
  read?: ReadSamples,
): RunSamples {
  const { shape } = description.data;
  if (sweep === undefined)
    return {
      epochs: sampledEpochs(folder, rows),
      columns: COLUMNS,
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

/** Ten samples of each run, at the epoch or the last before it; black where there is none yet. */
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

/** The newest grid of samples of a run. */
export interface LastGrid {
  readonly epoch: number;
  readonly png: Uint8Array;
  /** in pixels */
  readonly width: number;
  /** What it shows, in words. */
  readonly text: string;
  /** How it is laid out, in words. */
  readonly layout: string;
}

/** @returns undefined where the run has no samples. */
export function lastGrid(run: RunData, samples = samplesOf(run)): LastGrid | undefined {
  const epoch = samples.epochs.at(-1);
  if (epoch === undefined) return undefined;
  const { shape, columns } = samples;
  const { width } = gridSize(1, shape, columns, scaleOf(shape));
  if (run.sweep === undefined) {
    const png = readFileSync(join(run.folder, sampleFile(epoch)));
    return {
      epoch,
      png,
      width,
      text: `64 samples of epoch ${epoch}`,
      layout: 'As the generator draws them now.',
    };
  }
  const png = encodePng(gridImage(samples.read(epoch).images, shape, columns));
  return {
    epoch,
    png,
    width,
    text: `ten samples of each ${run.sweep.varied.map(wordsOf).join(' and ')}, epoch ${epoch}`,
    layout: 'One row per run, each by its own generator.',
  };
}
