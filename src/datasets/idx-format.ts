import { join } from 'node:path';
import { idxImagesHeader, idxLabelsHeader } from '../data/idx.js';
import { PARTS, sumOf, type OpenFormat, type Part } from './format.js';
import { StreamedFile } from './streamed-file.js';

const PREFIXES: Readonly<Record<Part, string>> = { train: 'train', test: 't10k' };

/** The four files of MNIST, under their own names: every MNIST loader reads them. */
export const openIdx: OpenFormat = (folder, counts) => {
  const open = (name: string): StreamedFile => new StreamedFile(join(folder, name), name);
  const files = PARTS.map((part) => {
    const images = open(`${PREFIXES[part]}-images-idx3-ubyte`);
    const labels = open(`${PREFIXES[part]}-labels-idx1-ubyte`);
    images.write(idxImagesHeader(sumOf(counts[part])));
    labels.write(idxLabelsHeader(sumOf(counts[part])));
    return [part, { images, labels }] as const;
  });
  const of = Object.fromEntries(files) as Record<Part, (typeof files)[number][1]>;
  const all = files.flatMap(([, { images, labels }]) => [images, labels]);
  return {
    add(part, block) {
      of[part].images.write(block.images);
      of[part].labels.write(block.labels);
    },
    finish: () => all.map((file) => file.finish()),
    abandon: () => all.forEach((file) => file.abandon()),
  };
};
