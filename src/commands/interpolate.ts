import { extname, join } from 'node:path';
import { UserError } from '../errors.js';
import { checkPlace, placeFor } from '../files/place.js';
import { isSpecial } from '../files/special.js';
import { writeFileWhole } from '../files/replace.js';
import { encodeGif } from '../images/gif.js';
import type { Backend } from '../backends/index.js';
import { bytesOf, isSameShape, shapeText, type ImageShape } from '../data/image-set.js';
import { gridImage, scaleOf } from '../images/grid.js';
import { encodePng } from '../images/png.js';
import { parseNumbers, SEEDS, type OptionsOf } from '../options.js';
import { loadGenerator } from '../runs/generator.js';
import { labelWalk, latentPoint, latentWalk } from '../gan/inputs.js';
import { readRunDescription } from '../runs/run-description.js';
import { hasBegun, isSweep, memberFolder, readSweep } from '../runs/sweep.js';
import { findRun } from '../runs/find-run.js';
import { OUTPUTS } from '../cli/common-options.js';
import { loadChosen } from '../cli/chosen-backend.js';
import type { Console } from '../cli/console.js';
import { checkPictureOut, STDOUT } from '../cli/picture-out.js';
import { nameOfRun, placeOfRun } from '../runs/packaged.js';
import { countOf } from '../terminal/format.js';
import { INTERPOLATE_OPTIONS } from '../cli/picture-options.js';

/** Runs of a sweep in one picture, and of these in a row of the GIF. */
const MOST_WALKERS = 100;
const MOST_COLUMNS = 10;
const MOST_SEEDS = 50;
/** Of the usual scale. */
const GIF_SCALE = 4;
const FRAME_MILLISECONDS = 80;
const POINT_MILLISECONDS = 500;

/** `gan-mnist interpolate`: a row per leg, of a sweep for each of its runs; in the GIF all runs walk side by side. */
export async function runInterpolate(
  given: Partial<OptionsOf<typeof INTERPOLATE_OPTIONS>>,
  console: Console,
): Promise<void> {
  const seeds = parseNumbers('--seeds', given.seeds ?? INTERPOLATE_OPTIONS.seeds.default, {
    ...SEEDS,
    least: 2,
    most: MOST_SEEDS,
  });
  const steps = given.steps ?? INTERPOLATE_OPTIONS.steps.default;
  const run = findRun(OUTPUTS, given.run);
  const walkers = walkersOf(run);
  checkPictureOut(given.out, ['.gif']);
  if (given.out !== undefined && (given.out === STDOUT || isSpecial(given.out)))
    throw new UserError(
      `--out: found ${given.out}, expected the name of a file: there are a PNG and a GIF to write`,
    );
  const base =
    given.out?.replace(/\.(png|gif)$/i, '') ??
    join(
      placeFor(placeOfRun(run, OUTPUTS), undefined, (message) => console.warn(message)),
      `interpolate-${nameOf(seeds)}`,
    );
  // Under the name that was typed, x.GIF too.
  const [png, gif] = ['.png', '.gif'].map((end) =>
    extname(given.out ?? '').toLowerCase() === end ? given.out! : `${base}${end}`,
  );
  for (const file of [png, gif]) checkPlace(file, 'file');
  const backend = await loadChosen(given, console);
  const { shape } = readRunDescription(walkers[0]).data;
  const walks: Float32Array[] = [];
  for (const folder of walkers)
    walks.push(await walkOf(folder, { seeds, steps, digit: given.digit, backend, shape }));
  writeFileWhole(png, encodePng(gridImage(joined(walks), shape, steps)));
  writeFileWhole(gif, await walkGif(walks, shape, steps));
  console.emit({
    event: 'done',
    command: 'interpolate',
    run,
    seeds,
    steps,
    png,
    gif,
    backend: backend.name,
  });
  const ofEach = walkers.length === 1 ? '' : ` of each of ${countOf(walkers.length, 'run')}`;
  console.tell(
    `a walk between the seeds ${seeds.join(', ')} of ${nameOfRun(run)}: one row per leg${ofEach}; there and back as GIF`,
  );
  console.wrote('picture', png);
  console.wrote('GIF', gif);
}

/**
 * The run itself, or those of a sweep that have begun.
 *
 * @throws UserError for a sweep without any, or with more than a picture has room for.
 */
function walkersOf(folder: string): string[] {
  if (!isSweep(folder)) return [folder];
  const sweep = readSweep(folder);
  const begun = sweep.runs
    .filter((run) => hasBegun(sweep, run))
    .map((run) => memberFolder(sweep, run));
  if (begun.length === 0 || begun.length > MOST_WALKERS)
    throw new UserError(
      `--run: found ${begun.length} runs that have begun in ${folder}, expected 1 to ${MOST_WALKERS}, or the folder of one of them`,
    );
  return begun;
}

interface Walk {
  readonly seeds: readonly number[];
  readonly steps: number;
  readonly digit: number | undefined;
  readonly backend: Backend;
  /** Of the images of all runs. */
  readonly shape: ImageShape;
}

/** The images on the way: [(seeds - 1) * steps, ...image]. */
async function walkOf(
  run: string,
  { seeds, steps, digit, backend, shape }: Walk,
): Promise<Float32Array> {
  const { options, data } = readRunDescription(run);
  if (!isSameShape(data.shape, shape))
    throw new UserError(
      `--run: found images of ${shapeText(data.shape)} in ${run}, expected ${shapeText(shape)}, as the other runs of the sweep have them`,
    );
  const generator = await loadGenerator(run, backend);
  try {
    const { classes } = generator;
    const points = seeds.map((seed) => latentPoint(seed, options));
    const asked = seeds.map((_, k) => digit ?? k % classes);
    const labels = classes > 0 ? labelWalk(asked, classes, steps) : undefined;
    return await generator.images(latentWalk(points, steps), labels);
  } finally {
    await generator.dispose();
  }
}

function joined(walks: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(walks.reduce((sum, walk) => sum + walk.length, 0));
  let at = 0;
  for (const walk of walks) {
    all.set(walk, at);
    at += walk.length;
  }
  return all;
}

/** The seeds, or how many they are where a file's name would become too long. */
function nameOf(seeds: readonly number[]): string {
  const all = seeds.join('-');
  return all.length <= 100 ? all : `${seeds.length}-seeds-from-${seeds[0]}`;
}

/** There and back, so that it can repeat for ever; it rests at the points. */
function walkGif(
  walks: readonly Float32Array[],
  shape: ImageShape,
  steps: number,
): Promise<Uint8Array> {
  const size = bytesOf(shape);
  const count = walks[0].length / size;
  const columns = Math.min(walks.length, MOST_COLUMNS);
  const scale = scaleOf(shape) * (walks.length === 1 ? GIF_SCALE : 1);
  // The last image of a leg is the first one of the next.
  const there = Array.from({ length: count }, (_, i) => i).filter(
    (i) => i === 0 || i % steps !== 0,
  );
  const back = there.slice(1, -1).reverse();
  return encodeGif(
    [...there, ...back].map((i) => ({
      image: gridImage(
        joined(walks.map((walk) => walk.subarray(i * size, (i + 1) * size))),
        shape,
        columns,
        scale,
      ),
      milliseconds: i === 0 || (i + 1) % steps === 0 ? POINT_MILLISECONDS : FRAME_MILLISECONDS,
    })),
  );
}
