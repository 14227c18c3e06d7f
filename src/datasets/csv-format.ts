import { join } from 'node:path';
import { IMAGE_PIXELS } from '../data/idx.js';
import { PARTS, type OpenFormat, type Part } from './format.js';
import { StreamedFile } from './streamed-file.js';

const HEADER = ['label', ...Array.from({ length: IMAGE_PIXELS }, (_, k) => `pixel${k}`)].join(',');

/** train.csv and test.csv: a header, then a line an image: its label and its 784 pixels, 0 to 255, row by row. */
export const openCsv: OpenFormat = (folder) => {
  const files = PARTS.map((part) => new StreamedFile(join(folder, `${part}.csv`), `${part}.csv`));
  files.forEach((file) => file.write(`${HEADER}\n`));
  const of = Object.fromEntries(PARTS.map((part, k) => [part, files[k]])) as Record<
    Part,
    StreamedFile
  >;
  return {
    add(part, { images, labels, count }) {
      const lines: string[] = [];
      for (let k = 0; k < count; k++) {
        const pixels = images.subarray(k * IMAGE_PIXELS, (k + 1) * IMAGE_PIXELS);
        lines.push(`${labels[k]},${pixels.join(',')}\n`);
      }
      of[part].write(lines.join(''));
    },
    finish: () => files.map((file) => file.finish()),
    abandon: () => files.forEach((file) => file.abandon()),
  };
};
