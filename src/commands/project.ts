import { readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { pixelsOf } from '../data/image-set.js';
import { decodePicture, MOST_PICTURE_BYTES } from '../data/pictures/picture-file.js';
import { UserError } from '../errors.js';
import { explained } from '../files/explain.js';
import { refuseOtherThanPath } from '../files/other-than-path.js';
import { placeFor } from '../files/place.js';
import { isSpecial, readSpecial } from '../files/special.js';
import { labelsInTurn, labelWalk, latentPoint, latentWalk } from '../gan/inputs.js';
import { gridImage } from '../images/grid.js';
import { encodePng } from '../images/png.js';
import type { OptionsOf } from '../options.js';
import { centred } from '../projection/centred.js';
import { nearestImage } from '../projection/nearest-image.js';
import { Projector, type Projection } from '../projection/projector.js';
import { loadGenerator, type Generator } from '../runs/generator.js';
import { readRunDescription } from '../runs/run-description.js';
import { loadChosen } from '../cli/chosen-backend.js';
import type { Console } from '../cli/console.js';
import { loadAgain } from '../cli/images.js';
import { checkPictureOut, writePicture } from '../cli/picture-out.js';
import { OUTPUTS } from '../cli/common-options.js';
import { findOwnRun } from '../runs/find-run.js';
import { refuseSweep } from '../runs/sweep.js';
import type { PROJECT_OPTIONS } from '../cli/picture-options.js';

/** Images of a row: ten digits, and ten steps of a walk. */
const COLUMNS = 10;
/** Where the walk goes, as `sample --seed` shows them. */
const WALK_SEEDS = [1, 5, 9];
const PAPER = -1;

/** `gan-mnist project`. */
export async function runProject(
  given: Partial<OptionsOf<typeof PROJECT_OPTIONS>>,
  console: Console,
  [path]: readonly string[],
): Promise<void> {
  const run = findOwnRun(OUTPUTS, given.run, 'RUN');
  refuseSweep(run, 'RUN: ');
  checkPictureOut(given.out);
  const name = basename(path, extname(path));
  const file =
    given.out ??
    join(
      placeFor(run, undefined, (message) => console.warn(message)),
      `project-${name}.png`,
    );
  const description = readRunDescription(run);
  const data = await loadAgain(run, given, console);
  if (data.shape[2] !== 1)
    throw new UserError(
      `${run}: found a run of images with colours, expected one of gray images, as drawings are`,
    );
  const picture = await decodePicture(readPicture(path), path);
  const target = scaled(centred(picture, data.shape, path));
  const backend = await loadChosen(given, console);
  if (backend.name === 'cpu')
    throw new UserError('--backend: found cpu, which would take minutes, expected native or wasm');
  const signal = console.interruptions('stopping; nothing is written');
  await using projector = await Projector.create(run, backend);
  const projection = await projector.project(target, signal);
  const nearest = nearestImage(data.train, target);
  const training = scaled(pixelsOf(data.train, nearest.index, 1));
  const generator = await loadGenerator(run, backend);
  const rows = [
    paddedRow([target, projection.image, training]),
    ...(await fromThere(projection, generator, description.options)),
  ];
  await generator.dispose();
  const said = writePicture(file, encodePng(gridImage(joined(rows), data.shape, COLUMNS)), console);
  const { label, error, z } = projection;
  said.emit({
    event: 'done',
    command: 'project',
    run,
    picture: path,
    file,
    ...(label !== undefined && { digit: label }),
    error,
    nearest,
    z: [...z],
  });
  said.tell(
    `${path}: the nearest image of ${run}${label === undefined ? '' : `, asked for as ${data.classes[label] ?? label},`} differs by ${error.toFixed(3)} of 1 per pixel (root mean square); the nearest training image, ${nearest.index + 1} of ${data.train.count}, by ${nearest.error.toFixed(3)}`,
  );
  said.tell('the picture, its image, the training image; and from there on:');
  said.wrote('picture', file);
}

function readPicture(path: string): Uint8Array {
  refuseOtherThanPath('read the picture', path);
  const bytes = explained('read the picture', path, () =>
    isSpecial(path) ? readSpecial(path, MOST_PICTURE_BYTES) : readFileSync(path),
  );
  if (bytes.length > MOST_PICTURE_BYTES)
    throw new UserError(`${path} is too large: expected at most ${MOST_PICTURE_BYTES} bytes`);
  return bytes;
}

/** The same z as every class, where the model can be asked; then a walk to the z of some seeds. */
async function fromThere(
  { z, label }: Projection,
  generator: Generator,
  options: Parameters<typeof latentPoint>[1],
): Promise<Float32Array[]> {
  const { classes } = generator;
  const points = [z, ...WALK_SEEDS.map((seed) => latentPoint(seed, options))];
  const walk = await generator.images(
    latentWalk(points, COLUMNS),
    label === undefined
      ? undefined
      : labelWalk(
          points.map(() => label),
          classes,
          COLUMNS,
        ),
  );
  if (label === undefined) return [walk];
  const shown = Math.min(classes, COLUMNS);
  const same = new Float32Array(shown * z.length);
  for (let k = 0; k < shown; k++) same.set(z, k * z.length);
  const asEach = await generator.images(same, labelsInTurn(shown, classes));
  return [paddedRow([asEach]), walk];
}

const scaled = (bytes: Uint8Array): Float32Array =>
  Float32Array.from(bytes, (value) => value / 127.5 - 1);

/** Images of one row, paper after them. */
function paddedRow(parts: readonly Float32Array[]): Float32Array {
  const images = joined(parts);
  const pixels = parts.length > 1 ? parts[0].length : images.length / COLUMNS;
  const row = new Float32Array(COLUMNS * pixels).fill(PAPER);
  row.set(images);
  return row;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
