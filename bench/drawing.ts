/**
 * What drawing costs a training: `npm run build && npx tsx bench/drawing.ts [epochs] [threads]`.
 *
 * Trains the same run with and without pictures by turns (report.html, losses.png, evolution.png and .gif, event file), and
 * prints the wall times, the share of drawing by their medians, and what of it was the last drawing, which a user waits for.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBackend } from '../dist/backends/index.js';
import { loadMnist } from '../dist/data/mnist.js';
import { runOptions } from '../dist/training/options.js';
import { train } from '../dist/training/train.js';
import { CurrentDrawings } from '../dist/web/current-drawings.js';

const ROUNDS = 3;
const [epochs = 40, threads = 1] = process.argv.slice(2).map(Number);
const mnist = loadMnist();
const backend = await loadBackend('auto', threads);
const outputs = mkdtempSync(join(tmpdir(), 'gan-mnist-drawing-'));
const finishSeconds: number[] = [];

/** Drawings as users have them, with a clock on the last one. */
class TimedDrawings extends CurrentDrawings {
  override async finish(rows: Parameters<CurrentDrawings['finish']>[0]): Promise<void> {
    const startedAt = performance.now();
    await super.finish(rows);
    finishSeconds.push((performance.now() - startedAt) / 1000);
  }
}

async function secondsOf(draws: boolean): Promise<number> {
  const observe = (folder: string) => new TimedDrawings(folder, (message) => console.warn(message));
  const startedAt = performance.now();
  const outcome = await train(
    { options: runOptions({ epochs }), outputs },
    { mnist, backend, ...(draws && { observe }) },
  );
  const seconds = (performance.now() - startedAt) / 1000;
  rmSync(outcome.folder, { recursive: true });
  return seconds;
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
const rounded = (values: number[]): number[] => values.map((value) => Number(value.toFixed(2)));

const plain: number[] = [];
const drawn: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  plain.push(await secondsOf(false));
  drawn.push(await secondsOf(true));
}
rmSync(outputs, { recursive: true });
console.log({
  epochs,
  threads,
  backend: backend.library,
  secondsWithoutDrawing: rounded(plain),
  secondsWithDrawing: rounded(drawn),
  lastDrawingSeconds: rounded(finishSeconds),
  drawingPercent: rounded([100 * (median(drawn) / median(plain) - 1)])[0],
  lastDrawingPercent: rounded([(100 * median(finishSeconds)) / median(plain)])[0],
});
