import { chooseEvenly, type EpochSamples } from '../charts/evolution.js';
import type { ImageShape } from '../data/image-set.js';
import { gridImage } from '../images/grid.js';
import { encodePng } from '../images/png.js';

/** The samples of an epoch as a picture of a page. */
export interface Frame {
  readonly epoch: number;
  /** A data URI that the page carries in itself, or where the server has it. */
  readonly image: string;
}

/** Of a thousand epochs so many are shown: a hundred take 3 MB, and a page still opens in a second. */
export const MOST_FRAMES = 100;

/** 16 tones of a channel take half of the bytes of 256 and look the same on strokes. */
const TONE_STEP = 17;

/**
 * At most 100 epochs evenly chosen, the first and the last among them.
 *
 * @param read gives the samples of an epoch.
 */
export function evolutionFrames({
  epochs,
  columns,
  read,
}: {
  readonly epochs: readonly number[];
  readonly columns: number;
  readonly read: (epoch: number) => EpochSamples;
}): Frame[] {
  return chooseEvenly(epochs, MOST_FRAMES).map((epoch) => {
    const { images, shape } = read(epoch);
    return { epoch, image: smallGrid(images, shape, columns) };
  });
}

/** A grid as a data URI, at one pixel a pixel and in 16 tones of each channel: the page enlarges it. */
export function smallGrid(images: Uint8Array, shape: ImageShape, columns: number): string {
  const few = images.map((tone) => Math.round(tone / TONE_STEP) * TONE_STEP);
  return pngUri(encodePng(gridImage(few, shape, columns, 1)));
}

export const pngUri = (png: Uint8Array): string =>
  `data:image/png;base64,${Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString('base64')}`;
