import { join } from 'node:path';
import { idxImagesHeader, idxLabelBytes, idxLabelsHeader, idxName } from '../data/idx.js';
import { pixelsOf } from '../data/image-set.js';
import { forEachPart, sumOf, type OpenFormat } from './format.js';
import { StreamedFile } from './streamed-file.js';

/** The four files of MNIST, under their own names: every MNIST loader reads those of gray images and up to 256 classes. */
export const openIdx: OpenFormat = (folder, { shape, classes, counts }) => {
  const open = (name: string): StreamedFile => new StreamedFile(join(folder, name), name);
  const of = forEachPart((part) => {
    const prefix = part === 'train' ? 'train' : 't10k';
    const images = open(idxName(prefix, 'images', shape, classes.length));
    const labels = open(idxName(prefix, 'labels', shape, classes.length));
    images.write(idxImagesHeader(sumOf(counts[part]), shape));
    labels.write(idxLabelsHeader(sumOf(counts[part]), classes.length));
    return { images, labels };
  });
  const all = Object.values(of).flatMap(({ images, labels }) => [images, labels]);
  return {
    add(part, block) {
      of[part].images.write(pixelsOf(block));
      of[part].labels.write(idxLabelBytes(block.labels, classes.length));
    },
    finish: () => all.map((file) => file.finish()),
    abandon: () => all.forEach((file) => file.abandon()),
  };
};
