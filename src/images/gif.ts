import { createRequire } from 'node:module';
import { othersTurn } from '../turns.js';
import type { Image } from './image.js';

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
  image: Image;
  /** how long it is shown; GIF counts in hundredths of a second */
  milliseconds: number;
}

/** Enough for pen strokes; 64 grays would make the file 1.7 times as large. */
const GRAYS = 16;
const GRAY_PALETTE = Array.from({ length: GRAYS }, (_, i) => {
  const tone = Math.round((i * 255) / (GRAYS - 1));
  return [tone, tone, tone];
});
const NEAREST_GRAY = Uint8Array.from({ length: 256 }, (_, tone) =>
  Math.round((tone * (GRAYS - 1)) / 255),
);

/** Tones of red, green and blue: all their mixtures are the 216 colours that every frame has, without searching for its own. */
const TONES = 6;
const COLOR_PALETTE = Array.from({ length: TONES ** 3 }, (_, i) =>
  [Math.floor(i / TONES ** 2), Math.floor(i / TONES) % TONES, i % TONES].map(
    (tone) => (tone * 255) / (TONES - 1),
  ),
);
/** Thresholds by which neighbours are rounded up and down in turns (ordered dithering, Bayer's matrix of 4 x 4). */
const BAYER = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5].map((k) => (k + 0.5) / 16);

/**
 * An animated GIF that repeats for ever: of 16 grays, or of 216 colours where its frames have some. It holds no time stamp: the same
 * frames are the same bytes.
 *
 * Between frames it lets others run, since a hundred of them take a second.
 *
 * @param frames asked for one after the other, so that they need not be in memory at once; all gray, or all coloured.
 */
export async function encodeGif(frames: Iterable<GifFrame>): Promise<Uint8Array> {
  const { GIFEncoder } = require('gifenc') as Gifenc;
  const gif = GIFEncoder();
  let isFirst = true;
  for (const { image, milliseconds } of frames) {
    const palette = image.channels === 1 ? GRAY_PALETTE : COLOR_PALETTE;
    gif.writeFrame(indicesOf(image), image.width, image.height, {
      delay: milliseconds,
      ...(isFirst && { palette, repeat: 0 }),
    });
    isFirst = false;
    await othersTurn();
  }
  gif.finish();
  return gif.bytes();
}

/** Of each pixel, its colour's place in the palette. */
function indicesOf({ width, height, channels, pixels }: Image): Uint8Array {
  if (channels === 1) return pixels.map((tone) => NEAREST_GRAY[tone]);
  const indices = new Uint8Array(width * height);
  for (let k = 0; k < indices.length; k++) {
    const threshold = BAYER[4 * (Math.floor(k / width) % 4) + ((k % width) % 4)];
    const tone = (channel: number): number =>
      Math.floor((pixels[3 * k + channel] * (TONES - 1)) / 255 + threshold);
    indices[k] =
      Math.min(TONES - 1, tone(0)) * TONES ** 2 +
      Math.min(TONES - 1, tone(1)) * TONES +
      Math.min(TONES - 1, tone(2));
  }
  return indices;
}
