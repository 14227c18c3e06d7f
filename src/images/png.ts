import { decode, type DecodedPng } from 'fast-png';
import { PNG } from 'pngjs';
import { UserError } from '../errors.js';
import type { GrayImage, RgbImage } from './grid.js';

/** PNG colour types (PNG specification, 11.2.2 IHDR). */
const GRAY = 0;
const RGB = 2;

/** A PNG of 8 bits a channel. It holds no time stamp: the same pixels are the same bytes. */
export function encodePng(image: GrayImage | RgbImage): Uint8Array {
  const { width, height } = image;
  const isGray = 'pixels' in image;
  const data = isGray ? image.pixels : image.rgb;
  const expected = width * height * (isGray ? 1 : 3);
  if (data.length !== expected) {
    throw new RangeError(
      `an image of ${width} x ${height} pixels needs ${expected} bytes, found ${data.length}`,
    );
  }
  const png = new PNG({ width, height });
  png.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const colorType = isGray ? GRAY : RGB;
  return PNG.sync.write(png, {
    colorType,
    inputColorType: colorType,
    inputHasAlpha: false,
    bitDepth: 8,
  });
}

/**
 * Reads a gray PNG, as {@link encodePng} makes them. Of a coloured one, its red channel is taken. (Not by pngjs, which makes
 * RGBA of every pixel first and takes twice as long; a report reads a hundred of them.)
 *
 * @param name what the sentence calls the file when it is damaged.
 * @throws UserError when the bytes are no whole PNG of 8 bits a channel.
 */
export function decodeGrayPng(bytes: Uint8Array, name: string): GrayImage {
  const { width, height, data, depth, channels, palette } = read(bytes, name);
  if (depth !== 8 || palette !== undefined)
    throw new UserError(
      `${name}: found ${palette === undefined ? `${depth} bits a channel` : 'a palette'}, expected a PNG file of 8 bits a channel`,
    );
  const pixels =
    channels === 1
      ? new Uint8Array(data)
      : Uint8Array.from({ length: width * height }, (_, i) => data[i * channels]);
  return { width, height, pixels };
}

function read(bytes: Uint8Array, name: string): DecodedPng {
  try {
    return decode(bytes, { checkCrc: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${name} is not a readable PNG file: ${reason}`);
  }
}
