import { join } from 'node:path';
import { placeFor } from '../files/place.js';
import { loadChosen } from '../cli/chosen-backend.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import { picturesText, proposeNext, quoted } from '../cli/shown.js';
import { SAMPLE_OPTIONS } from '../cli/picture-options.js';
import type { Backend } from '../backends/index.js';
import { bytesOf } from '../data/image-set.js';
import { labelsInTurn, latentPoint, sameLabel } from '../gan/inputs.js';
import { toBytes } from '../images/grid.js';
import { loadGenerator } from '../runs/generator.js';
import { nameOfRun, PACKAGED_RUN, placeOfRun } from '../runs/packaged.js';
import { readRunDescription } from '../runs/run-description.js';
import { checkSamplesOut, ENDINGS, formatOf, writeSamples, type Samples } from './sample-files.js';
import { findSource, seedsOf, type Given } from './sample-source.js';

/** `gan-mnist sample`. */
export async function runSample(given: Given, console: Console): Promise<void> {
  const seed = given.seed ?? SAMPLE_OPTIONS.seed.default;
  const seeds = seedsOf(given);
  const { run, parts, n, columns, label } = findSource(given);
  const format = formatOf(given);
  checkSamplesOut(given.out, format);
  const which = seeds === undefined ? `n${n}-seed${seed}` : `seeds-${seedsName(seeds)}`;
  const file =
    given.out ??
    join(
      placeFor(placeOfRun(run, OUTPUTS), undefined, (message) => console.warn(message)),
      `sample-${label}${which}${ENDINGS[format]}`,
    );
  const backend = await loadChosen(given, console);
  const { shape } = readRunDescription(parts[0].folder).data;
  const size = bytesOf(shape);
  const images = new Uint8Array(n * size);
  const labels = new Uint16Array(n);
  let areLabelled = true;
  const each = n / parts.length;
  for (const [k, { folder, digit }] of parts.entries()) {
    const request = { seed, seeds, count: each, digit, scale: given.latentScale ?? 1 };
    const drawn = await draw(folder, request, backend);
    images.set(toBytes(drawn.images), k * each * size);
    if (drawn.labels === undefined) areLabelled = false;
    else labels.set(drawn.labels, k * each);
  }
  const samples: Samples = { images, shape, columns, ...(areLabelled && { labels }) };
  const said = await writeSamples(samples, format, file, console);
  const name = nameOfRun(run);
  said.emit({
    ...{ event: 'done', command: 'sample', run: name, file, format, n, columns },
    seed: seeds?.[0] ?? seed,
    ...(seeds !== undefined && { seeds }),
    ...(areLabelled && { labels: [...labels] }),
    backend: backend.name,
  });
  const shown = parts.length > 1 ? byColumns(images, size, columns) : images;
  if (said.screen.isLive) said.screen.write(`${picturesText(shown, shape, said)}\n\n`);
  const model =
    run === PACKAGED_RUN
      ? 'the generator in the package, trained on MNIST (gan-mnist train makes your own)'
      : name;
  said.tell(
    `${n} samples of ${model}; ${seeds === undefined ? `seed ${seed}` : `seeds ${given.seeds}`}, ${backend.library}`,
  );
  said.wrote(format === 'png' ? 'picture' : 'images', file);
  if (run === PACKAGED_RUN && said.screen.isLive)
    proposeNext(
      [
        ['train --quality fast', 'train one yourself, in about a minute'],
        [`dataset --run ${quoted(name)} --per-digit 600 --out digits`, 'a labelled set'],
      ],
      said,
    );
}

/** The images of a grid column by column: with a row per digit 0, 1, 2, ... and again. */
function byColumns(images: Uint8Array, size: number, columns: number): Uint8Array {
  const rows = images.length / size / columns;
  const all = new Uint8Array(images.length);
  for (let k = 0; k < rows * columns; k++) {
    const at = (k % rows) * columns + Math.floor(k / rows);
    all.set(images.subarray(at * size, (at + 1) * size), k * size);
  }
  return all;
}

interface DrawRequest {
  readonly count: number;
  readonly seed: number;
  /** Of each image, instead of one seed of all. */
  readonly seeds: readonly number[] | undefined;
  readonly digit: number | undefined;
  /** Factor of z. */
  readonly scale: number;
}

/** Images, and what they were asked for as or the model was trained on, where it is known. */
async function draw(
  folder: string,
  { count, seed, seeds, digit, scale }: DrawRequest,
  backend: Backend,
): Promise<{ images: Float32Array; labels?: Uint16Array }> {
  const generator = await loadGenerator(folder, backend, scale);
  try {
    const { options } = readRunDescription(folder);
    const { classes } = generator;
    const asked = classes > 0 ? digit : undefined;
    const same = asked ?? options.digit;
    const labels =
      same !== undefined
        ? new Uint16Array(count).fill(same)
        : classes > 0
          ? Uint16Array.from({ length: count }, (_, k) => k % classes)
          : undefined;
    if (seeds === undefined)
      return { images: await generator.generate(count, seed, asked), labels };
    const z = new Float32Array(seeds.length * generator.latentSize);
    seeds.forEach((one, k) =>
      z.set(
        latentPoint(one, options).map((x) => scale * x),
        k * generator.latentSize,
      ),
    );
    const oneHot =
      classes === 0
        ? undefined
        : asked === undefined
          ? labelsInTurn(count, classes)
          : sameLabel(count, classes, asked);
    return { images: await generator.images(z, oneHot), labels };
  } finally {
    await generator.dispose();
  }
}

/** The seeds for a file's name; how many they are where that would become too long. */
function seedsName(seeds: readonly number[]): string {
  const isRange = seeds.length > 2 && seeds.every((seed, k) => seed === seeds[0] + k);
  const all = isRange ? `${seeds[0]}-to-${seeds.at(-1)}` : seeds.join('-');
  return all.length <= 100 ? all : `${seeds.length}-from-${seeds[0]}`;
}
