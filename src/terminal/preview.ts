import { createRequire } from 'node:module';
import type * as SixelEncoder from 'sixel/lib/SixelEncoder.js';
import { bytesOf, type ImageShape } from '../data/image-set.js';
import { gridImage, scaleOf } from '../images/grid.js';
import { blank, type Image } from '../images/image.js';
import { encodePng } from '../images/png.js';
import { chalkAt, type ColorLevel } from './colors.js';
import type { Graphics } from './graphics.js';

const require = createRequire(import.meta.url);

export interface PreviewOptions {
  /** of the window */
  columns: number;
  /** Of samples, where they are shown as text. */
  rows?: number;
  graphics: Graphics;
  colors: ColorLevel;
}

/** Letters across for an image: two rows of full size would not fit, and it is still legible in half. */
const MOST_LETTERS = 16;
const TEXT_ROWS = 2;
/** Of a picture. */
const MOST_ACROSS = 8;
/** In text: a conditional model's images come as 0, 1, 2, ..., of which ten then stand in one row or in two. */
const TEXT_ACROSS = [10, 5];
/** A cell is at least 8 pixels wide in most fonts, so a grid of 466 pixels takes less than 60 of them. */
const PIXELS_OF_CELL = 7.8;

/**
 * A picture of samples as text to write to a terminal, without a line break at its end: all of them as an image where the
 * terminal has images, else as {@link textPreview}.
 *
 * @param images bytes [n, height, width, channels].
 */
export function previewImages(
  images: Uint8Array,
  shape: ImageShape,
  { columns, graphics, colors, rows = TEXT_ROWS }: PreviewOptions,
): string {
  if (graphics !== 'text') {
    const large = gridImage(images, shape, MOST_ACROSS);
    const fits = columns >= large.width / PIXELS_OF_CELL || scaleOf(shape) === 1;
    const image = fits ? large : gridImage(images, shape, MOST_ACROSS, 1);
    return graphics === 'kitty' ? kittyImage(image) : sixelImage(image);
  }
  const lines = textPreview(images, shape, { columns, colors, rows });
  return lines.length === 0 ? 'the window is too narrow to show samples' : lines.join('\n');
}

/**
 * The first samples as lines of text, in rows of as many as fit: half blocks in tones from 256 colours on, with fewer letters of
 * growing weight. None where not one fits.
 *
 * @param images bytes [n, height, width, channels].
 */
export function textPreview(
  images: Uint8Array,
  shape: ImageShape,
  { columns, colors, rows }: Required<Omit<PreviewOptions, 'graphics'>>,
): string[] {
  const by = Math.ceil(shape[1] / MOST_LETTERS);
  const fit = Math.floor(columns / (Math.floor(shape[1] / by) + 1));
  const across = TEXT_ACROSS.find((count) => count <= fit) ?? fit;
  if (across === 0) return [];
  const image = smallGrid(images, shape, across, by, rows);
  return colors >= 2 ? halfBlocks(image, colors) : letters(image);
}

/** Rows of images, each pixel the mean of `by` times `by`, a black pixel between them. */
function smallGrid(
  images: Uint8Array,
  shape: ImageShape,
  across: number,
  by: number,
  most: number,
): Image {
  const [height, width, channels] = shape;
  const [rows, columns] = [Math.floor(height / by), Math.floor(width / by)];
  const size = bytesOf(shape);
  const count = Math.min(images.length / size, across * most);
  const lines = Math.ceil(count / across) * rows;
  // An even height: each line of text shows two rows of pixels.
  const grid = blank(
    Math.min(count, across) * (columns + 1) - 1,
    lines + (lines % 2),
    channels as 1 | 3,
    0,
  );
  for (let tile = 0; tile < count; tile++) {
    const left = (tile % across) * (columns + 1);
    const top = Math.floor(tile / across) * rows;
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++)
        for (let channel = 0; channel < channels; channel++) {
          let sum = 0;
          for (let k = 0; k < by * by; k++) {
            const at = (y * by + Math.floor(k / by)) * width + x * by + (k % by);
            sum += images[tile * size + at * channels + channel];
          }
          grid.pixels[((top + y) * grid.width + left + x) * channels + channel] = Math.round(
            sum / by ** 2,
          );
        }
  }
  return grid;
}

