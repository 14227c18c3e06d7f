/**
 * What drawing costs a training: `npm run bench:drawing -- [epochs] [threads] [rounds]`; without them 40 epochs, the threads that
 * users have by default, three rounds.
 *
 * Trains the same run with and without pictures by turns (report.html, losses.png, evolution.png and .gif, event file), and
 * prints the wall times and the processor's, the share of drawing by their medians (that of the processor holds on a busy machine
 * too), and what of it was the last drawing, which a user waits for.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBackend } from '../dist/backends/index.js';
import { loadMnist } from '../dist/data/mnist.js';
import { runOptions } from '../dist/gan/options.js';
import { train } from '../dist/training/train.js';
import { CurrentDrawings } from '../dist/drawings/current-drawings.js';

const [epochs = 40, threads, rounds = 3] = process.argv.slice(2).map(Number);
const mnist = loadMnist();
const backend = await loadBackend('auto', threads);
const outputs = mkdtempSync(join(tmpdir(), 'gan-mnist-drawing-'));
const finishSeconds: number[] = [];

/** Drawings as users have them, with a clock on the last one. */
class TimedDrawings extends CurrentDrawings {
  override async finishing(rows: Parameters<CurrentDrawings['finishing']>[0]): Promise<void> {
    const startedAt = performance.now();
    await super.finishing(rows);
    finishSeconds.push((performance.now() - startedAt) / 1000);
  }
}

interface Spent {
  readonly wall: number;
  readonly processor: number;
}

async function spent(draws: boolean): Promise<Spent> {
  const drawings = new TimedDrawings((message) => console.warn(message));
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const outcome = await train(
    { options: runOptions({ epochs }), outputs },
    { mnist, backend, followers: draws ? [drawings] : [] },
  );
  const wall = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  rmSync(outcome.folder, { recursive: true });
  return { wall, processor: (user + system) / 1e6 };
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
const rounded = (value: number): number => Number(value.toFixed(2));

const plain: Spent[] = [];
const drawn: Spent[] = [];
for (let round = 0; round < rounds; round++) {
  plain.push(await spent(false));
  drawn.push(await spent(true));
}
rmSync(outputs, { recursive: true });
const report = (clock: keyof Spent) => {
  const [without, having] = [plain, drawn].map((rounds) => rounds.map((one) => one[clock]));
  return {
    secondsWithoutDrawing: without.map(rounded),
    secondsWithDrawing: having.map(rounded),
    drawingPercent: rounded(100 * (median(having) / median(without) - 1)),
  };
};
console.log({
  epochs,
  threads: backend.threads,
  backend: backend.library,
  wall: report('wall'),
  processor: report('processor'),
  lastDrawingSeconds: finishSeconds.map(rounded),
});
