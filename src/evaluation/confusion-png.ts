import { FONT_FAMILY, svgToPng } from '../images/raster.js';
import type { ConfusionMatrix } from '../classifier/confusion.js';

const CELL_PIXELS = 56;
const LEFT_PIXELS = 96;
/** From the left to the middle of what the rows are. */
const ROWS_PIXELS = 24;
const NAME_PIXELS = 48;
/** Letters of a class that there is room for, and those that may be large. */
const NAME_CHARACTERS = 9;
const SHORT_CHARACTERS = 3;
const TOP_PIXELS = 96;
const MARGIN_PIXELS = 24;

export interface ConfusionTitles {
  readonly title: string;
  /** What the rows and the columns are. */
  readonly rows: string;
  readonly columns: string;
  /** Names of the classes, by label. */
  readonly classes: readonly string[];
}

/**
 * Draws a confusion matrix: a row for each true class, a column for each predicted one, the counts in the cells. The diagonal is
 * green and the mistakes are red, the darker the larger their share of their row; mistakes on a scale of their own, or
 * all of a good classifier's would be white.
 */
export async function drawConfusionPng(
  matrix: ConfusionMatrix,
  { title, rows, columns, classes }: ConfusionTitles,
): Promise<Uint8Array> {
  const size = matrix.length * CELL_PIXELS;
  const width = LEFT_PIXELS + size + MARGIN_PIXELS;
  const height = TOP_PIXELS + size + MARGIN_PIXELS;
  const worst = Math.max(...matrix.flatMap((row, r) => row.map((_, c) => mistakeShare(row, r, c))));
  const cells = matrix.flatMap((row, r) =>
    row.map((count, c) => {
      const strength = r === c ? shareOf(count, row) : mistakeShare(row, r, c) / (worst || 1);
      return cell(r, c, count, strength);
    }),
  );
  const names = matrix.flatMap((_, k) => {
    const middle = (k + 0.5) * CELL_PIXELS;
    const name =
      classes[k].length > NAME_CHARACTERS
        ? `${classes[k].slice(0, NAME_CHARACTERS - 1)}…`
        : classes[k];
    const pixels = name.length > SHORT_CHARACTERS ? 11 : 18;
    return [
      text(LEFT_PIXELS + middle, TOP_PIXELS - 12, pixels, name),
      text(LEFT_PIXELS - 8 - NAME_PIXELS / 2, TOP_PIXELS + middle + 6, pixels, name),
    ];
  });
  const middle = TOP_PIXELS + size / 2;
  return svgToPng(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="#ffffff"/>
    <g font-family="${FONT_FAMILY}" text-anchor="middle" fill="#222222">
    ${text(width / 2, 32, 18, title)}
    ${text(LEFT_PIXELS + size / 2, TOP_PIXELS - 38, 15, columns)}
    <g transform="rotate(-90 ${ROWS_PIXELS} ${middle})">${text(ROWS_PIXELS, middle, 15, rows)}</g>
    ${cells.join('')}${names.join('')}</g></svg>`,
  );
}

function cell(row: number, column: number, count: number, strength: number): string {
  const x = LEFT_PIXELS + column * CELL_PIXELS;
  const y = TOP_PIXELS + row * CELL_PIXELS;
  const [red, green, blue] = row === column ? [27, 120, 55] : [178, 24, 43];
  const mix = (channel: number): number => Math.round(255 + strength * (channel - 255));
  const fill = `rgb(${mix(red)},${mix(green)},${mix(blue)})`;
  const ink = strength > 0.55 ? '#ffffff' : '#222222';
  const label =
    count === 0 ? '' : text(x + CELL_PIXELS / 2, y + CELL_PIXELS / 2 + 5, 14, String(count), ink);
  return `<rect x="${x}" y="${y}" width="${CELL_PIXELS}" height="${CELL_PIXELS}" fill="${fill}" stroke="#dddddd"/>${label}`;
}

function text(x: number, y: number, pixels: number, content: string, ink = '#222222'): string {
  const safe = content.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<text x="${x}" y="${y}" font-size="${pixels}" fill="${ink}">${safe}</text>`;
}

const shareOf = (count: number, row: readonly number[]): number =>
  count / (row.reduce((sum, x) => sum + x, 0) || 1);

const mistakeShare = (row: readonly number[], r: number, c: number): number =>
  r === c ? 0 : shareOf(row[c], row);
