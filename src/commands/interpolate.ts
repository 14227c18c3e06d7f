import { join } from 'node:path';
import { UserError } from '../errors.js';
import { placeFor } from '../files/place.js';
import { writeFileWhole } from '../files/replace.js';
import { encodeGif } from '../images/gif.js';
import { bytesOf, type ImageShape } from '../data/image-set.js';
import { gridImage, scaleOf } from '../images/grid.js';
import { encodePng } from '../images/png.js';
import type { OptionsOf } from '../options.js';
import { loadGenerator } from '../runs/generator.js';
import { labelWalk, latentPoint, latentWalk } from '../gan/latent-walk.js';
import { readRunDescription } from '../runs/run-description.js';
import { loadChosen } from '../cli/chosen-backend.js';
import type { Console } from '../cli/console.js';
import { checkPictureOut } from '../cli/picture-out.js';
import { OUTPUTS } from '../cli/common-options.js';
import { placeOfRun } from '../runs/packaged.js';
import { findOneRun } from './one-run.js';
import { INTERPOLATE_OPTIONS } from '../cli/option-tables.js';

const MOST_SEEDS = 50;
const MOST_SEED = 2 ** 31 - 1;
/** Of the usual scale. */
const GIF_SCALE = 4;
const FRAME_MILLISECONDS = 80;
const POINT_MILLISECONDS = 500;

/** `gan-mnist interpolate`. */
export async function runInterpolate(
  given: Partial<OptionsOf<typeof INTERPOLATE_OPTIONS>>,
  console: Console,
): Promise<void> {
  const seeds = parseSeeds(given.seeds ?? INTERPOLATE_OPTIONS.seeds.default);
  const steps = given.steps ?? INTERPOLATE_OPTIONS.steps.default;
  const run = findOneRun(given.run, '--run');
  checkPictureOut(given.out, ['.gif']);
  if (given.out === '-')
    throw new UserError('--out: found -, expected a name: there are a PNG and a GIF to write');
  const base =
    given.out?.replace(/\.(png|gif)$/i, '') ??
    join(
      placeFor(placeOfRun(run, OUTPUTS), undefined, (message) => console.warn(message)),
      `interpolate-${nameOf(seeds)}`,
    );
  const [png, gif] = [`${base}.png`, `${base}.gif`];
  const backend = await loadChosen(given, console);
  const generator = await loadGenerator(run, backend);
  const { options, data } = readRunDescription(run);
  const points = seeds.map((seed) => latentPoint(seed, options));
  const { classes } = generator;
  const labels =
    classes > 0
      ? labelWalk(
          seeds.map((_, k) => given.digit ?? k % classes),
          classes,
          steps,
        )
      : undefined;
  const images = await generator.images(latentWalk(points, steps), labels);
  await generator.dispose();
  writeFileWhole(png, encodePng(gridImage(images, data.shape, steps)));
  writeFileWhole(gif, await walkGif(images, data.shape, steps));
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
  console.wrote(`walk between the seeds ${seeds.join(', ')} of ${run}, a row a leg`, png);
  console.wrote('the same walk, there and back', gif);
}

/**
 * Reads `--seeds`.
 *
 * @throws UserError where it is not two or more whole numbers with commas between them.
 */
export function parseSeeds(text: string): number[] {
  const seeds = text.split(',').map((seed) => seed.trim());
  const isSeed = (seed: string): boolean => /^\d{1,10}$/.test(seed) && Number(seed) <= MOST_SEED;
  if (seeds.length < 2 || seeds.length > MOST_SEEDS || !seeds.every(isSeed))
    throw new UserError(
      `--seeds: found "${text}", expected 2 to ${MOST_SEEDS} whole numbers from 0 to ${MOST_SEED} with commas between them, as 1,5,9`,
    );
  return seeds.map(Number);
}

/** The seeds, or how many they are where a file's name would become too long. */
function nameOf(seeds: readonly number[]): string {
  const all = seeds.join('-');
  return all.length <= 100 ? all : `${seeds.length}-seeds-from-${seeds[0]}`;
}

/** There and back, so that it can repeat for ever; it rests at the points. */
function walkGif(images: Float32Array, shape: ImageShape, steps: number): Promise<Uint8Array> {
  const size = bytesOf(shape);
  const count = images.length / size;
  // The last image of a leg is the first one of the next.
  const there = Array.from({ length: count }, (_, i) => i).filter(
    (i) => i === 0 || i % steps !== 0,
  );
  const back = there.slice(1, -1).reverse();
  return encodeGif(
    [...there, ...back].map((i) => ({
      image: gridImage(
        images.subarray(i * size, (i + 1) * size),
        shape,
        1,
        GIF_SCALE * scaleOf(shape),
      ),
      milliseconds: i === 0 || (i + 1) % steps === 0 ? POINT_MILLISECONDS : FRAME_MILLISECONDS,
    })),
  );
}
