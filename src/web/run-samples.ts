import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, type ImageShape } from '../data/image-set.js';
import { gridImage, gridSize, scaleOf } from '../images/grid.js';
import { encodePng } from '../images/png.js';
import { ALL_DIGITS } from '../runs/digit-folders.js';
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
const COLUMNS_OF_DIGITS = 10;

/** The samples of a run: 64, or of ten runs, one a digit, ten of each in a row of their own. */
export function samplesOf(
  { folder, rows, digits, description }: RunData,
  read?: ReadSamples,
): RunSamples {
  const { shape } = description.data;
  if (digits === undefined)
    return {
      epochs: sampledEpochs(folder, rows),
      columns: COLUMNS,
      shape,
      read: read ?? sampleReader(folder, shape),
    };
  const runs = new Map([...digits].map(([digit, run]) => [digit, samplesOf(run)]));
  const epochs = [...new Set([...runs.values()].flatMap((run) => run.epochs))];
  return {
    epochs: epochs.sort((a, b) => a - b),
    columns: COLUMNS_OF_DIGITS,
    shape,
    read: (epoch) => ({ epoch, shape, images: rowOfEach(runs, shape, epoch) }),
  };
}

/** Ten samples of each digit, at the epoch or the last before it; black where there is none yet. */
function rowOfEach(
  runs: ReadonlyMap<number, RunSamples>,
  shape: ImageShape,
  epoch: number,
): Uint8Array {
  const rowBytes = COLUMNS_OF_DIGITS * bytesOf(shape);
  const all = new Uint8Array(ALL_DIGITS.length * rowBytes);
  for (const [digit, { epochs, read }] of runs) {
    const newest = epochs.findLast((one) => one <= epoch);
    if (newest !== undefined) all.set(read(newest).images.subarray(0, rowBytes), digit * rowBytes);
  }
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
  if (run.digits === undefined) {
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
    text: `ten samples of each digit, epoch ${epoch}`,
    layout: 'A row a digit, each by its own generator.',
  };
}
