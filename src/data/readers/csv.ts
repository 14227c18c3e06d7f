import { Interrupted, UserError } from '../../errors.js';
import { MAXIMUM_IMAGES } from '../data-set.js';
import { flatShape } from '../flat-shape.js';
import { bytesOf, imagesInMemory, shapeText, type ImageShape } from '../image-set.js';
import { indexLabels } from '../labels.js';
import { hasFewShades, rangeOf, rescale, scaleFor, scaleOfSet } from '../pixel-scale.js';
import type { PixelScale } from '../pixel-scale.js';
import { othersTurn } from '../../turns.js';
import { CSV_NAME, csvFiles, hasCsvFiles, type CsvFile } from './csv-files.js';
import { csvLayout, type CsvLayout, type CsvRow } from './csv-layout.js';
import { fieldsOf, isBlank, linesOf, numbersOf, takeField } from './csv-lines.js';
import type { ReadContext, Reader } from './reader.js';
import { isZip } from './zip.js';

/** A line for each image in the first of these decides how the rest is read. */
const LOOKED_AT = 200;
const FIRST_IMAGES = 64;
/** Others have their turn after so many lines. */
const TURN = 2000;
/** The most bytes of a part's images. */
const MOST_BYTES = 2 ** 30;

/** CSV files with a line for each image: its label, first or last, and its pixels; with a header or none. */
export const csvReader: Reader = {
  name: 'csv',
  takes:
    'a CSV file with a line for each image (its label and its pixels), or a folder or zip archive with train.csv and test.csv',
  recognises: (at) =>
    at.kind === 'file' ? CSV_NAME.test(at.path) || isZip(at.start) : hasCsvFiles(at.names, at.path),
  read: async (at, context) => {
    const files = await csvFiles(at);
    const train = await readPart(files.train, context);
    let test = files.test && (await readPart(files.test, context, train));
    const remarks: string[] = [];
    if (test !== undefined && test.labels === undefined && train.labels !== undefined) {
      remarks.push(`${files.test!.path} has no labels, as of a competition, and is left out`);
      test = undefined;
    }
    const parts = [train, ...(test ? [test] : [])];
    remarks.push(...parts.flatMap(({ remark }) => remark ?? []));
    const remark = finished(parts, context.known !== undefined, files.train.path);
    if (remark !== undefined) remarks.push(remark);
    const { classes, labels } = indexLabels(
      parts.map((part) => part.labels),
      context.known?.classes,
      files.train.path,
    );
    const [first, second] = parts.map(({ pixels, shape }, k) =>
      imagesInMemory({ pixels, shape, classes, ...(labels[k] && { labels: labels[k] }) }),
    );
    return { train: first, ...(second && { test: second }), remarks };
  },
};

interface Part {
  readonly pixels: Uint8Array;
  readonly shape: ImageShape;
  readonly labels: readonly number[] | readonly string[] | undefined;
  readonly scale: PixelScale;
  /** Whether the first lines have few shades: they are read as bytes, since only all lines tell how many there are. */
  readonly areFew: boolean;
  readonly remark?: string | undefined;
}

/** Brings few shades to the one scale of the set. @returns what was done to the pixels. */
function finished(parts: readonly Part[], known: boolean, path: string): string | undefined {
  const [{ scale }] = parts;
  if (scale.toByte !== Math.round) return scale.remark;
  const pixels = parts.map((part) => part.pixels);
  const whole = scaleOfSet(pixels, known, path);
  for (const own of pixels) rescale(own, whole);
  return whole.remark;
}

/** @param like the training part, whose scale and shape the test part has. */
async function readPart(file: CsvFile, context: ReadContext, like?: Part): Promise<Part> {
  const { path } = file;
  const layout = await layoutOf(file, context);
  const shape = flatShape(layout.pixels.length, context.known?.shape);
  if (shape === undefined)
    throw new UserError(
      `${path} has ${layout.columns} columns, of which ${layout.pixels.length} ${layout.label === undefined ? 'may be' : 'are'} pixels${context.known ? `, and its manifest.json says ${shapeText(context.known.shape)}` : ''}; expected the pixels of a square image, as 784 for 28 x 28, and one column for the label`,
    );
  const range = rangeOf(layout.sample);
  const areFew = like?.areFew ?? hasFewShades(range);
  const scale = like?.scale ?? scaleFor(range, context.known !== undefined || areFew, path);
  const read = { scale, areFew };
  const { remark } = layout;
  return { ...(await readImages(file, layout, shape, read, context)), shape, ...read, remark };
}

