import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { encode } from 'fast-png';
import { expect, it } from 'vitest';
import { evaluate, openRun, report, resume, train, writeDataset } from '../../src/index.js';
import { writeIdxImages, writeIdxLabels } from '../support/sets.js';
import { bytesOf, shapeText, type ImageShape } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { FORMATS } from '../../src/datasets/format.js';
import { Random } from '../../src/data/random.js';
import { COMPILED } from '../support/backends.js';
import { SLOW } from '../support/slow.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const RUNS = SLOW ? 10 : 1;
const TRAIN = 24;
const TEST = 12;

/** One kind of images and the networks for them. */
interface Kind {
  readonly shape: ImageShape;
  /** 0: no labels. */
  readonly classes: number;
  readonly model: 'dense' | 'conv';
  readonly backend: (typeof COMPILED)[number];
  readonly hasTest: boolean;
}

const side = fc.integer({ min: 2, max: 16 }).map((quarter) => 4 * quarter);
const kinds: fc.Arbitrary<Kind> = fc.record({
  shape: fc.tuple(side, side, fc.constantFrom(1, 3)),
  classes: fc.constantFrom(0, 1, 2, 7, 300, 1000),
  model: fc.constantFrom('dense', 'conv'),
  backend: fc.constantFrom(...COMPILED),
  hasTest: fc.boolean(),
});

/** The corners, which are always tried. */
const CORNERS: readonly Kind[] = [
  { shape: [8, 8, 3], classes: 1000, model: 'conv', backend: COMPILED[0], hasTest: true },
  { shape: [64, 64, 3], classes: 0, model: 'dense', backend: COMPILED.at(-1)!, hasTest: false },
  { shape: [12, 32, 1], classes: 2, model: 'conv', backend: COMPILED.at(-1)!, hasTest: false },
];

const folder = temporaryFolder();
let number = 0;

function writeSet({ shape, classes, hasTest }: Kind): string {
  const data = join(folder, `data-${++number}`);
  mkdirSync(data);
  const random = new Random(number, 'shapes');
  const parts = [['train', TRAIN] as const, ...(hasTest ? [['t10k', TEST] as const] : [])];
  for (const [part, count] of parts) {
    const pixels = Uint8Array.from({ length: count * bytesOf(shape) }, () => random.below(256));
    writeFileSync(join(data, `${part}-images-idx3-ubyte`), writeIdxImages(pixels, shape));
    if (classes === 0) continue;
    // Of all classes the last one at least.
    const labels = Array.from({ length: count }, (_, k) => classes - 1 - (k % classes));
    writeFileSync(join(data, `${part}-labels-idx1-ubyte`), writeIdxLabels(labels, classes));
  }
  return data;
}

async function goThrough(kind: Kind): Promise<void> {
  const { shape, classes, model, backend } = kind;
  const data = writeSet(kind);
  const compute = { backend, threads: 1 };
  const outputs = join(folder, `outputs-${number}`);
  const small = model === 'dense' ? { units: 4 } : { filters: 2, baseChannels: 2 };
  const options = { model, batchSize: 12, latentSize: 3, epochs: 1, measureEvery: 0, ...small };
  const run = await train({ ...options, ...compute, data, outputs, draw: false });
  const longer = await resume({ run: run.folder, epochs: 2, ...compute, draw: false });
  expect(longer.epochs).toBe(2);

  const opened = await openRun({ run: run.folder });
  expect(opened.description.data.shape).toEqual(shape);
  expect(opened.description.data.classes).toHaveLength(classes);
  expect(opened.options.conditional).toBe(classes > 1);
  expect(opened.rows.map(({ epoch }) => epoch)).toEqual([1, 2]);
  const images = await opened.generate(5, compute);
  expect(images).toHaveLength(5 * bytesOf(shape));
  expect(images.every((x) => x >= -1 && x <= 1)).toBe(true);

  const found = await evaluate({ run: run.folder, quick: true, images: 200, ...compute });
  expect(found.figures.frechet!.value).toBeGreaterThan(0);
  expect(found.recognition !== undefined).toBe(classes > 1);
  expect(found.data.standIn).toBe(!kind.hasTest);
  expect((await report({ run: run.folder })).at(-1)).toBe(join(run.folder, 'report.html'));

  if (classes < 2) return;
  const counts = Array.from({ length: classes }, (_, k) => Number(k < 2 || k === classes - 1));
  const format = FORMATS[number % FORMATS.length];
  const out = join(folder, `set-${number}`);
  await writeDataset({ run: run.folder, out, format, counts, ...compute });
  const written = await loadImages(out);
  expect([written.shape, written.train.count]).toEqual([shape, new Set([0, 1, classes - 1]).size]);
  expect(written.classes).toHaveLength(classes);
}

