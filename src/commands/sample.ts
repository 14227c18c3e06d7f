import { join } from 'node:path';
import type { Backend } from '../backends/index.js';
import { bytesOf } from '../data/image-set.js';
import { classesText } from '../datasets/counts.js';
import { UserError } from '../errors.js';
import { placeFor } from '../files/place.js';
import type { OptionsOf } from '../options.js';
import { gridImage } from '../images/grid.js';
import { encodePng } from '../images/png.js';
import { loadGenerator } from '../runs/generator.js';
import { nameOfRun, PACKAGED, placeOfRun } from '../runs/packaged.js';
import { findRun, listRuns } from '../runs/run-folder.js';
import { findAllDigits, findDigitRun } from '../runs/run-models.js';
import { digitRuns } from '../runs/sweep.js';
import { loadChosen } from '../cli/chosen-backend.js';
import { OUTPUTS } from '../cli/common-options.js';
import { readRunDescription } from '../runs/run-description.js';
import type { Console } from '../cli/console.js';
import { checkPictureOut, writePicture } from '../cli/picture-out.js';
import { SAMPLE_OPTIONS } from '../cli/option-tables.js';

type Given = Partial<OptionsOf<typeof SAMPLE_OPTIONS>>;

/** Images of a row of one digit, unless so many are asked for. */
const COLUMNS = 10;

/** What is drawn: images of one run after another. */
interface Source {
  /** Where the PNG goes by default, and what is named in the answer. */
  readonly run: string;
  /** The run or runs, each of which gives n / parts.length images: of this digit, from a model that can be asked for it. */
  readonly parts: readonly { readonly folder: string; readonly digit?: number }[];
  readonly n: number;
  readonly columns: number;
  /** Of the PNG's name. */
  readonly label: string;
}

/** `gan-mnist sample`. */
export async function runSample(given: Given, console: Console): Promise<void> {
  const seed = given.seed ?? SAMPLE_OPTIONS.seed.default;
  const { run, parts, n, columns, label } = findSource(given);
  checkPictureOut(given.out);
  const file =
    given.out ??
    join(
      placeFor(placeOfRun(run, OUTPUTS), undefined, (message) => console.warn(message)),
      `sample-${label}n${n}-seed${seed}.png`,
    );
  const backend = await loadChosen(given, console);
  const { shape } = readRunDescription(parts[0].folder).data;
  const size = bytesOf(shape);
  const images = new Float32Array(n * size);
  const each = n / parts.length;
  for (const [k, { folder, digit }] of parts.entries())
    images.set(await imagesOf(folder, each, seed, backend, digit), k * each * size);
  const said = writePicture(file, encodePng(gridImage(images, shape, columns)), console);
  said.emit({
    event: 'done',
    command: 'sample',
    run: nameOfRun(run),
    file,
    n,
    seed,
    columns,
    backend: backend.name,
  });
  said.wrote(`${n} samples of ${nameOfRun(run)} (seed ${seed}, ${backend.library})`, file);
}

function findSource({ n, digit, class: name, eachDigit = false, run }: Given): Source {
  if (name !== undefined && (digit !== undefined || eachDigit))
    throw new UserError('--class and --digit or --each-digit: found both, expected one of them');
  if (name !== undefined) return ofClass(findRun(OUTPUTS, run), name, n);
  if (digit !== undefined && eachDigit)
    throw new UserError('--digit and --each-digit: found both, expected one of them');
  const single = (
    folder: string,
    label: string,
    count: number = SAMPLE_OPTIONS.n.default,
  ): Source => {
    const columns = Math.ceil(Math.sqrt(count));
    return { run: folder, parts: [{ folder, digit }], n: count, columns, label };
  };
  // Right after the install there is no run yet: then the images are the packaged generator's.
  const named = run ?? (listRuns(OUTPUTS).length === 0 ? PACKAGED : undefined);
  if (digit !== undefined) return single(findDigitRun(OUTPUTS, digit, named), `digit${digit}-`, n);
  const folder = eachDigit ? undefined : findRun(OUTPUTS, named);
  if (folder !== undefined && digitRuns(folder) === undefined) return single(folder, '', n);
  return rowsOfDigits(folder ?? named, n);
}

/** Images of a class by its name. */
function ofClass(run: string, name: string, n: number = SAMPLE_OPTIONS.n.default): Source {
  const { options, data } = readRunDescription(run);
  const digit = data.classes.indexOf(name);
  if (digit < 0)
    throw new UserError(
      `--class: found "${name}", expected one of the classes of ${run}: ${classesText(data.classes)}`,
    );
  if (!options.conditional && options.digit !== digit)
    throw new UserError(
      `--class: ${run} has a model that cannot be asked for a class, expected one that can, as gan-mnist train makes it of labelled images`,
    );
  const label = `class${digit}-`;
  return { run, parts: [{ folder: run, digit }], n, columns: Math.ceil(Math.sqrt(n)), label };
}

/** One row per digit. */
function rowsOfDigits(run: string | undefined, asked: number | undefined): Source {
  const { run: folder, folders } = findAllDigits(OUTPUTS, run);
  const digits = folders.size;
  const n = asked ?? COLUMNS * digits;
  if (n % digits !== 0)
    throw new UserError(
      `--n: found ${n}, expected a multiple of ${digits} for a row of each digit (or --digit for one of them)`,
    );
  return {
    run: folder,
    parts: [...folders].map(([digit, folder]) => ({ folder, digit })),
    n,
    columns: n / digits,
    label: 'each-digit-',
  };
}

async function imagesOf(
  run: string,
  n: number,
  seed: number,
  backend: Backend,
  digit?: number,
): Promise<Float32Array> {
  const generator = await loadGenerator(run, backend);
  try {
    return await generator.generate(n, seed, generator.classes > 0 ? digit : undefined);
  } finally {
    await generator.dispose();
  }
}
