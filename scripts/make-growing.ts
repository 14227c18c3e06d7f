/**
 * Makes docs/growing.gif, the moving picture of README: digits of `gan-mnist train --epochs 10 --seed 1` while they grow, two rows of ten,
 * from an early step to the last, the steps evenly spaced on a logarithmic scale.
 *
 *   npm run make:growing
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOf } from '../src/data/image-set.js';
import { encodeGif, type GifFrame } from '../src/images/gif.js';
import { gridImage, toBytes } from '../src/images/grid.js';
import { blank, paste } from '../src/images/image.js';
import { drawLabels } from '../src/images/labels.js';
import { train } from '../src/index.js';

const SHAPE = [28, 28, 1] as const;
const COLUMNS = 10;
const ROWS = 2;
const FRAMES = 30;
/** Before it there is nothing but noise, which hardly compresses. */
const FIRST_STEP = 8;
const LABEL_HEIGHT = 26;
const FRAME_MILLISECONDS = 140;
const LAST_MILLISECONDS = 3000;

const outputs = mkdtempSync(join(tmpdir(), 'gan-mnist-growing-'));
const shown: { step: number; images: Uint8Array }[] = [];
let stepsPerEpoch = 0;
let due = new Set<number>();
await train({
  epochs: 10,
  seed: 1,
  outputs,
  draw: false,
  on: {
    started: (run) => {
      ({ stepsPerEpoch } = run);
      const last = stepsPerEpoch * run.options.epochs;
      due = new Set(
        Array.from({ length: FRAMES }, (_, k) =>
          Math.round(FIRST_STEP * (last / FIRST_STEP) ** (k / (FRAMES - 1))),
        ),
      );
    },
    glimpse: ({ epoch, step }) => {
      const done = (epoch - 1) * stepsPerEpoch + step;
      if (!due.has(done)) return undefined;
      return (images) =>
        shown.push({
          step: done,
          images: toBytes(images).slice(0, ROWS * COLUMNS * bytesOf(SHAPE)),
        });
    },
  },
});
rmSync(outputs, { recursive: true });

const { width, height } = gridImage(shown[0].images, SHAPE, COLUMNS);
const labels = await drawLabels(
  shown.map(({ step }) => `step ${step.toLocaleString('en-US')}`),
  { width, height: LABEL_HEIGHT, align: 'middle', color: '#ffffff', background: '#000000' },
);
const frames = shown.map(({ images }, k): GifFrame => {
  const image = blank(width, height + LABEL_HEIGHT, 1, 0);
  paste(image, gridImage(images, SHAPE, COLUMNS), 0, 0);
  paste(image, labels[k], 0, height);
  return { image, milliseconds: k === shown.length - 1 ? LAST_MILLISECONDS : FRAME_MILLISECONDS };
});
const gif = await encodeGif(frames);
writeFileSync('docs/growing.gif', gif);
console.log(`docs/growing.gif: ${gif.length} bytes, ${frames.length} frames`);
