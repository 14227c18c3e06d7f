import { fitPicture, grayOf } from '../data/fit.js';
import type { ImageShape } from '../data/image-set.js';
import { MNIST_LIKE } from '../data/known-set.js';
import type { Picture } from '../data/pictures/picture.js';
import { UserError } from '../errors.js';

/** MNIST's digits have their longer side in 20 pixels of the image's. */
const DIGIT_SHARE = 20 / MNIST_LIKE.shape[0];
/** Ink of which less than this share of the darkest remains is no part of the drawing. */
const FAINT = 0.2;
/** So many times the usual deviation of the margin from its median is paper too: a photograph's paper is not even. */
const PAPER_DEVIATIONS = 6;
const BLANK = 16;

/**
 * A drawing as MNIST has its digits (LeCun et al., "The MNIST database"): light on black, its longer side 20 of 28 pixels, its centre of
 * mass in the middle. Paper is what the margin of the picture mostly is, so dark on light and light on dark are the same.
 *
 * @param name of the picture, for messages.
 * @returns bytes [height, width]
 * @throws UserError where nothing is drawn.
 */
export function centred(picture: Picture, [height, width]: ImageShape, name: string): Uint8Array {
  const ink = inkOf(grayOf(picture), name);
  const box = boundingBox(ink);
  const longest = Math.max(box.width, box.height);
  const scale = (DIGIT_SHARE * Math.min(height, width)) / longest;
  const rows = Math.max(1, Math.round(box.height * scale));
  const columns = Math.max(1, Math.round(box.width * scale));
  const digit = fitPicture(box, [rows, columns, 1]);
  const placed = new Uint8Array(height * width);
  const [massY, massX] = centreOfMass(digit, columns);
  const top = placeOf(height, massY, rows);
  const left = placeOf(width, massX, columns);
  for (let row = 0; row < rows; row++)
    placed.set(digit.subarray(row * columns, (row + 1) * columns), (top + row) * width + left);
  return placed;
}

/** How much darker, or lighter, than its paper each pixel is, stretched to 0 to 255. */
function inkOf({ width, height, pixels }: Picture, name: string): Picture {
  const margin = marginOf(width, height).map((k) => pixels[k]);
  const paper = medianOf(margin);
  const deviation = medianOf(margin.map((value) => Math.abs(value - paper)));
  const sum = pixels.reduce((all, value) => all + (value - paper), 0);
  const sign = sum < 0 ? -1 : 1;
  const least = PAPER_DEVIATIONS * deviation;
  const ink = Float32Array.from(pixels, (value) => Math.max(0, sign * (value - paper) - least));
  const most = ink.reduce((a, b) => Math.max(a, b), 0);
  if (most < BLANK)
    throw new UserError(
      `${name}: found nothing that stands out from the paper, expected a drawing, dark on light or light on dark`,
    );
  const stretched = Uint8Array.from(ink, (value) => Math.round((255 * value) / most));
  return { width, height, channels: 1, pixels: stretched };
}

/** Places of the pixels along the edges. */
function marginOf(width: number, height: number): number[] {
  const places: number[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (y === 0 || x === 0 || y === height - 1 || x === width - 1) places.push(y * width + x);
  return places;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function boundingBox({ width, height, pixels }: Picture): Picture {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (pixels[y * width + x] < FAINT * 255) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  const [columns, rows] = [right - left + 1, bottom - top + 1];
  const box = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const start = (top + row) * width + left;
    box.set(pixels.subarray(start, start + columns), row * columns);
  }
  return { width: columns, height: rows, channels: 1, pixels: box };
}

/** [row, column], in pixels from the first one's middle. */
function centreOfMass(pixels: Uint8Array, columns: number): [number, number] {
  let [mass, down, right] = [0, 0, 0];
  pixels.forEach((value, k) => {
    mass += value;
    down += value * Math.floor(k / columns);
    right += value * (k % columns);
  });
  return mass === 0 ? [0, 0] : [down / mass, right / mass];
}

/** Where a drawing begins whose centre of mass is to be in the middle, as far as all of it stays inside. */
const placeOf = (side: number, centre: number, length: number): number =>
  Math.min(Math.max(0, Math.round(side / 2 - centre)), side - length);
