import { createRequire } from 'node:module';
import type * as SixelEncoder from 'sixel/lib/SixelEncoder.js';
import { DIGIT_SIDE, gridImage, type GrayImage } from '../images/grid.js';
import { encodePng } from '../images/png.js';
import { chalkAt, type ColorLevel } from './colors.js';
import type { Graphics } from './graphics.js';

const require = createRequire(import.meta.url);

export interface PreviewOptions {
  /** of the window */
  columns: number;
  graphics: Graphics;
  colors: ColorLevel;
}

const DIGIT_PIXELS = DIGIT_SIDE * DIGIT_SIDE;
/** Half the size of a digit: two rows of eight would not fit otherwise, and it is still legible. */
const SMALL_SIDE = DIGIT_SIDE / 2;
const TEXT_ROWS = 2;
const MOST_ACROSS = 8;

/**
 * A picture of samples as text to write to a terminal, without a line break at its end: all of them as an image where the
 * terminal has images, else two rows of as many as fit, in half size: half blocks in gray tones from 256 colours on, with
 * fewer letters of growing weight.
 *
 * @param digits [n, 784] bytes.
 */
export function previewDigits(digits: Uint8Array, options: PreviewOptions): string {
  const { columns, graphics, colors } = options;
  if (graphics !== 'text') {
    // A cell is at least 8 pixels wide in most fonts, so 466 pixels take less than 60 of them.
    const image = gridImage(digits, MOST_ACROSS, columns >= 60 ? 2 : 1);
    return graphics === 'kitty' ? kittyImage(image) : sixelImage(image);
  }
  const across = Math.min(MOST_ACROSS, Math.floor(columns / (SMALL_SIDE + 1)));
  if (across === 0) return 'the window is too narrow to show samples';
  const image = smallGrid(digits, across);
  return colors >= 2 ? halfBlocks(image, colors) : letters(image);
}

/** Two rows of digits in half size, a black pixel between them. */
function smallGrid(digits: Uint8Array, across: number): GrayImage {
  const pitch = SMALL_SIDE + 1;
  const count = Math.min(digits.length / DIGIT_PIXELS, across * TEXT_ROWS);
  const rows = Math.ceil(count / across);
  const width = Math.min(count, across) * pitch - 1;
  // An even height: each line of text shows two rows of pixels.
  const height = rows * SMALL_SIDE;
  const pixels = new Uint8Array(width * height);
  for (let tile = 0; tile < count; tile++) {
    const left = (tile % across) * pitch;
    const top = Math.floor(tile / across) * SMALL_SIDE;
    for (let i = 0; i < SMALL_SIDE * SMALL_SIDE; i++) {
      const x = i % SMALL_SIDE;
      const y = Math.floor(i / SMALL_SIDE);
      const at = tile * DIGIT_PIXELS + 2 * y * DIGIT_SIDE + 2 * x;
      const below = at + DIGIT_SIDE;
      const sum = digits[at] + digits[at + 1] + digits[below] + digits[below + 1];
      pixels[(top + y) * width + left + x] = Math.round(sum / 4);
    }
  }
  return { width, height, pixels };
}

/** An upper half block (U+2580) is two pixels: its colour the upper, its background the lower one. */
function halfBlocks(image: GrayImage, colors: ColorLevel): string {
  const chalk = chalkAt(colors);
  return textLines(image, (cells) => {
    let line = '';
    for (let start = 0; start < cells.length;) {
      const [upper, lower] = cells[start];
      let end = start + 1;
      while (end < cells.length && cells[end][0] === upper && cells[end][1] === lower) end++;
      const style = chalk.rgb(upper, upper, upper).bgRgb(lower, lower, lower);
      line += style('▀'.repeat(end - start));
      start = end;
    }
    return line;
  });
}

/** Letters of growing weight, each for two pixels. */
function letters(image: GrayImage): string {
  const ramp = ' .:-=+*#%@';
  return textLines(image, (cells) =>
    cells
      .map(([upper, lower]) => ramp[Math.round(((upper + lower) / 2 / 255) * (ramp.length - 1))])
      .join('')
      .trimEnd(),
  );
}

type Cell = [upper: number, lower: number];

function textLines(image: GrayImage, lineOf: (cells: Cell[]) => string): string {
  const { width, height, pixels } = image;
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2) {
    const cells = Array.from({ length: width }, (_, x): Cell => [
      pixels[y * width + x],
      pixels[(y + 1) * width + x],
    ]);
    lines.push(lineOf(cells));
  }
  return lines.join('\n');
}

/**
 * The image as PNG, transmitted and shown at once, in chunks of 4096 letters; the terminal answers nothing
 * (https://sw.kovidgoyal.net/kitty/graphics-protocol: a=T, f=100, q=2, m).
 */
function kittyImage(image: GrayImage): string {
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

/** In 16 grays, as many as the first terminals with sixel graphics had. */
function sixelImage(image: GrayImage): string {
  const { introducer, sixelEncodeIndexed, FINALIZER } =
    require('sixel/lib/SixelEncoder.js') as typeof SixelEncoder;
  const palette = Array.from({ length: 16 }, (_, i): [number, number, number] => [
    i * 17,
    i * 17,
    i * 17,
  ]);
  const indices = Uint16Array.from(image.pixels, (tone) => Math.round(tone / 17));
  const data = sixelEncodeIndexed(indices, image.width, image.height, palette);
  return introducer(0) + data + FINALIZER;
}
