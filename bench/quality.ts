/**
 * Minutes to a quality: trains runs of growing length, each planned for its own length, and measures TSTR (train on synthetic, test on real) of each:
 * `npm run bench:quality`. What is best for each level goes into bench/LEADERBOARD.md.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { loadBackend, type Backend } from '../src/backends/index.js';
import { loadMnist } from '../src/data/mnist.js';
import { evaluateModels } from '../src/evaluation/evaluate.js';
import { EVALUATION_DEFAULTS } from '../src/evaluation/evaluation.js';
import { estimateOf, type Figures } from '../src/evaluation/figures.js';
import { writeFileWhole } from '../src/files/replace.js';
import { runOptions } from '../src/gan/options.js';
import { disposeModels, loadModels } from '../src/labelled/models.js';
import { findModels } from '../src/runs/run-models.js';
import { train } from '../src/training/train.js';
import { numbersFrom, positiveInteger } from './options.js';
import { machineText, markdownTable } from './report.js';

/** TSTR that is aimed at. Real images have 0.992 to 0.993. */
const LEVELS = [0.98, 0.985, 0.99];
const LEADERBOARD = fileURLToPath(new URL('LEADERBOARD.md', import.meta.url));

interface Options {
  readonly set: string[];
  readonly epochs: number[];
  readonly seeds: number[];
  readonly perDigit: number;
  readonly threads: number;
  readonly latentScale: number;
  readonly json?: string;
  readonly enter: boolean;
}

/** One training and what came of it. */
interface Trained {
  readonly epochs: number;
  readonly seed: number;
  readonly minutes: number;
  readonly figures: Figures;
}

const options = new Command('npm run bench:quality --')
  .description('Trains for growing lengths and says how many minutes each quality takes.')
  .option('--set <option=value...>', 'options of train, as model=conv batchSize=64', [])
  .option('--epochs <list>', 'lengths of the runs', numbersFrom(positiveInteger), [20, 60, 200])
  .option(
    '--seeds <list>',
    'each length is trained with each',
    numbersFrom(positiveInteger),
    [1, 2, 3],
  )
  .option('--per-digit <n>', 'images of each digit that TSTR is trained on', positiveInteger, 6000)
  .option('--threads <n>', 'of the training', positiveInteger, 2)
  .option('--latent-scale <x>', 'factor of z when the set is drawn', Number, 1)
  .option('--json <file>', 'also write all figures there')
  .option('--enter', 'append the levels that were reached to bench/LEADERBOARD.md', false)
  .parse()
  .opts<Options>();

const given = Object.fromEntries(options.set.map(assignment));
const mnist = loadMnist();
const outputs = mkdtempSync(join(tmpdir(), 'gan-mnist-quality-'));
const trained: Trained[] = [];
try {
  const backend = await loadBackend('auto', options.threads);
  for (const epochs of options.epochs)
    for (const seed of options.seeds) trained.push(await trainAndJudge(epochs, seed, backend));
} finally {
  rmSync(outputs, { recursive: true, force: true });
}
console.log(`${machineText()}; ${options.threads} threads; ${JSON.stringify(given)}\n`);
console.log(summaryTable());
if (options.json !== undefined)
  writeFileWhole(options.json, `${JSON.stringify({ given, options, trained }, undefined, 2)}\n`);
if (options.enter) appendFileSync(LEADERBOARD, rowsReached());

/** `batchSize=64` as the value of an option. */
function assignment(text: string): [string, string | number | boolean] {
  const [name, value] = text.split('=');
  if (value === undefined) throw new Error(`--set: found "${text}", expected option=value`);
  if (value === 'true' || value === 'false') return [name, value === 'true'];
  return [name, value !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
}

async function trainAndJudge(epochs: number, seed: number, backend: Backend): Promise<Trained> {
  const request = { options: runOptions({ ...given, epochs, seed }), outputs };
  const { folder, seconds } = await train(request, { mnist, backend });
  const models = await loadModels(findModels(outputs, folder), backend, options.latentScale);
  try {
    const { evaluation } = await evaluateModels(
      models,
      { ...EVALUATION_DEFAULTS, seed, perDigit: options.perDigit },
      { data: mnist, backend, keptIn: join(outputs, 'classifiers') },
    );
    const one = { epochs, seed, minutes: seconds / 60, figures: evaluation.figures };
    console.error(
      `${epochs} epochs, seed ${seed}: ${one.minutes.toFixed(1)} minutes, TSTR ${percent(one.figures.tstr?.value)}`,
    );
    return one;
  } finally {
    await disposeModels(models);
  }
}

/** A row per length: means over the seeds, with the least and the most TSTR. */
function summaryTable(): string {
  const header = [
    'epochs',
    'minutes',
    'TSTR',
    'least',
    'most',
    'real',
    'recognised',
    'distance',
    'coverage',
  ];
  const rows = options.epochs.map((epochs) => {
    const own = trained.filter((one) => one.epochs === epochs);
    const mean = (name: keyof Figures): number | undefined => meanOf(own, name);
    const tstr = own.flatMap(({ figures }) => figures.tstr?.value ?? []);
    return [
      String(epochs),
      meanMinutes(own).toFixed(1),
      percent(mean('tstr')),
      percent(tstr.length > 0 ? Math.min(...tstr) : undefined),
      percent(tstr.length > 0 ? Math.max(...tstr) : undefined),
      percent(own[0].figures.tstr?.real?.value),
      percent(mean('recognised')),
      mean('frechet')?.toFixed(2) ?? '-',
      mean('coverage')?.toFixed(3) ?? '-',
    ];
  });
  return markdownTable(header, rows);
}

/** The shortest length whose mean TSTR is at least each level, as rows of the leaderboard. */
function rowsReached(): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const date = new Date().toISOString().slice(0, 10);
  const rows = LEVELS.flatMap((level) => {
    const length = options.epochs.find((epochs) => {
      const tstr = meanOf(
        trained.filter((one) => one.epochs === epochs),
        'tstr',
      );
      return tstr !== undefined && tstr >= level;
    });
    if (length === undefined) return [];
    const own = trained.filter((one) => one.epochs === length);
    const recipe = [...options.set, `epochs=${length}`, `latent scale ${options.latentScale}`].join(
      ' ',
    );
    return [
      `| ${(100 * level).toFixed(1)}% | ${meanMinutes(own).toFixed(1)} | ${percent(meanOf(own, 'tstr'))} (${own.length} seeds) | ${recipe} | ${machineText()}, ${options.threads} threads | ${commit} | ${date} |\n`,
    ];
  });
  return rows.join('');
}

/** Undefined where one of them has no such figure. */
function meanOf(runs: readonly Trained[], name: keyof Figures): number | undefined {
  const values = runs.flatMap(({ figures }) => figures[name]?.value ?? []);
  return values.length < runs.length ? undefined : estimateOf(values).value;
}

function meanMinutes(runs: readonly Trained[]): number {
  return estimateOf(runs.map(({ minutes }) => minutes)).value;
}

function percent(share: number | undefined): string {
  return share === undefined ? '-' : `${(100 * share).toFixed(2)}%`;
}
