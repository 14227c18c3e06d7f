import { join } from 'node:path';
import type { Backend } from '../backends/index.js';
import { IMAGE_PIXELS } from '../data/mnist.js';
import { UserError } from '../errors.js';
import type { OptionsOf } from '../options.js';
import { writeFileWhole } from '../files/replace.js';
import { gridImage } from '../images/grid.js';
import { encodePng } from '../images/png.js';
import { ALL_DIGITS, isDigitsFolder } from '../runs/digit-folders.js';
import { findAllDigitRuns, findDigitRun } from '../runs/digit-runs.js';
import { loadGenerator } from '../runs/generator.js';
import { findRun } from '../runs/run-folder.js';
import { loadChosen } from '../cli/chosen-backend.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import { SAMPLE_OPTIONS } from '../cli/option-tables.js';

type Given = Partial<OptionsOf<typeof SAMPLE_OPTIONS>>;

/** What is drawn: images of one run after another. */
interface Source {
  /** Where the PNG goes by default, and what is named in the answer. */
  readonly run: string;
  /** The run or runs, each of which gives n / generators.length images. */
  readonly generators: readonly string[];
  readonly n: number;
  readonly columns: number;
  /** Of the PNG's name. */
  readonly label: string;
}

/** `gan-mnist sample`. */
export async function runSample(given: Given, console: Console): Promise<void> {
  const seed = given.seed ?? SAMPLE_OPTIONS.seed.default;
  const { run, generators, n, columns, label } = findSource(given);
  const backend = await loadChosen(given, console);
  const images = new Float32Array(n * IMAGE_PIXELS);
  const each = n / generators.length;
  for (const [k, folder] of generators.entries())
    images.set(await imagesOf(folder, each, seed, backend), k * each * IMAGE_PIXELS);
  const file = given.out ?? join(run, `sample-${label}n${n}-seed${seed}.png`);
  writeFileWhole(file, encodePng(gridImage(images, columns)));
  console.emit({ run, file, n, seed, columns, backend: backend.name });
  console.wrote(`${n} samples of ${run} (seed ${seed}, ${backend.library})`, file);
}

function findSource({ n, digit, eachDigit = false, run }: Given): Source {
  if (digit !== undefined && eachDigit)
    throw new UserError('--digit and --each-digit: found both, expected one of them');
  const single = (
    folder: string,
    label: string,
    count: number = SAMPLE_OPTIONS.n.default,
  ): Source => {
    const columns = Math.ceil(Math.sqrt(count));
    return { run: folder, generators: [folder], n: count, columns, label };
  };
  if (digit !== undefined) return single(findDigitRun(OUTPUTS, digit, run), `digit${digit}-`, n);
  const folder = eachDigit ? undefined : findRun(OUTPUTS, run);
  if (folder !== undefined && !isDigitsFolder(folder)) return single(folder, '', n);
  return rowsOfDigits(folder ?? run, n);
}

/** A row a digit. */
function rowsOfDigits(run: string | undefined, n = 100): Source {
  const digits = ALL_DIGITS.length;
  if (n % digits !== 0)
    throw new UserError(
      `--n: found ${n}, expected a multiple of ${digits} for a row of each digit (or --digit for one of them)`,
    );
  const generators = findAllDigitRuns(OUTPUTS, run);
  const folder = join(generators[0], '..');
  return { run: folder, generators, n, columns: n / digits, label: 'each-digit-' };
}

async function imagesOf(
  run: string,
  n: number,
  seed: number,
  backend: Backend,
): Promise<Float32Array> {
  const generator = await loadGenerator(run, backend);
  try {
    return await generator.generate(n, seed);
  } finally {
    await generator.dispose();
  }
}
