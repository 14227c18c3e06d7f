import { extname, join } from 'node:path';
import type { Console } from '../cli/console.js';
import { checkFolderOut, checkPictureOut, writePicture } from '../cli/picture-out.js';
import type { SAMPLE_FORMATS } from '../cli/picture-options.js';
import { bytesOf, type ImageShape } from '../data/image-set.js';
import { npzFile } from '../datasets/npz-file.js';
import { UserError } from '../errors.js';
import { checkPlace } from '../files/place.js';
import { entriesOf, writeFolderWhole } from '../files/replace-folder.js';
import { writeFileWhole } from '../files/replace.js';
import { gridImage } from '../images/grid.js';
import { encodePng } from '../images/png.js';

type SampleFormat = (typeof SAMPLE_FORMATS)[number];

/** Images as they are written. */
export interface Samples {
  /** Bytes [n, height, width, channels]. */
  readonly images: Uint8Array;
  readonly shape: ImageShape;
  /** Of the grid. */
  readonly columns: number;
  /** What each was asked for as, where it is known. */
  readonly labels?: Uint16Array;
}

/** In a folder of images: by it the folder is known as ours. */
const LIST = 'images.json';

/** The format that is asked for, by name or by the ending of the file's. */
export const formatOf = ({ format, out }: { format?: SampleFormat; out?: string }): SampleFormat =>
  format ?? (out !== undefined && extname(out).toLowerCase() === '.npz' ? 'npz' : 'png');

/** @throws UserError for a place or a name that cannot be written so. */
export function checkSamplesOut(out: string | undefined, format: SampleFormat): void {
  if (format === 'png') return checkPictureOut(out);
  if (out === undefined) return;
  if (out === '-')
    throw new UserError(`--out: found -, expected a name: only a PNG can go to stdout`);
  if (format === 'npz') return checkPlace(out, 'file');
  checkFolderOut(out);
  checkFolder(out);
}

function checkFolder(out: string): void {
  const entries = entriesOf(out);
  if (entries.length > 0 && !entries.includes(LIST))
    throw new UserError(
      `--out: ${out} is not empty and has no ${LIST} of earlier samples, expected a new folder`,
    );
}

/** Of the names that files have where the user gives none. */
export const ENDINGS: Readonly<Record<SampleFormat, string>> = {
  png: '.png',
  npz: '.npz',
  files: '',
};

/**
 * Writes images in one of the formats.
 *
 * @returns the console to say things on: stdout may be the picture's.
 */
export async function writeSamples(
  samples: Samples,
  format: SampleFormat,
  file: string,
  console: Console,
): Promise<Console> {
  const { images, shape, columns } = samples;
  if (format === 'png')
    return writePicture(file, encodePng(gridImage(images, shape, columns)), console);
  if (format === 'npz') writeFileWhole(file, npzOf(samples));
  else await writeEach(file, samples);
  return console;
}

/** `images` [n, height, width], coloured ones with a last axis of 3, and `labels` [n]. */
function npzOf({ images, shape, labels }: Samples): Uint8Array {
  const [height, width, channels] = shape;
  const n = images.length / bytesOf(shape);
  return npzFile({
    images: {
      type: '|u1',
      shape: channels === 1 ? [n, height, width] : [n, height, width, channels],
      bytes: images,
    },
    ...(labels && {
      labels: {
        type: '<u2',
        shape: [n],
        bytes: new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength),
      },
    }),
  });
}

/** A PNG for each image, as 0007-3.png where it was asked for as 3, and a list of them. */
async function writeEach(folder: string, { images, shape, labels }: Samples): Promise<void> {
  const size = bytesOf(shape);
  const n = images.length / size;
  const digits = Math.max(4, String(n - 1).length);
  const names = Array.from({ length: n }, (_, k) => {
    const label = labels === undefined ? '' : `-${labels[k]}`;
    return `${String(k).padStart(digits, '0')}${label}.png`;
  });
  const check = (): void => checkFolder(folder);
  await writeFolderWhole(folder, { check, seal: LIST }, async (into) => {
    names.forEach((name, k) => {
      const [height, width, channels] = shape;
      const pixels = images.subarray(k * size, (k + 1) * size);
      const image = { width, height, channels: channels as 1 | 3, pixels };
      writeFileWhole(join(into, name), encodePng(image));
    });
    const list = names.map((file, k) => ({ file, ...(labels && { label: labels[k] }) }));
    writeFileWhole(join(into, LIST), Buffer.from(`${JSON.stringify(list, undefined, 2)}\n`));
    return Promise.resolve();
  });
}
