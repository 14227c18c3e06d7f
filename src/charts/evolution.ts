import { DIGIT_SIDE, gridImage, type GrayImage } from '../images/grid.js';
import { drawLabels } from '../images/labels.js';
import { encodePng } from '../images/png.js';

/** The samples of one epoch, made from the same z in every epoch. */
export interface EpochSamples {
  epoch: number;
  /** [n, 784] bytes */
  digits: Uint8Array;
}

export const EVOLUTION_ROWS = 20;
export const EVOLUTION_COLUMNS = 6;

const DIGIT_PIXELS = DIGIT_SIDE * DIGIT_SIDE;
const SCALE = 2;
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
  const columns = Math.min(
    EVOLUTION_COLUMNS,
    ...rows.map((row) => row.digits.length / DIGIT_PIXELS),
  );
  const digits = rows.map((row) => row.digits.subarray(0, columns * DIGIT_PIXELS));
  const grid = gridImage(concatenate(digits), columns, SCALE);
  const pitch = (grid.height - 2) / rows.length;
  const labels = await drawLabels(
    rows.map((row) => `epoch ${row.epoch}`),
    { width: LABEL_WIDTH, height: pitch, align: 'right', color: '#000000', background: '#ffffff' },
  );
  const image = blank(LABEL_WIDTH + grid.width, grid.height, 255);
  labels.forEach((label, row) => paste(image, label, 0, 1 + row * pitch));
  paste(image, grid, LABEL_WIDTH, 0);
  return encodePng(image);
}

/** An image of one tone. */
export function blank(width: number, height: number, tone: number): GrayImage {
  return { width, height, pixels: new Uint8Array(width * height).fill(tone) };
}

/** Copies one image into another, its top left corner at (left, top). It must fit. */
export function paste(onto: GrayImage, image: GrayImage, left: number, top: number): void {
  for (let row = 0; row < image.height; row++) {
    const source = image.pixels.subarray(row * image.width, (row + 1) * image.width);
    onto.pixels.set(source, (top + row) * onto.width + left);
  }
}

function concatenate(parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