it.each(
  CORNERS.map((kind) => [`${shapeText(kind.shape)}, ${kind.classes} classes`, kind] as const),
)('images of %s are trained on, drawn, judged, reported and written', (_, kind) => goThrough(kind));

it('images of any kind are', async () => {
  await fc.assert(fc.asyncProperty(kinds, goThrough), { numRuns: RUNS, endOnFailure: true });
});

const PICTURES = join(import.meta.dirname, '..', 'data', 'forms', 'pictures');

/** Palettes, one bit, EXIF's rotations, progressive, transparent, and other formats than PNG. */
const ODD = [
  ...['palette-4-bits.png', 'palette-transparent.png', 'one-bit.png', 'turned-6.png', 'gray.jpg'],
  ...['progressive.jpg', 'turned-3.jpg', 'turned-6.jpg', 'turned-8.jpg', 'lossy.webp'],
  ...['rgba.webp', 'turned-6.webp'],
];

/** Pictures of mixed sizes and modes: soft gradients as photographs have them, and those of the readers' tests. */
function writePictures(data: string): number {
  const random = new Random(1, 'pictures');
  const modes = [1, 2, 3, 4].flatMap((channels) => [8, 16].map((depth) => ({ channels, depth })));
  for (let k = 0; k < 28; k++) {
    const { channels, depth } = modes[k % modes.length] as {
      channels: 1 | 2 | 3 | 4;
      depth: 8 | 16;
    };
    const [width, height] = [20 + random.below(70), 20 + random.below(70)];
    const [right, down, start] = [random.below(1000) / 1000, random.below(1000) / 1000, k / 28];
    const length = width * height * channels;
    const most = 2 ** depth - 1;
    const values = Array.from({ length }, (_, i) => {
      const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
      const tone = start + (right * x) / width + (down * y) / height + (i % channels) / 5;
      return Math.round(most * Math.abs(Math.sin(tone)));
    });
    const pixels = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
    writeFileSync(join(data, `${k}.png`), encode({ width, height, channels, depth, data: pixels }));
  }
  for (const name of ODD) copyFileSync(join(PICTURES, name), join(data, name));
  return 28 + ODD.length;
}

it('pictures of mixed sizes and modes are trained on and drawn', async () => {
  const data = join(folder, 'pictures');
  mkdirSync(data);
  const count = writePictures(data);
  expect(count).toBe(40);
  const compute = { backend: COMPILED[0], threads: 1 };
  const options = { batchSize: 10, latentSize: 3, epochs: 1, units: 4, ...compute };
  const outputs = join(folder, 'of-pictures');
  const run = await train({ ...options, data, size: 16, testShare: 0.25, outputs, draw: false });
  const opened = await openRun({ run: run.folder });
  expect(opened.description.data).toMatchObject({
    shape: [16, 16, 3],
    classes: [],
    reading: { size: 16, testShare: 0.25, seed: 1 },
  });
  expect(await opened.generate(2, compute)).toHaveLength(2 * 16 * 16 * 3);
  // As they were read then, without being told again.
  const { figures, verdict, data: judged } = await evaluate({ run: run.folder, ...compute });
  expect([judged.standIn, figures.recognised]).toEqual([false, undefined]);
  expect(verdict[0].title).toBe('What they show is for you to see');
  expect((await resume({ run: run.folder, epochs: 2, ...compute, draw: false })).epochs).toBe(2);
});
