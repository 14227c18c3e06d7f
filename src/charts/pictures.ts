import type { ImageShape } from '../data/image-set.js';
import { join } from 'node:path';
import { drawEvolutionGif, MOST_FRAMES } from './evolution-gif.js';
import { chooseEvenly, drawEvolutionPng, EVOLUTION_ROWS, type EpochSamples } from './evolution.js';
import { drawLossesPng, type LossRow } from './losses-chart.js';
import { readSampleGrid } from '../images/sample-grid.js';
import { renewFile } from '../files/replace.js';
import { sampledEpochs } from '../runs/run-data.js';
import { sampleFile } from '../runs/run-folder.js';

/** Gives the samples of an epoch. */
export type ReadSamples = (epoch: number) => EpochSamples;

/**
 * Draws losses.png, and where the run has samples evolution.png and evolution.gif, anew. They are a function of the rows and
 * of the samples alone. It takes half a second for a short run and about two for a long one.
 *
 * @param rows of log.jsonl, in the order of epochs; without any, nothing is drawn.
 * @param into the folder to draw into.
 * @returns the paths written.
 * @throws UserError when a grid of samples is damaged.
 */
export async function drawRunPictures(
  runFolder: string,
  rows: readonly LossRow[],
  read: ReadSamples,
  into = runFolder,
): Promise<string[]> {
  if (rows.length === 0) return [];
  const written: string[] = [];
  const write = async (name: string, bytes: Uint8Array) => {
    await renewFile(join(into, name), bytes);
    written.push(join(into, name));
  };
  await write('losses.png', await drawLossesPng(rows));
  const epochs = sampledEpochs(runFolder, rows);
  if (epochs.length === 0) return written;
  await write(
    'evolution.png',
    await drawEvolutionPng(chooseEvenly(epochs, EVOLUTION_ROWS).map(read)),
  );
  await write('evolution.gif', await drawEvolutionGif(chooseEvenly(epochs, MOST_FRAMES).map(read)));
  return written;
}

/** Reads the samples of a run's epochs, each at most once. @param shape of an image. */
export function sampleReader(runFolder: string, shape: ImageShape): ReadSamples {
  const known = new Map<number, EpochSamples>();
  return (epoch) => {
    const samples = known.get(epoch) ?? {
      epoch,
      shape,
      images: readSampleGrid(join(runFolder, sampleFile(epoch)), shape),
    };
    known.set(epoch, samples);
    return samples;
  };
}