async function layoutOf(file: CsvFile, { known }: ReadContext): Promise<CsvLayout> {
  const rows: CsvRow[] = [];
  let number = 0;
  for await (const line of linesOf(file.chunks(), file.path)) {
    number++;
    if (isBlank(line)) continue;
    rows.push({ number, line: line.slice() });
    if (rows.length === LOOKED_AT) break;
  }
  return csvLayout(rows, file.path, known?.shape);
}

async function readImages(
  file: CsvFile,
  layout: CsvLayout,
  shape: ImageShape,
  { scale, areFew }: Pick<Part, 'scale' | 'areFew'>,
  { signal }: ReadContext,
): Promise<Pick<Part, 'pixels' | 'labels'>> {
  const { path } = file;
  const { columns, label, pixels: places, areNames, firstLine } = layout;
  const size = bytesOf(shape);
  let pixels = new Uint8Array(FIRST_IMAGES * size);
  const numbers: number[] = [];
  const names: string[] = [];
  const row = new Float64Array(columns);
  let [count, number] = [0, 0];
  for await (const line of linesOf(file.chunks(), path)) {
    number++;
    if (number % TURN === 0) {
      await othersTurn();
      if (signal?.aborted === true) throw new Interrupted(`interrupted while ${path} was read`);
    }
    if (number < firstLine || isBlank(line)) continue;
    const at = `${path}, line ${number}`;
    if (count === MAXIMUM_IMAGES || (count + 1) * size > MOST_BYTES)
      throw new UserError(
        `${path} has more than ${count} images; expected at most ${MAXIMUM_IMAGES} and ${MOST_BYTES} bytes`,
      );
    const name = readRow(line, layout, row, at);
    if ((count + 1) * size > pixels.length) pixels = grown(pixels);
    for (let k = 0; k < size; k++) {
      const value = row[places[k]];
      if (value < scale.min || value > scale.max)
        throw new UserError(
          `${at}: a pixel is ${value}; expected ${scale.min} to ${scale.max}, as in the lines before`,
        );
      if (areFew && !Number.isInteger(value))
        throw new UserError(
          `${at}: a pixel is ${value}; expected whole numbers, as in the lines before`,
        );
      pixels[count * size + k] = scale.toByte(value);
    }
    if (name !== undefined) names.push(name);
    else if (label !== undefined) numbers.push(row[label]);
    count++;
  }
  if (count === 0) throw new UserError(`${path} has no images; expected a line for each`);
  return {
    pixels: pixels.slice(0, count * size),
    labels: label === undefined ? undefined : areNames ? names : numbers,
  };
}

/**
 * Reads the numbers of a line.
 *
 * @param into a number for each column.
 * @returns the label, where labels are names.
 */
function readRow(
  whole: Uint8Array,
  { delimiter, columns, endsWithDelimiter, label, areNames }: CsvLayout,
  into: Float64Array,
  at: string,
): string | undefined {
  const line = endsWithDelimiter && whole.at(-1) === delimiter ? whole.subarray(0, -1) : whole;
  const { field, others } = areNames
    ? takeField(line, delimiter, label!)
    : { field: undefined, others: line };
  const found = numbersOf(others, delimiter, into);
  if (found === columns && field !== '') return field;
  if (found === columns) throw new UserError(`${at} has no label; expected one in each line`);
  if (found >= 0)
    throw new UserError(`${at} has ${found} fields; expected ${columns}, as in the first lines`);
  const wrong = fieldsOf(line, delimiter)[-1 - found] ?? '';
  const thousands = THOUSANDS.test(wrong) ? ' without separators between its thousands' : '';
  throw new UserError(
    `${at}: found ${JSON.stringify(wrong.slice(0, 40))}; expected a number${thousands}`,
  );
}

const THOUSANDS = /^[+-]?\d{1,3}([.,' ]\d{3})+$/;

function grown(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(2 * pixels.length, Math.max(MOST_BYTES, pixels.length)));
  larger.set(pixels);
  return larger;
}
