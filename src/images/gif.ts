import { createRequire } from 'node:module';
import type { GrayImage } from './grid.js';

const require = createRequire(import.meta.url);

/** What this project uses of gifenc, which comes without types. */
interface Gifenc {
  GIFEncoder: () => {
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { palette?: number[][]; delay: number; repeat?: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  };
}

export interface GifFrame {
  image: GrayImage;
  /** how long it is shown; GIF counts in hundredths of a second */
  milliseconds: number;
}

/** Enough for pen strokes; 64 grays would make the file 1.7 times as large. */
const GRAYS = 16;
const PALETTE = Array.from({ length: GRAYS }, (_, i) => {
  const tone = Math.round((i * 255) / (GRAYS - 1));
  return [tone, tone, tone];
});
const NEAREST_GRAY = Uint8Array.from({ length: 256 }, (_, tone) =>
  Math.round((tone * (GRAYS - 1)) / 255),
);

/**
 * An animated GIF of 16 grays that repeats for ever. It holds no time stamp: the same frames are the same bytes.
 *
 * Between frames it lets others run, since a hundred of them take a second.
 *
 * @param frames asked for one after the other, so that they need not be in memory at once.
 */
export async function encodeGif(frames: Iterable<GifFrame>): Promise<Uint8Array> {
  const { GIFEncoder } = require('gifenc') as Gifenc;
  const gif = GIFEncoder();
  let isFirst = true;
  for (const { image, milliseconds } of frames) {
    const indices = image.pixels.map((tone) => NEAREST_GRAY[tone]);
    gif.writeFrame(indices, image.width, image.height, {
      delay: milliseconds,
      ...(isFirst && { palette: PALETTE, repeat: 0 }),
    });
    isFirst = false;
    await new Promise(setImmediate);
  }
  gif.finish();
  return gif.bytes();
}
