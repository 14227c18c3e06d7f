import { blank, chooseEvenly, paste, type EpochSamples } from './evolution.js';
import { encodeGif } from './gif.js';
import { gridImage, type GrayImage } from './grid.js';
import { drawLabels } from './labels.js';

export const MOST_FRAMES = 100;
const MOST_BYTES = 5_000_000;
const LABEL_HEIGHT = 26;
const FRAME_MILLISECONDS = 100;
const LAST_FRAME_MILLISECONDS = 2000;

/**
 * evolution.gif: the grid of samples, 8 in a row, growing over at most 100 epochs evenly chosen out of the run, with the epoch
 * below it. Frames are left out, every other one, until the file has at most 5,000,000 bytes: noise hardly compresses.
 */
export async function drawEvolutionGif(samples: readonly EpochSamples[]): Promise<Uint8Array> {
  for (let most = MOST_FRAMES; ; most = Math.ceil(most / 2)) {
    const images = await drawFrames(chooseEvenly(samples, most));
    const gif = await encodeGif(
      images.map((image, i) => ({
        image,
        milliseconds: i === images.length - 1 ? LAST_FRAME_MILLISECONDS : FRAME_MILLISECONDS,
      })),
    );
    if (gif.length <= MOST_BYTES || most <= 2) return gif;
  }
}

async function drawFrames(samples: readonly EpochSamples[]): Promise<GrayImage[]> {
  const grids = samples.map(({ digits }) => gridImage(digits, 8));
  const width = Math.max(...grids.map((grid) => grid.width));
  const height = Math.max(...grids.map((grid) => grid.height));
  const labels = await drawLabels(
    samples.map(({ epoch }) => `epoch ${epoch}`),
    { width, height: LABEL_HEIGHT, align: 'middle', color: '#ffffff', background: '#000000' },
  );
  return grids.map((grid, i) => {
    const frame = blank(width, height + LABEL_HEIGHT, 0);
    paste(frame, grid, 0, 0);
    paste(frame, labels[i], 0, height);
    return frame;
  });
}
