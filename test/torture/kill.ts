/**
 * `kill -9` at random moments over a small training, and then some more aimed at each kind of file while it is written.
 * After each: the run folder is readable, `sample` works, `--resume` (for every third, itself killed once) finishes, and the
 * folder holds the bytes of an undisturbed run and nothing else.
 *
 *   npm run torture:kill -- [times, 100] [seed, 1] [backend, the fastest] [dense | conv]
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../src/data/random.js';
import { readSampleGrid } from '../../src/images/sample-grid.js';
import { restoreNewest } from '../../src/runs/checkpoint.js';
import { parseLog } from '../../src/runs/log.js';
import { readRunDescription } from '../../src/runs/run-description.js';
import { listRuns } from '../../src/runs/run-folder.js';
import { FASTEST } from '../support/backends.js';
import { cli, STACK, startCli, type Outcome } from '../support/cli.js';
import { differences, runContents } from '../support/run-contents.js';
import { DRAWN, FOLDER_OF, phaseAtKill, PHASES, TEMPORARY, type Phase } from './phase.js';
import { DIGIT_SHAPE } from '../support/sets.js';

const [times = 100, seed = 1] = process.argv.slice(2, 4).map(Number);
const [backend = FASTEST, model = 'dense'] = process.argv.slice(4);
const EPOCHS = 8;
const SIZES: Partial<Record<string, string>> = {
  dense: '--limit 3000 --batch-size 20 --units 16',
  conv: '--model conv --digit 3 --limit 400 --batch-size 8 --filters 2',
};
const TRAINING = `${SIZES[model]} --epochs ${EPOCHS} --seed 5 --threads 1 --quiet --backend ${backend}`;
/** Of how many resumes one is killed too. */
const RESUME_KILLED_EVERY = 3;
/** How many are killed while Node.js starts and the step is compiled: one in so many. */
const EARLY_EVERY = 10;
const AIMED_EACH = 5;

const work = mkdtempSync(join(tmpdir(), 'gan-mnist-kill-'));
const random = new Random(seed, 'kill');
/** Milliseconds after a start. */
interface Span {
  readonly from: number;
  readonly to: number;
}
const momentIn = ({ from, to }: Span): number => from + random.below(Math.max(1, to - from));

type Aim = keyof typeof FOLDER_OF;
/** When to kill: milliseconds after the start, or after the outputs folder is there, or on sight of an aim's file. */
type Moment =
  | { readonly afterStart: number }
  | { readonly afterFolder: number }
  | { readonly aim: Aim; readonly skip: number };

const NONE = Object.fromEntries(Object.keys(PHASES).map((phase) => [phase, 0]));
const atRandom = { ...NONE } as Record<Phase, number>;
const aimed = { ...NONE } as Record<Phase, number>;
const counts = { killed: 0, readable: 0, sampled: 0, killedAgain: 0, sameBytes: 0, faults: 0 };

try {
  await main();
} finally {
  rmSync(work, { recursive: true });
}
console.log(`${model} on ${backend}, seed ${seed}: ${JSON.stringify(counts)}`);
console.log(`${times} at random moments, while: ${JSON.stringify(atRandom)}`);
console.log(`aimed at what is being written, hit while: ${JSON.stringify(aimed)}`);
process.exitCode = counts.faults === 0 ? 0 : 1;

async function main(): Promise<void> {
  const reference = join(work, 'reference');
  const span = await timed(reference);
  const expected = runContents(listRuns(reference)[0]);
  for (let k = 0; k < times; k++) {
    const moment =
      k % EARLY_EVERY === EARLY_EVERY - 1
        ? { afterStart: random.below(span.from) }
        : { afterFolder: random.below(Math.max(1, span.to - span.from)) };
    await trial(moment, expected, span, k % RESUME_KILLED_EVERY === 0);
    if ((k + 1) % 10 === 0) console.log(`${k + 1}: ${JSON.stringify(counts)}`);
  }
  for (const aim of Object.keys(FOLDER_OF) as Aim[])
    for (let k = 0; k < AIMED_EACH; k++) {
      const skip = aim === 'drawing' || aim === 'lastModels' ? 0 : random.below(EPOCHS - 2);
      await trial({ aim, skip }, expected, span, false);
    }
}

async function trial(
  moment: Moment,
  expected: Record<string, string>,
  span: Span,
  again: boolean,
): Promise<void> {
  const outputs = join(work, 'outputs');
  try {
    await killOnce(outputs, moment, expected, span, again);
  } catch (error) {
    counts.faults++;
    console.log(`${JSON.stringify(moment)}: ${(error as Error).message}`);
  }
  rmSync(outputs, { recursive: true, force: true });
}