/** An upper half block (U+2580) is two pixels: its colour the upper, its background the lower one. */
function halfBlocks(image: Image, colors: ColorLevel): string[] {
  const chalk = chalkAt(colors);
  return textLines(image, (cells) => {
    let line = '';
    for (let start = 0; start < cells.length;) {
      const [upper, lower] = cells[start];
      let end = start + 1;
      while (end < cells.length && isSame(cells[end], cells[start])) end++;
      const style = chalk.rgb(...upper).bgRgb(...lower);
      line += style('▀'.repeat(end - start));
      start = end;
    }
    return line;
  });
}

/** Letters of growing weight, each for two pixels. */
function letters(image: Image): string[] {
  const ramp = ' .:-=+*#%@';
  const toneOf = ([red, green, blue]: Color): number => 0.299 * red + 0.587 * green + 0.114 * blue;
  return textLines(image, (cells) =>
    cells
      .map(([upper, lower]) => {
        const tone = (toneOf(upper) + toneOf(lower)) / 2;
        return ramp[Math.round((tone / 255) * (ramp.length - 1))];
      })
      .join('')
      .trimEnd(),
  );
}

type Color = [red: number, green: number, blue: number];
type Cell = [upper: Color, lower: Color];

const isSame = (a: Cell, b: Cell): boolean =>
  a.every((color, k) => color.every((tone, channel) => tone === b[k][channel]));

function textLines(
  { width, height, channels, pixels }: Image,
  lineOf: (cells: Cell[]) => string,
): string[] {
  const colorAt = (x: number, y: number): Color => {
    const at = (y * width + x) * channels;
    return channels === 1
      ? [pixels[at], pixels[at], pixels[at]]
      : [pixels[at], pixels[at + 1], pixels[at + 2]];
  };
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2)
    lines.push(
      lineOf(Array.from({ length: width }, (_, x): Cell => [colorAt(x, y), colorAt(x, y + 1)])),
    );
  return lines;
}

/**
 * The image as PNG, transmitted and shown at once, in chunks of 4096 letters; the terminal answers nothing
 * (https://sw.kovidgoyal.net/kitty/graphics-protocol: a=T, f=100, q=2, m).
 */
function kittyImage(image: Image): string {
  const chunks = Buffer.from(encodePng(image))
    .toString('base64')
    .match(/.{1,4096}/g)!;
  return chunks
    .map((chunk, i) => {
      const more = i < chunks.length - 1 ? 1 : 0;
      const keys = i === 0 ? `a=T,f=100,q=2,m=${more}` : `m=${more}`;
      return `\x1b_G${keys};${chunk}\x1b\\`;
    })
    .join('');
}

/** In 16 grays, as many as the first terminals with sixel graphics had; of a coloured image in 216 colours. */
function sixelImage({ width, height, channels, pixels }: Image): string {
  const { introducer, sixelEncodeIndexed, FINALIZER } =
    require('sixel/lib/SixelEncoder.js') as typeof SixelEncoder;
  const steps = channels === 1 ? 16 : 6;
  const tone = (k: number): number => Math.round((k * 255) / (steps - 1));
  const palette = Array.from(
    { length: channels === 1 ? steps : steps ** 3 },
    (_, i): [number, number, number] =>
      channels === 1
        ? [tone(i), tone(i), tone(i)]
        : [tone(Math.floor(i / steps ** 2)), tone(Math.floor(i / steps) % steps), tone(i % steps)],
  );
  const indices = new Uint16Array(width * height);
  for (let k = 0; k < pixels.length; k++) {
    const place = Math.floor(k / channels);
    indices[place] = indices[place] * steps + Math.round((pixels[k] * (steps - 1)) / 255);
  }
  const data = sixelEncodeIndexed(indices, width, height, palette);
  return introducer(0) + data + FINALIZER;
}
