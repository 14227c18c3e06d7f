import { decode, type DecodedPng } from 'fast-png';
import { PNG } from 'pngjs';
import { messageOf, UserError } from '../errors.js';
import type { Image } from './image.js';

/** PNG colour types (PNG specification, 11.2.2 IHDR). */
const GRAY = 0;
const RGB = 2;

/** A PNG of 8 bits a channel. It holds no time stamp: the same pixels are the same bytes. */
export function encodePng({ width, height, channels, pixels }: Image): Uint8Array {
  const expected = width * height * channels;
  if (pixels.length !== expected) {
    throw new RangeError(
      `an image of ${width} x ${height} pixels needs ${expected} bytes, found ${pixels.length}`,
    );
  }
  const png = new PNG({ width, height });
  png.data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const colorType = channels === 1 ? GRAY : RGB;
  return PNG.sync.write(png, {
    colorType,
    inputColorType: colorType,
    inputHasAlpha: false,
    bitDepth: 8,
  });
}

/**
 * Reads a PNG, as {@link encodePng} makes them. Of an opaque one by somebody else, which has more channels, the others are left out.
 * (Not by pngjs, which makes RGBA of every pixel first and takes twice as long; a report reads a hundred of them.)
 *
 * @param name what the sentence calls the file when it is damaged.
 * @throws UserError when the bytes are no whole PNG of 8 bits a channel.
 */
export function decodePng(bytes: Uint8Array, name: string): Image {
  const { width, height, data, depth, channels, palette } = read(bytes, name);
  if (depth !== 8 || palette !== undefined)
    throw new UserError(
      `${name}: found ${palette === undefined ? `${depth} bits a channel` : 'a palette'}, expected a PNG file of 8 bits a channel`,
    );
  const kept = channels < 3 ? 1 : 3;
  const pixels =
    channels === kept
      ? new Uint8Array(data)
      : Uint8Array.from(
          { length: width * height * kept },
          (_, i) => data[Math.floor(i / kept) * channels + (i % kept)],
        );
  return { width, height, channels: kept, pixels };
}

function read(bytes: Uint8Array, name: string): DecodedPng {
  try {
    return decode(bytes, { checkCrc: true });
  } catch (error) {
    const reason = messageOf(error);
    throw new UserError(`${name} is not a readable PNG file: ${reason}`);
  }
}