async function killOnce(
  outputs: string,
  moment: Moment,
  expected: Record<string, string>,
  span: Span,
  again: boolean,
): Promise<void> {
  await killedAt(moment, trainingInto(outputs), outputs);
  counts.killed++;
  const [run] = existsSync(outputs) ? listRuns(outputs) : [];
  const phase = phaseAtKill(outputs, EPOCHS, run === undefined ? 0 : readRows(run).length);
  ('aim' in moment ? aimed : atRandom)[phase]++;
  if (run === undefined) await succeed(cli(...trainingInto(outputs)), 'a training after it');
  else {
    checkReadable(run);
    counts.readable++;
    await succeed(cli('sample', '--run', run, '--n', '16', '--threads', '1'), 'sample');
    counts.sampled++;
    const resume = ['train', '--resume', run, '--quiet'];
    if (again) {
      await killedAt({ afterStart: momentIn(span) }, resume, outputs);
      counts.killedAgain++;
      checkReadable(run);
    }
    await succeed(cli(...resume), '--resume');
  }
  const different = differences(expected, runContents(run ?? listRuns(outputs)[0]));
  if (different.length > 0) throw new Error(`these differ: ${different.join(', ')}`);
  counts.sameBytes++;
  const rest = readdirSync(outputs).filter((name) => name.startsWith('.'));
  if (run === undefined && rest.length > 0) throw new Error(`left over: ${rest.join(', ')}`);
}

function trainingInto(outputs: string): string[] {
  return ['train', ...TRAINING.split(' '), '--out', outputs];
}

/** The undisturbed run: from just before it makes its outputs folder to its end, after its start. */
async function timed(outputs: string): Promise<Span> {
  const startedAt = performance.now();
  const sinceStart = (): number => Math.round(performance.now() - startedAt);
  const { outcome } = startCli(trainingInto(outputs));
  let from: number | undefined;
  const watching = setInterval(() => (from ??= existsSync(outputs) ? sinceStart() : undefined), 5);
  await succeed(outcome, 'the undisturbed run');
  clearInterval(watching);
  return { from: Math.round(0.97 * (from ?? 0)), to: sinceStart() };
}

async function killedAt(moment: Moment, args: string[], outputs: string): Promise<void> {
  const { child, outcome } = startCli(args);
  const ended = outcome.then(() => {});
  if ('afterStart' in moment) await Promise.race([sleep(moment.afterStart), ended]);
  else if ('afterFolder' in moment) {
    while (!existsSync(outputs) && child.exitCode === null) await sleep(2);
    await Promise.race([sleep(moment.afterFolder), ended]);
  } else {
    while ((!existsSync(outputs) || listRuns(outputs).length === 0) && child.exitCode === null)
      await sleep(2);
    await Promise.race([seen(listRuns(outputs)[0], moment.aim, moment.skip), ended]);
  }
  child.kill('SIGKILL');
  checkQuiet(await outcome, args.join(' '));
}

/** Resolves when a temporary file of the aim appears, after so many others. */
function seen(run: string, aim: Aim, skip: number): Promise<void> {
  const names = new Set<string>();
  return new Promise((resolve) => {
    const watcher = watch(join(run, FOLDER_OF[aim]), (_, name) => {
      if (name === null || !TEMPORARY.test(name) || names.has(name)) return;
      if (aim === 'drawing' && !DRAWN.test(name)) return;
      if (aim === 'lastModels' && readRows(run).length < EPOCHS) return;
      names.add(name);
      if (names.size <= skip) return;
      watcher.close();
      resolve();
    });
  });
}

async function succeed(outcome: Promise<Outcome>, what: string): Promise<void> {
  const result = await outcome;
  checkQuiet(result, what);
  if (result.code !== 0) throw new Error(`${what} ended with ${result.code}: ${result.stderr}`);
}

function checkQuiet({ stderr }: Outcome, what: string): void {
  if (STACK.test(stderr)) throw new Error(`${what} printed a stack: ${stderr}`);
}

/** At most the log's last line may be torn; every other file is whole. */
function checkReadable(run: string): void {
  readRunDescription(run);
  const { damaged } = parseLog(readFileSync(join(run, 'log.jsonl'), 'utf8'));
  if (damaged.length > 1) throw new Error(`log.jsonl has ${damaged.length} damaged lines`);
  const [head, ...lines] = readFileSync(join(run, 'losses.csv'), 'utf8').trimEnd().split('\n');
  const columns = head.split(',').length;
  if (lines.some((line) => line.split(',').length !== columns))
    throw new Error('losses.csv is torn');
  for (const name of readdirSync(join(run, 'samples')).filter((one) => one.endsWith('.png')))
    readSampleGrid(join(run, 'samples', name), DIGIT_SHAPE);
  restoreNewest(
    join(run, 'checkpoint'),
    () => {},
    (message) => {
      throw new Error(message);
    },
  );
}

function readRows(run: string): unknown[] {
  return parseLog(readFileSync(join(run, 'log.jsonl'), 'utf8')).rows;
}
