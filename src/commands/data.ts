import { join } from 'node:path';
import {
  bytesOf,
  countsOf,
  pixelsOf,
  shapeText,
  type DataSet,
  type ImageSet,
} from '../data/image-set.js';
import { isMnist, MNIST_DIGESTS } from '../data/mnist.js';
import { UserError } from '../errors.js';
import { writeFileWhole } from '../files/replace.js';
import { gridImage } from '../images/grid.js';
import type { Console } from '../cli/console.js';
import { checkPictureOut, writePicture } from '../cli/picture-out.js';
import { progressOn } from '../cli/images.js';
import { loadImages } from '../data/load.js';
import { readingOf } from '../data/read-options.js';
import { DATA_OPTIONS } from '../cli/set-options.js';
import { odditiesOf } from '../data/oddities.js';
import type { OptionsOf } from '../options.js';
import type { DataDescription, SetDescription } from '../cli/result-events.js';
import { encodePng } from '../images/png.js';
import { wrapped } from '../names.js';
import { tableText } from '../terminal/table.js';

/** Images of a class in the grid. */
const GRID_COLUMNS = 10;
/** Rows of the grid at most: of a thousand classes the first ones. */
const MOST_ROWS = 30;
/** Classes of which the counts are said. */
const MOST_CLASSES = 60;
const DEFAULT_OUT = join('outputs', 'data.png');
const BAR_CHARACTERS = 16;
const COUNT_CHARACTERS = 6;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

type Given = Partial<OptionsOf<typeof DATA_OPTIONS>>;

/**
 * Describes a data set and writes a grid of it: a row for each class.
 *
 * @param out where the user wants the grid: a PNG file.
 * @param write writes it there.
 * @throws UserError when the grid cannot be written where the user wants it.
 */
export function describeData(
  set: DataSet,
  out?: string,
  write: (path: string, png: Uint8Array) => void = writeFileWhole,
): DataDescription {
  const files = Object.entries(set.digests).map(([name, sha256]) => ({
    name,
    sha256,
    isMnist: sha256 === MNIST_DIGESTS[name],
  }));
  const { source, format, shape, classes } = set;
  const grid = writeGrid(set, out, write);
  return {
    source,
    format,
    shape,
    classes,
    train: describe(set.train),
    ...(set.test && { test: describe(set.test) }),
    files,
    isMnist: isMnist(set.digests),
    remarks: [...set.remarks, ...odditiesOf(set), ...grid.remarks],
    ...(grid.path !== undefined && { grid: grid.path }),
  };
}

/** Without a place that the user named, a grid that cannot be written is no reason not to describe the data. */
function writeGrid(
  set: DataSet,
  out: string | undefined,
  write: (path: string, png: Uint8Array) => void,
): { path?: string; remarks: string[] } {
  const path = out ?? DEFAULT_OUT;
  try {
    write(path, encodePng(gridImage(firstOfEachClass(set), set.shape, GRID_COLUMNS)));
    return { path, remarks: [] };
  } catch (error) {
    if (out !== undefined || !(error instanceof UserError)) throw error;
    return { remarks: [`no grid: ${error.message} (--out names another file)`] };
  }
}

/** Of a digest that a person compares, in a narrow window and else; --json has all 64. */
const DIGEST_DIGITS = { fewest: 8, most: 24 };

/**
 * What {@link describeData} found, as lines for a person, in columns.
 *
 * @param width characters of a line.
 */
export function formatDataReport(result: DataDescription, width = Infinity): string {
  const verdict = result.isMnist
    ? 'MNIST: all images and labels are the original ones'
    : result.files.some((file) => file.isMnist)
      ? 'partly MNIST: see the parts marked'
      : 'not MNIST: a set of your own';
  const fact = (label: string, text: string): string =>
    `${label.padEnd(8)}${wrapped(text, width - 8).replaceAll('\n', `\n${' '.repeat(8)}`)}`;
  return [
    fact('Source', result.source),
    fact('Form', `${result.format}, ${shapeText(result.shape)}`),
    fact('Is', verdict),
    ...result.remarks.map((remark) => fact('Note', remark)),
    '',
    filesTable(result, width),
    '',
    classesTable(result, width),
    '',
  ].join('\n');
}

