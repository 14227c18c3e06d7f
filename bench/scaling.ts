/** How the cost of a step and of an epoch grows: `npm run bench:scaling`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { writeFileWhole } from '../src/files/replace.js';
import type { Setting } from './contestants.js';
import { measure, medianOf, type Effort } from './measure.js';
import { numbersFrom, positiveInteger } from './options.js';
import { machineText, markdownTable } from './report.js';
import { scalingPng, type ChartPoint } from './scaling_chart.js';
import { observe } from './whole_process.js';

interface Options {
  readonly batchSizes: readonly number[];
  readonly units: readonly number[];
  readonly threads: readonly number[];
  readonly images: readonly number[];
  readonly rounds: number;
  readonly json?: string;
  readonly chart?: string;
}

/** What one of the sweeps found. */
interface Point extends Setting {
  readonly sweep: 'batch size' | 'units' | 'images';
  /** Of the quickest round: points are timed one after another, and what slows the machine for a while is none of theirs. */
  readonly msPerStep: number | null;
  readonly timesLimit: number | null;
  /** Of an epoch; only where the images are swept. */
  readonly images?: number;
  readonly secondsPerEpoch?: number | null;
}

const list = numbersFrom(positiveInteger);
const options = new Command('npm run bench:scaling --')
  .description(
    'Times the dense step on the native backend over batch sizes, units and threads, and epochs over images.',
  )
  .option('--batch-sizes <list>', 'at 128 units', list, [16, 32, 64, 128, 256, 512, 1024])
  .option('--units <list>', 'at batch 128', list, [64, 128, 256, 512, 1024])
  .option('--threads <list>', 'each with all of the above', list, [1, 2])
  .option(
    '--images <list>',
    'an epoch of train, batch 100',
    list,
    [1000, 3000, 10_000, 30_000, 60_000],
  )
  .option('--rounds <n>', 'how often each is timed', positiveInteger, 5)
  .option('--json <file>', 'also write the points there')
  .option('--chart <file>', 'also draw them, as a PNG')
  .parse()
  .opts<Options>();

const effort: Effort = { rounds: options.rounds, roundSeconds: 0.5 };
const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function step(sweep: Point['sweep'], setting: Setting): Promise<Point> {
  const rows = await measure(setting, /^native$/, '', effort, () => {});
  const native = rows.find(({ backend }) => backend === 'native')!;
  if (native.note !== '') throw new Error(native.note);
  say(`${sweep}: batch ${setting.batchSize}, ${setting.units} units, ${setting.threads} threads`);
  const { minMsPerStep: msPerStep, timesLimit } = native;
  return { sweep, ...setting, msPerStep, timesLimit };
}

async function epoch(images: number, threads: number): Promise<Point> {
  const outputs = mkdtempSync(join(tmpdir(), 'gan-mnist-bench-'));
  say(`images: ${images}, ${threads} threads`);
  const args = {
    epochs: options.rounds + 1,
    limit: images,
    threads,
    'sample-every': 1,
    out: outputs,
  };
  try {
    const { events } = await observe({
      file: process.execPath,
      args: [
        fileURLToPath(new URL('../bin/gan-mnist.js', import.meta.url)),
        ...['train', '--json', '--backend', 'native', '--batch-size', '100'],
        ...Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)]),
      ],
    });
    const seconds = events.filter(({ event }) => event === 'epoch').slice(1);
    const secondsPerEpoch = medianOf(seconds.map((row) => Number(row.seconds)));
    const common = { model: 'dense', batchSize: 100, units: 128, threads, timesLimit: null };
    return { sweep: 'images', ...common, msPerStep: null, images, secondsPerEpoch };
  } finally {
    rmSync(outputs, { recursive: true, force: true });
  }
}

const points: Point[] = [];
for (const threads of options.threads) {
  for (const batchSize of options.batchSizes)
    points.push(await step('batch size', { model: 'dense', batchSize, units: 128, threads }));
  for (const units of options.units)
    points.push(await step('units', { model: 'dense', batchSize: 128, units, threads }));
  for (const images of options.images) points.push(await epoch(images, threads));
}

const fixed = (x: number | null | undefined, digits: number): string => x?.toFixed(digits) ?? '-';
const table = markdownTable(
  [
    'sweep',
    'batch',
    'units',
    'threads',
    'images',
    'ms a step',
    'us an image',
    'x limit',
    's an epoch',
  ],
  points.map((point) => [
    point.sweep,
    String(point.batchSize),
    String(point.units),
    String(point.threads),
    String(point.images ?? '-'),
    fixed(point.msPerStep, 2),
    fixed(point.msPerStep === null ? null : (1e3 * point.msPerStep) / point.batchSize, 1),
    fixed(point.timesLimit, 2),
    fixed(point.secondsPerEpoch, 2),
  ]),
);
console.log(`${machineText()}\n\n${table}`);
if (options.json !== undefined) {
  writeFileWhole(options.json, `${JSON.stringify(points, null, 2)}\n`);
  console.log(`\nwrote ${options.json}`);
}
if (options.chart !== undefined) {
  const sweeps = ['batch size', 'units', 'images'] as const;
  const drawn = points.flatMap((point): ChartPoint[] => {
    const { sweep, batchSize, units, threads, images, msPerStep, timesLimit, secondsPerEpoch } =
      point;
    const panel = sweeps.indexOf(sweep);
    if (images !== undefined)
      return secondsPerEpoch == null ? [] : [{ panel, threads, x: images, y: secondsPerEpoch }];
    if (msPerStep === null) return [];
    const limit = timesLimit === null ? {} : { limit: msPerStep / timesLimit };
    return [{ panel, threads, x: sweep === 'units' ? units : batchSize, y: msPerStep, ...limit }];
  });
  const panels = [
    { x: 'images a step (128 units)', y: 'ms a step' },
    { x: 'units (batch 128)', y: 'ms a step' },
    { x: 'images of an epoch (batch 100)', y: 's an epoch' },
  ];
  writeFileWhole(options.chart, await scalingPng(panels, drawn));
  console.log(`\nwrote ${options.chart}`);
}
