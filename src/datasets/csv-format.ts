import { join } from 'node:path';
import { bytesOf, pixelsOf } from '../data/image-set.js';
import { forEachPart, type OpenFormat } from './format.js';
import { StreamedFile } from './streamed-file.js';

/**
 * train.csv and test.csv: a header, then a line for each image: the number of its class and its pixels, 0 to 255, row by row, the
 * channels of a pixel side by side.
 */
export const openCsv: OpenFormat = (folder, { shape }) => {
  const size = bytesOf(shape);
  const header = ['label', ...Array.from({ length: size }, (_, k) => `pixel${k}`)].join(',');
  const of = forEachPart((part) => new StreamedFile(join(folder, `${part}.csv`), `${part}.csv`));
  const files = Object.values(of);
  files.forEach((file) => file.write(`${header}\n`));
  return {
    add(part, block) {
      const all = pixelsOf(block);
      const lines: string[] = [];
      for (let k = 0; k < block.count; k++) {
        const pixels = all.subarray(k * size, (k + 1) * size);
        lines.push(`${block.labels[k]},${pixels.join(',')}\n`);
      }
      of[part].write(lines.join(''));
    },
    finish: () => files.map((file) => file.finish()),
    abandon: () => files.forEach((file) => file.abandon()),
  };
};
