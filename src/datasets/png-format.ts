import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIGITS, IMAGE_PIXELS, IMAGE_SIDE } from '../data/idx.js';
import { explainFileError } from '../files.js';
import { encodePng } from '../images/png.js';
import { PARTS, type OpenFormat, type Part } from './format.js';
import { StreamedFile } from './streamed-file.js';

const SUMS = 'SHA256SUMS';
const NUMBER_CHARACTERS = 6;

/**
 * train/0/000000.png and so on, a folder a digit, as torchvision's ImageFolder and Keras' image_dataset_from_directory read them;
 * and the digests of all of them in one file, as `sha256sum --check` reads it.
 */
export const openPng: OpenFormat = (folder) => {
  for (const part of PARTS)
    for (let digit = 0; digit < DIGITS; digit++)
      written(join(folder, part, String(digit)), (path) => mkdirSync(path, { recursive: true }));
  const sums = new StreamedFile(join(folder, SUMS), SUMS);
  const next: Record<Part, number[]> = {
    train: new Array<number>(DIGITS).fill(0),
    test: new Array<number>(DIGITS).fill(0),
  };
  return {
    add(part, { images, labels, count }) {
      for (let k = 0; k < count; k++) {
        const pixels = images.subarray(k * IMAGE_PIXELS, (k + 1) * IMAGE_PIXELS);
        const png = encodePng({ width: IMAGE_SIDE, height: IMAGE_SIDE, pixels });
        const number = String(next[part][labels[k]]++).padStart(NUMBER_CHARACTERS, '0');
        const name = `${part}/${labels[k]}/${number}.png`;
        written(join(folder, name), (path) => writeFileSync(path, png));
        sums.write(`${createHash('sha256').update(png).digest('hex')}  ${name}\n`);
      }
    },
    finish: () => [sums.finish()],
    abandon: () => sums.abandon(),
  };
};

function written(path: string, write: (path: string) => void): void {
  try {
    write(path);
  } catch (error) {
    throw explainFileError(error, 'write', path);
  }
}
