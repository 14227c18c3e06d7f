import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { UserError } from '../errors.js';
import { checkPlace } from '../files/place.js';
import { writeFileWhole } from '../files/replace.js';
import type { Console } from './console.js';

/** The name of what is written to stdout. */
export const STDOUT = '-';

/** A name that the user gave, which may be another one of stdout. */
export const outNamed = (out: string): string =>
  out === '/dev/stdout' || out === '/dev/fd/1' ? STDOUT : out;

/** Endings of what a PNG is not. */
const OTHER_FORMAT =
  /^\.(jpe?g?|jfif|gif|webp|avif|hei[cf]|jxl|bmp|ico|svg|tiff?|pdf|eps|ps|mp4|webm|np[yz]|csv|json|html?|txt|md|zip|gz|tar|tgz|7z|parquet|onnx|pkl|mat|h5|tga|psd|p[bgnp]m)$/;

/**
 * Checks a name that the user gave for a PNG, before it is drawn.
 *
 * @param also other endings that the command writes.
 * @throws UserError for the name of another format, or a place that cannot be written.
 */
export function checkPictureOut(out: string | undefined, also: readonly string[] = []): void {
  if (out === undefined || out === STDOUT) return;
  const end = extname(out).toLowerCase();
  if (OTHER_FORMAT.test(end) && !also.includes(end))
    throw new UserError(
      `--out: found ${out}, expected a name that ends in .png: it is written as PNG`,
    );
  checkPlace(out, 'file');
}

/** What a file is called, and a folder is not. */
const isFileName = (name: string): boolean =>
  OTHER_FORMAT.test(extname(name).toLowerCase()) || /\.png$/i.test(name);

/**
 * Checks a name that the user gave for a folder of results.
 *
 * @throws UserError for stdout, for the name of a file, or a place that cannot be written.
 */
export function checkFolderOut(out: string | undefined): void {
  if (out === undefined) return;
  if (out === STDOUT || (isFileName(out) && !existsSync(out)))
    throw new UserError(
      `--out: found ${out}, expected the name of a folder: several files are written into it`,
    );
  checkPlace(out, 'folder');
}

/** Writes a PNG, or hands it to whoever reads stdout, where what is said goes to stderr. Returns the console to say things on. */
export function writePicture(out: string, png: Uint8Array, console: Console): Console {
  if (out !== STDOUT) {
    writeFileWhole(out, png);
    return console;
  }
  console.stdout.write(png);
  return {
    ...console,
    say: (text) => console.warn(text),
    tell: (text) => console.warn(text),
    wrote: () => {},
  };
}
