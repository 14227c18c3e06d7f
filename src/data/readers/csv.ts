import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Interrupted, UserError } from '../../errors.js';
import { MAXIMUM_IMAGES } from '../data-set.js';
import { flatShape } from '../flat-shape.js';
import { bytesOf, imagesInMemory, shapeText, type ImageShape } from '../image-set.js';
import { indexLabels } from '../labels.js';
import { hasFewShades, rangeOf, rescale, scaleFor, scaleOfSet } from '../pixel-scale.js';
import type { PixelScale } from '../pixel-scale.js';
import { csvLayout, type CsvLayout } from './csv-layout.js';
import { fieldsOf, linesOf, numbersOf } from './csv-lines.js';
import type { DataPath, ReadContext, Reader } from './reader.js';

const NAME = /\.csv$/i;
/** A line for each image in the first of these decides how the rest is read. */
const LOOKED_AT = 200;
const FIRST_IMAGES = 1024;
/** Others have their turn after so many lines. */
const TURN = 2000;
/** The most bytes of a part's images. */
const MOST_BYTES = 2 ** 30;

/** CSV files with a line for each image: its label, first or last, and its pixels; with a header or none. */
export const csvReader: Reader = {
  name: 'csv',
  takes:
    'a CSV file with a line for each image (its label and its pixels), or a folder with train.csv and test.csv',
  recognises: (at) => (at.kind === 'file' ? NAME.test(at.path) : trainFile(at) !== undefined),
  read: async (at, context) => {
    const [trainPath, testPath] = at.kind === 'file' ? [at.path] : [trainFile(at)!, testFile(at)];
    const train = await readPart(trainPath, context);
    let test = testPath === undefined ? undefined : await readPart(testPath, context, train);
    const remarks: string[] = [];
    if (test !== undefined && test.labels === undefined && train.labels !== undefined) {
      remarks.push(`${testPath} has no labels, as of a competition, and is left out`);
      test = undefined;
    }
    const parts = [train, ...(test ? [test] : [])];
    const remark = finished(parts, context.known !== undefined, trainPath);
    if (remark !== undefined) remarks.push(remark);
    const { classes, labels } = indexLabels(
      parts.map((part) => part.labels),
      context.known?.classes,
      trainPath,
    );
    const [first, second] = parts.map(({ pixels, shape }, k) =>
      imagesInMemory({ pixels, shape, classes, ...(labels[k] && { labels: labels[k] }) }),
    );
    return { train: first, ...(second && { test: second }), remarks };
  },
};

/** train.csv, mnist_train.csv, emnist-letters-train.csv; or the only file there is. */
function trainFile(at: DataPath): string | undefined {
  if (at.kind === 'file') return undefined;
  const files = at.names.filter((name) => NAME.test(name));
  const named = files.filter((name) => /train/i.test(name));
  if (named.length > 1)
    throw new UserError(
      `the folder ${at.path} has several CSV files of training images; expected one: name it, as --data ${join(at.path, named[0])}`,
    );
  const only = named[0] ?? (files.length === 1 ? files[0] : undefined);
  return only === undefined ? undefined : join(at.path, only);
}

function testFile(at: DataPath): string | undefined {
  if (at.kind === 'file') return undefined;
  const train = basename(trainFile(at)!);
  const test = at.names.find((name) => NAME.test(name) && name !== train && /test|val/i.test(name));
  return test === undefined ? undefined : join(at.path, test);
}