function filesTable({ files }: DataDescription, width: number): string {
  const name = Math.max(...files.map((file) => file.name.length));
  const { fewest, most } = DIGEST_DIGITS;
  // Beside the name, and what stands behind.
  const digits = Math.max(fewest, Math.min(most, width - name - '  '.length - '  MNIST'.length));
  return tableText(
    {
      columns: ['As IDX file', 'SHA-256 begins'.slice(0, digits).trimEnd(), 'MNIST'],
      rows: files.map((file) => [
        file.name,
        file.sha256.slice(0, digits),
        file.isMnist ? 'yes' : 'no',
      ]),
    },
    { width, isLeft: () => true },
  );
}

function classesTable({ train, test, classes }: DataDescription, width: number): string {
  const sets = test === undefined ? [train] : [train, test];
  const cell = (count: number | string, chart = ''): string =>
    `${String(count).padStart(COUNT_CHARACTERS)} ${chart}`;
  const shown = classes.slice(0, MOST_CLASSES);
  const left = classes.length - shown.length;
  const rows = [
    ...shown.map((name, k) => [
      name,
      ...sets.map((set) => cell(set.histogram[k], bar(set.histogram[k], set))),
    ]),
    ...(left > 0 ? [[`and ${left} more`, ...sets.map(() => '')]] : []),
    ['All', ...sets.map((set) => cell(set.count))],
  ];
  const columns = ['Class', ...['Train', 'Test'].slice(0, sets.length).map((name) => cell(name))];
  return tableText({ columns, rows }, { width, isLeft: () => true });
}

const describe = (set: ImageSet): SetDescription => ({
  count: set.count,
  histogram: countsOf(set),
});

/**
 * The first ten images of each class [10 rows, ...shape]; where there are fewer, the rest of the row is blank. Without labels, the
 * first hundred images.
 */
function firstOfEachClass({ train: set, shape, classes }: DataSet): Uint8Array {
  const { labels } = set;
  if (labels === undefined) return pixelsOf(set, 0, Math.min(set.count, GRID_COLUMNS ** 2)).slice();
  const rows = Math.min(classes.length, MOST_ROWS);
  const size = bytesOf(shape);
  const images = new Uint8Array(rows * GRID_COLUMNS * size);
  const found = new Array<number>(rows).fill(0);
  let missing = rows * GRID_COLUMNS;
  for (let i = 0; i < set.count && missing > 0; i++) {
    const one = labels[i];
    if (one >= rows || found[one] === GRID_COLUMNS) continue;
    images.set(pixelsOf(set, i, 1), (one * GRID_COLUMNS + found[one]++) * size);
    missing--;
  }
  return images;
}

/** A bar of up to 16 characters, in steps of an eighth of one; the set's most frequent class has the longest. */
function bar(count: number, set: SetDescription): string {
  const eighths = Math.round((8 * BAR_CHARACTERS * count) / Math.max(...set.histogram));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** `gan-mnist data`. */
export async function runData(given: Given, console: Console): Promise<void> {
  checkPictureOut(given.out);
  const seed = given.seed ?? DATA_OPTIONS.seed.default;
  // What was done to the images is a note of the report.
  const set = await loadImages(given.data, readingOf({ ...given, seed }), progressOn(console));
  let said = console;
  const description = describeData(set, given.out, (path, png) => {
    said = writePicture(path, png, console);
  });
  said.emit({ event: 'done', command: 'data', ...description });
  said.say(formatDataReport(description, console.lineWidth));
  if (description.grid !== undefined) said.wrote('picture', description.grid);
}
