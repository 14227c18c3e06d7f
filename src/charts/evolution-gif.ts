import { chooseEvenly, type EpochSamples } from './evolution.js';
import { bytesOf } from '../data/image-set.js';
import { encodeGif, type GifFrame } from '../images/gif.js';
import { gridImage, gridSize, scaleOf } from '../images/grid.js';
import { blank, paste } from '../images/image.js';
import { drawLabels } from '../images/labels.js';

const COLUMNS = 8;
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
    const gif = await encodeGif(await frames(chooseEvenly(samples, most)));
    if (gif.length <= MOST_BYTES || most <= 2) return gif;
  }
}

/** Each frame is put together when it is asked for: a hundred take 50 MB. */
async function frames(samples: readonly EpochSamples[]): Promise<Iterable<GifFrame>> {
  const [{ shape }] = samples;
  const sizes = samples.map(({ images }) =>
    gridSize(images.length / bytesOf(shape), shape, COLUMNS, scaleOf(shape)),
  );
  const width = Math.max(...sizes.map((size) => size.width));
  const height = Math.max(...sizes.map((size) => size.height));
  const labels = await drawLabels(
    samples.map(({ epoch }) => `epoch ${epoch}`),
    { width, height: LABEL_HEIGHT, align: 'middle', color: '#ffffff', background: '#000000' },
  );
  return (function* () {
    for (const [i, { images }] of samples.entries()) {
      const grid = gridImage(images, shape, COLUMNS);
      const image = blank(width, height + LABEL_HEIGHT, grid.channels, 0);
      paste(image, grid, 0, 0);
      paste(image, labels[i], 0, height);
      const isLast = i === samples.length - 1;
      yield { image, milliseconds: isLast ? LAST_FRAME_MILLISECONDS : FRAME_MILLISECONDS };
    }
  })();
}
