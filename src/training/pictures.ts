import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { drawEvolutionGif, MOST_FRAMES } from '../images/evolution-gif.js';
import {
  chooseEvenly,
  drawEvolutionPng,
  EVOLUTION_ROWS,
  type EpochSamples,
} from '../images/evolution.js';
import { drawLossesPng, type LossRow } from '../images/losses-chart.js';
import { readSampleGrid } from '../images/sample-grid.js';
import { writeFileWhole } from '../files.js';
import { DrawingBudget } from './drawing-budget.js';
import { sampleFile } from './run-folder.js';

/**
 * Draws losses.png, and where the run has samples evolution.png and evolution.gif, anew. They are a function of the rows and
 * of the samples alone. It takes half a second for a short run and about two for a long one; see {@link DrawingBudget}.
 *
 * @param rows of log.jsonl, in the order of epochs; without any, nothing is drawn.
 * @returns the paths written.
 * @throws UserError when a grid of samples is damaged.
 */
export async function drawRunPictures(
  runFolder: string,
  rows: readonly LossRow[],
): Promise<string[]> {
  if (rows.length === 0) return [];
  const written: string[] = [];
  const write = (name: string, bytes: Uint8Array) => {
    writeFileWhole(join(runFolder, name), bytes);
    written.push(join(runFolder, name));
  };
  write('losses.png', await drawLossesPng(rows));
  const epochs = rows
    .map((row) => row.epoch)
    .filter((epoch) => existsSync(join(runFolder, sampleFile(epoch))));
  if (epochs.length === 0) return written;
  const read = reader(runFolder);
  write('evolution.png', await drawEvolutionPng(chooseEvenly(epochs, EVOLUTION_ROWS).map(read)));
  write('evolution.gif', await drawEvolutionGif(chooseEvenly(epochs, MOST_FRAMES).map(read)));
  return written;
}

/** Keeps the pictures of a running training current, as often as {@link DrawingBudget} allows. */
export class CurrentPictures {
  private readonly budget = new DrawingBudget();

  constructor(private readonly runFolder: string) {}

  /** After an epoch: draws when it is due, and says whether it did. The last drawing of a run is drawRunPictures. */
  async keep(rows: readonly LossRow[]): Promise<boolean> {
    return this.budget.draw(() => drawRunPictures(this.runFolder, rows));
  }
}

/** Reads each epoch's samples at most once. */
function reader(runFolder: string): (epoch: number) => EpochSamples {
  const known = new Map<number, EpochSamples>();
  return (epoch) => {
    const samples = known.get(epoch) ?? {
      epoch,
      digits: readSampleGrid(join(runFolder, sampleFile(epoch))),
    };
    known.set(epoch, samples);
    return samples;
  };
}
