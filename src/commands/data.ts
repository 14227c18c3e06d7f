import { join } from 'node:path';
import { DIGITS, IMAGE_PIXELS } from '../data/idx.js';
import { MNIST_DIGESTS, loadMnist, type DigitSet } from '../data/mnist.js';
import { writeFileWhole } from '../files.js';
import { gridImage } from '../images/grid.js';
import type { Console } from '../cli/console.js';
import { encodePng } from '../images/png.js';

/** Digits of a class in the grid. */
const GRID_COLUMNS = 10;
const DEFAULT_OUT = join('outputs', 'digits.png');
const BAR_CHARACTERS = 16;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

export interface DataOptions {
  /** A folder with the four IDX files; without it, MNIST itself. */
  data?: string;
  /** Where the grid goes: a PNG file. */
  out?: string;
}

export interface SetDescription {
  count: number;
  /** How many there are of each digit, 0 to 9. */
  histogram: number[];
}

export interface DataDescription {
  source: string;
  train: SetDescription;
  test: SetDescription;
  files: { name: string; sha256: string; isMnist: boolean }[];
  /** Whether all four files are, byte for byte, those of MNIST. */
  isMnist: boolean;
  /** The grid's file: a row for each digit, its first ten training images. */
  grid: string;
}

/**
 * Verifies a data set, describes it and writes a grid of it: 10 rows, a row a digit.
 *
 * @throws UserError when a file is missing or wrong, or the grid cannot be written there.
 */
export async function describeData(options: DataOptions): Promise<DataDescription> {
  const mnist = loadMnist(options.data);
  const files = Object.entries(mnist.digests).map(([name, sha256]) => ({
    name,
    sha256,
    isMnist: sha256 === MNIST_DIGESTS[name],
  }));
  const grid = options.out ?? DEFAULT_OUT;
  writeFileWhole(grid, encodePng(gridImage(firstOfEachDigit(mnist.train), GRID_COLUMNS)));
  return {
    source: mnist.source,
    train: describe(mnist.train),
    test: describe(mnist.test),
    files,
    isMnist: files.every((file) => file.isMnist),
    grid,
  };
}

/** What {@link describeData} found, as lines for a person, in columns. */
export function formatDataReport(result: DataDescription): string {
  const verdict = result.isMnist
    ? 'MNIST: all four files are the original ones'
    : result.files.some((file) => file.isMnist)
      ? 'partly MNIST: see the files marked'
      : 'not MNIST: a set of your own';
  const name = Math.max(...result.files.map((file) => file.name.length));
  return [
    `Source  ${result.source}`,
    `Is      ${verdict}`,
    '',
    `${'File'.padEnd(name)}  ${'SHA-256'.padEnd(64)}  MNIST`,
    ...result.files.map(
      (file) => `${file.name.padEnd(name)}  ${file.sha256}  ${file.isMnist ? 'yes' : 'no'}`,
    ),
    '',
    row('Digit', 'Train', '', 'Test', ''),
    ...result.train.histogram.map((count, digit) =>
      row(
        String(digit),
        String(count),
        bar(count, result.train),
        String(result.test.histogram[digit]),
        bar(result.test.histogram[digit], result.test),
      ),
    ),
    row('All', String(result.train.count), '', String(result.test.count), ''),
    '',
    `Wrote ${result.grid}`,
  ].join('\n');
}

function describe(set: DigitSet): SetDescription {
  const histogram = new Array<number>(DIGITS).fill(0);
  for (const label of set.labels) histogram[label]++;
  return { count: set.count, histogram };
}

/** [100, 784]: the first ten images of each digit; where there are fewer, the rest of the row is blank. */
function firstOfEachDigit(set: DigitSet): Uint8Array {
  const images = new Uint8Array(DIGITS * GRID_COLUMNS * IMAGE_PIXELS);
  const found = new Array<number>(DIGITS).fill(0);
  set.labels.forEach((digit, i) => {
    if (found[digit] === GRID_COLUMNS) return;
    const image = set.images.subarray(i * IMAGE_PIXELS, (i + 1) * IMAGE_PIXELS);
    images.set(image, (digit * GRID_COLUMNS + found[digit]++) * IMAGE_PIXELS);
  });
  return images;
}

function row(
  digit: string,
  train: string,
  trainBar: string,
  test: string,
  testBar: string,
): string {
  const cells = [digit.padEnd(5), train.padStart(7), trainBar.padEnd(BAR_CHARACTERS)];
  return [...cells, test.padStart(7), testBar].join(' ').trimEnd();
}

/** A bar of up to 16 characters, in steps of an eighth of one; the set's most frequent digit has the longest. */
function bar(count: number, set: SetDescription): string {
  const eighths = Math.round((8 * BAR_CHARACTERS * count) / Math.max(...set.histogram));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** `gan-mnist data`. */
export async function runData(given: DataOptions, console: Console): Promise<void> {
  const description = await describeData(given);
  console.emit(description);
  console.say(formatDataReport(description));
  if (console.quiet) console.wrote('grid', description.grid);
}
