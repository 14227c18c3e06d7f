import { messageOf, UserError } from '../../errors.js';
import { otherContent } from '../other-content.js';
import { decodePng, inspectPng } from './png.js';
import { decodeJpeg, inspectJpeg } from './jpeg.js';
import { decodeWebp, inspectWebp } from './webp.js';
import { turned } from './orientation.js';
import type { Decoded, Picture, PictureHeader } from './picture.js';

interface PictureFormat {
  readonly name: string;
  isIt(bytes: Uint8Array): boolean;
  /** @throws Error that says what is wrong. */
  inspect(bytes: Uint8Array): PictureHeader;
  /** @throws Error that says what is wrong. */
  decode(bytes: Uint8Array): Decoded | Promise<Decoded>;
}

const startsWith =
  (...start: readonly number[]) =>
  (bytes: Uint8Array): boolean =>
    start.every((byte, k) => bytes[k] === byte);

const textAt = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to));

/** A format for each kind of picture; the content decides and not the name. */
const FORMATS: readonly PictureFormat[] = [
  {
    name: 'PNG',
    isIt: startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    inspect: inspectPng,
    decode: decodePng,
  },
  { name: 'JPEG', isIt: startsWith(0xff, 0xd8, 0xff), inspect: inspectJpeg, decode: decodeJpeg },
  {
    name: 'WebP',
    isIt: (bytes) => textAt(bytes, 0, 4) === 'RIFF' && textAt(bytes, 8, 12) === 'WEBP',
    inspect: inspectWebp,
    decode: decodeWebp,
  },
];

/** What the names of such files end with. */
export const PICTURE_NAME = /\.(png|jpe?g|jpe|jfif|webp)$/i;
/** Pictures of other kinds, which are told of and not passed over. */
export const OTHER_PICTURE_NAME =
  /\.(gif|bmp|tiff?|hei[cf]|avif|jxl|jp2|svg|ico|p[bgnp]m|tga|psd)$/i;

/** The most bytes of a picture's file. */
export const MOST_PICTURE_BYTES = 2 ** 27;
/** The most pixels of a picture, so that memory has a bound: 400 MB while one is decoded. */
const MOST_PIXELS = 100_000_000;

/**
 * What a picture's file says of it.
 *
 * @param name of the file, for messages.
 * @throws UserError for anything but a PNG, JPEG or WebP file of at most a hundred million pixels.
 */
export function inspectPicture(bytes: Uint8Array, name: string): PictureHeader {
  const header = explained(name, () => formatOf(bytes).inspect(bytes));
  const { width, height } = header;
  if (width < 1 || height < 1 || width * height > MOST_PIXELS)
    throw new UserError(
      `${name} says it has ${width} x ${height} pixels; expected at least 1 and at most ${MOST_PIXELS}`,
    );
  return header;
}

/**
 * Decodes a picture: upright, 8 bits a channel, transparent parts before white, gray where its file has no colours.
 *
 * @throws UserError as {@link inspectPicture}, or where the file is damaged.
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<Picture> {
  const header = inspectPicture(bytes, name);
  const format = formatOf(bytes);
  let decoded: Decoded;
  try {
    decoded = await format.decode(bytes);
  } catch (error) {
    throw damaged(name, format.name, error);
  }
  return turned(flattened(decoded, header.isGray), header.orientation);
}

function formatOf(bytes: Uint8Array): PictureFormat {
  const format = FORMATS.find((one) => one.isIt(bytes));
  if (format === undefined)
    throw new Error(
      otherContent(bytes) ??
        `its bytes are of none of ${FORMATS.map(({ name }) => name).join(', ')}`,
    );
  return format;
}

function explained<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw damaged(name, 'PNG, JPEG or WebP', error);
  }
}

function damaged(name: string, format: string, error: unknown): Error {
  if (error instanceof UserError) return error;
  const reason = messageOf(error);
  return new UserError(`${name} is no whole ${format} picture: ${reason.split('\n')[0]}`, {
    cause: error,
  });
}

/** Without opacity: before white, as browsers show it. */
function flattened({ width, height, rgba }: Decoded, isGray: boolean): Picture {
  const channels = isGray ? 1 : 3;
  const pixels = new Uint8Array(width * height * channels);
  for (let k = 0; k < width * height; k++) {
    const opacity = rgba[4 * k + 3];
    for (let channel = 0; channel < channels; channel++) {
      const value = rgba[4 * k + channel];
      pixels[k * channels + channel] =
        opacity === 255 ? value : Math.round((value * opacity + 255 * (255 - opacity)) / 255);
    }
  }
  return { width, height, channels, pixels };
}