interface Part {
  readonly pixels: Uint8Array;
  readonly shape: ImageShape;
  readonly labels: readonly number[] | readonly string[] | undefined;
  readonly scale: PixelScale;
  /** Whether the first lines have few shades: they are read as bytes, since only all lines tell how many there are. */
  readonly areFew: boolean;
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
async function readPart(path: string, context: ReadContext, like?: Part): Promise<Part> {
  const layout = layoutOf(path, context);
  const shape = flatShape(layout.pixels.length, context.known?.shape);
  if (shape === undefined)
    throw new UserError(
      `${path} has ${layout.columns} columns, of which ${layout.pixels.length} are pixels${context.known ? `, and its manifest.json says ${shapeText(context.known.shape)}` : ''}; expected the pixels of a square image, as 784 for 28 x 28`,
    );
  const range = rangeOf(layout.sample);
  const areFew = like?.areFew ?? hasFewShades(range);
  const scale = like?.scale ?? scaleFor(range, context.known !== undefined || areFew, path);
  const read = { scale, areFew };
  return { ...(await readImages(path, layout, shape, read, context)), shape, ...read };
}

function layoutOf(path: string, { known }: ReadContext): CsvLayout {
  const rows: Uint8Array[] = [];
  for (const line of linesOf(path)) {
    if (line.length === 0) continue;
    rows.push(line.slice());
    if (rows.length === LOOKED_AT) break;
  }
  return csvLayout(rows, path, known?.shape);
}

async function readImages(
  path: string,
  { delimiter, columns, label, pixels: places, hasHeader, areNames }: CsvLayout,
  shape: ImageShape,
  { scale, areFew }: Pick<Part, 'scale' | 'areFew'>,
  { signal }: ReadContext,
): Promise<Pick<Part, 'pixels' | 'labels'>> {
  const size = bytesOf(shape);
  let pixels = new Uint8Array(FIRST_IMAGES * size);
  const numbers: number[] = [];
  const names: string[] = [];
  const row = new Float64Array(columns);
  const [first] = places;
  let [count, number] = [0, 0];
  for (const line of linesOf(path)) {
    number++;
    if (line.length === 0 || (hasHeader && number === 1)) continue;
    if (count === MAXIMUM_IMAGES || (count + 1) * size > MOST_BYTES)
      throw new UserError(
        `${path} has more than ${count} images; expected at most ${MAXIMUM_IMAGES} and ${MOST_BYTES} bytes`,
      );
    const start = areNames ? dropField(line, delimiter, label!, columns) : line;
    const found = numbersOf(start, delimiter, row);
    const expected = areNames ? columns - 1 : columns;
    if (found !== expected) throw wrongLine(path, number, found, expected, line, delimiter);
    if ((count + 1) * size > pixels.length) pixels = grown(pixels);
    const shift = areNames && label! < first ? 1 : 0;
    for (let k = 0; k < size; k++) {
      const value = row[places[k] - shift];
      if (value < scale.min || value > scale.max)
        throw new UserError(
          `${path}, line ${number}: a pixel is ${value}; expected ${scale.min} to ${scale.max}, as in the lines before`,
        );
      if (areFew && !Number.isInteger(value))
        throw new UserError(
          `${path}, line ${number}: a pixel is ${value}; expected whole numbers, as in the lines before`,
        );
      pixels[count * size + k] = scale.toByte(value);
    }
    if (label !== undefined) {
      if (areNames) names.push(fieldsOf(line, delimiter)[label]);
      else numbers.push(row[label]);
    }
    count++;
    if (count % TURN === 0) {
      await setImmediate();
      if (signal?.aborted === true) throw new Interrupted(`interrupted while ${path} was read`);
    }
  }
  if (count === 0) throw new UserError(`${path} has no images; expected a line for each`);
  return {
    pixels: pixels.slice(0, count * size),
    labels: label === undefined ? undefined : areNames ? names : numbers,
  };
}

function grown(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(2 * pixels.length, Math.max(MOST_BYTES, pixels.length)));
  larger.set(pixels);
  return larger;
}

/** The line without the field of its label, which is a name and no number. */
function dropField(
  line: Uint8Array,
  delimiter: number,
  label: number,
  columns: number,
): Uint8Array {
  if (label === 0) return line.subarray(line.indexOf(delimiter) + 1);
  return label === columns - 1 ? line.subarray(0, line.lastIndexOf(delimiter)) : line;
}

function wrongLine(
  path: string,
  number: number,
  found: number,
  expected: number,
  line: Uint8Array,
  delimiter: number,
): UserError {
  if (found < 0) {
    const field = fieldsOf(line, delimiter)[-1 - found] ?? '';
    return new UserError(
      `${path}, line ${number}: found ${JSON.stringify(field.slice(0, 40))}; expected a number`,
    );
  }
  return new UserError(
    `${path}, line ${number} has ${found} fields; expected ${expected}, as in the first lines`,
  );
}
