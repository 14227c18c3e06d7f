import { bytesOf, type ImageShape } from '../data/image-set.js';
import { gridImage, scaleOf } from '../images/grid.js';
import { blank, paste } from '../images/image.js';
import { drawLabels } from '../images/labels.js';
import { encodePng } from '../images/png.js';

/** The samples of one epoch, made from the same z in every epoch. */
export interface EpochSamples {
  epoch: number;
  /** Bytes [n, height, width, channels]. */
  images: Uint8Array;
  shape: ImageShape;
}

export const EVOLUTION_ROWS = 20;
const EVOLUTION_COLUMNS = 6;

const LABEL_WIDTH = 112;

/** At most `count` of the items (2 or more), the first and the last among them, evenly spaced. */
export function chooseEvenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  const stride = (items.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => items[Math.round(i * stride)]);
}

/**
 * evolution.png, the figure of the cfcv/GAN_MNIST notebook: a row an epoch, 20 epochs evenly chosen out of the run, the same
 * six samples in each, the epoch beside its row. Narrower where there are fewer samples, lower where there are fewer epochs.
 */
export async function drawEvolutionPng(samples: readonly EpochSamples[]): Promise<Uint8Array> {
  const rows = chooseEvenly(samples, EVOLUTION_ROWS);
  const [{ shape }] = rows;
  const size = bytesOf(shape);
  const columns = Math.min(EVOLUTION_COLUMNS, ...rows.map((row) => row.images.length / size));
  const images = rows.map((row) => row.images.subarray(0, columns * size));
  const grid = gridImage(concatenate(images), shape, columns);
  const gap = Math.min(scaleOf(shape), 2);
  const pitch = (grid.height - gap) / rows.length;
  const labels = await drawLabels(
    rows.map((row) => `epoch ${row.epoch}`),
    { width: LABEL_WIDTH, height: pitch, align: 'right', color: '#000000', background: '#ffffff' },
  );
  const image = blank(LABEL_WIDTH + grid.width, grid.height, grid.channels, 255);
  labels.forEach((label, row) => paste(image, label, 0, 1 + row * pitch));
  paste(image, grid, LABEL_WIDTH, 0);
  return encodePng(image);
}

function concatenate(parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
