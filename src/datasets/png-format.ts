import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, pixelsOf } from '../data/image-set.js';
import { explainFileError } from '../files/explain.js';
import { encodePng } from '../images/png.js';
import { classFolder } from '../data/class-folder.js';
import { forEachPart, PARTS, type OpenFormat } from './format.js';
import { StreamedFile } from './streamed-file.js';

const SUMS = 'SHA256SUMS';
const NUMBER_CHARACTERS = 6;

/**
 * train/0/000000.png and so on, a folder for each class, as torchvision's ImageFolder and Keras' image_dataset_from_directory read
 * them; and the digests of all of them in one file, as `sha256sum --check` reads it.
 */
export const openPng: OpenFormat = (folder, { shape, classes }) => {
  const folders = classes.map((_, k) => classFolder(classes, k));
  for (const part of PARTS)
    for (const name of folders)
      written(join(folder, part, name), (path) => mkdirSync(path, { recursive: true }));
  const sums = new StreamedFile(join(folder, SUMS), SUMS);
  const next = forEachPart(() => new Array<number>(classes.length).fill(0));
  const [height, width, channels] = shape;
  const size = bytesOf(shape);
  return {
    add(part, block) {
      const all = pixelsOf(block);
      for (let k = 0; k < block.count; k++) {
        const label = block.labels[k];
        const pixels = all.subarray(k * size, (k + 1) * size);
        const png = encodePng({ width, height, channels: channels as 1 | 3, pixels });
        const number = String(next[part][label]++).padStart(NUMBER_CHARACTERS, '0');
        const name = `${part}/${folders[label]}/${number}.png`;
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
