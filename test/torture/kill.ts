/**
 * `kill -9` at random moments over a small training. After each: the run folder is readable, `sample` works, `--resume`
 * (for every third, itself killed once) finishes, and the folder holds the bytes of an undisturbed run and nothing else.
 *
 *   npm run torture:kill -- [times, 100] [seed, 1] [backend, native]
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../src/data/random.js';
import { readSampleGrid } from '../../src/images/sample-grid.js';
import { restoreNewest } from '../../src/training/checkpoint.js';
import { parseLog } from '../../src/training/log.js';
import { readRunDescription } from '../../src/training/run-description.js';
import { listRuns } from '../../src/training/run-folder.js';
import { cli, STACK, startCli, type Outcome } from '../support/cli.js';
import { differences, runContents } from '../support/run-contents.js';

const [times = 100, seed = 1] = process.argv.slice(2, 4).map(Number);
const backend = process.argv[4] ?? 'native';
const TRAINING = '--epochs 8 --limit 3000 --batch-size 20 --units 16 --seed 5 --threads 1 --quiet'
  .split(' ')
  .concat('--backend', backend);
/** Of how many resumes one is killed too. */
const RESUME_KILLED_EVERY = 3;

const work = mkdtempSync(join(tmpdir(), 'gan-mnist-kill-'));
const random = new Random(seed, 'kill');
const momentIn = ({ from, to }: Span): number => from + random.below(Math.max(1, to - from));
/** Milliseconds after a start. */
interface Span {
  readonly from: number;
  readonly to: number;
}

const counts = { beforeTheRun: 0, inTheRun: 0, afterTheEnd: 0, killedAgain: 0, faults: 0 };

try {
  await main();
} finally {
  rmSync(work, { recursive: true });
}
console.log(
  `${times} times kill -9 on ${backend}, seed ${seed}: ${JSON.stringify(counts)}; faults: ${counts.faults}`,
);
process.exitCode = counts.faults === 0 ? 0 : 1;

async function main(): Promise<void> {
  const reference = join(work, 'reference');
  const span = await timed(['train', ...TRAINING, '--out', reference], reference);
  const expected = runContents(listRuns(reference)[0]);
  for (let k = 0; k < times; k++) {
    const outputs = join(work, String(k));
    // Mostly from the first trace of the run on; a tenth while Node.js starts and the step is compiled.
    const moment = k % 10 === 9 ? random.below(span.from) : momentIn(span) - span.from;
    try {
      const early = k % 10 === 9;
      await killOnce(outputs, moment, expected, span, early, k % RESUME_KILLED_EVERY === 0);
    } catch (error) {
      counts.faults++;
      console.log(`kill ${k} at ${moment} ms: ${(error as Error).message}`);
    }
    rmSync(outputs, { recursive: true, force: true });
  }
}

async function killOnce(
  outputs: string,
  moment: number,
  expected: Record<string, string>,
  span: Span,
  early: boolean,
  again: boolean,
): Promise<void> {
  await killedAt(moment, ['train', ...TRAINING, '--out', outputs], early ? undefined : outputs);
  const [run] = existsSync(outputs) ? listRuns(outputs) : [];
  if (run === undefined) {
    counts.beforeTheRun++;
    await succeed(cli('train', ...TRAINING, '--out', outputs), 'a training after it');
  } else {
    if (readRows(run).length === 8) counts.afterTheEnd++;
    else counts.inTheRun++;
    checkReadable(run);
    await succeed(cli('sample', '--run', run, '--n', '16', '--threads', '1'), 'sample');
    const resume = ['train', '--resume', run, '--quiet'];
    if (again) {
      await killedAt(momentIn(span), resume);
      counts.killedAgain++;
      checkReadable(run);
    }
    await succeed(cli(...resume), '--resume');
  }
  const different = differences(expected, runContents(run ?? listRuns(outputs)[0]));
  if (different.length > 0) throw new Error(`these differ: ${different.join(', ')}`);
  const rest = readdirSync(outputs).filter((name) => name.startsWith('.'));
  if (run === undefined && rest.length > 0) throw new Error(`left over: ${rest.join(', ')}`);
}

/** Runs a command to its end: from just before it makes its outputs folder, milliseconds after its start. */
async function timed(args: string[], outputs: string): Promise<Span> {
  const startedAt = performance.now();
  const { outcome } = startCli(args);
  const watch = setInterval(() => (from ??= existsSync(outputs) ? sinceStart() : undefined), 5);
  const sinceStart = (): number => Math.round(performance.now() - startedAt);
  let from: number | undefined;
  await succeed(outcome, 'the undisturbed run');
  clearInterval(watch);
  return { from: Math.round(0.97 * (from ?? 0)), to: sinceStart() };
}

/** @param outputs the time counts from when this folder is there. */
async function killedAt(milliseconds: number, args: string[], outputs?: string): Promise<void> {
  const { child, outcome } = startCli(args);
  while (outputs !== undefined && !existsSync(outputs)) await sleep(2);
  await Promise.race([sleep(milliseconds), outcome]);
  child.kill('SIGKILL');
  checkQuiet(await outcome, args.join(' '));
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
    readSampleGrid(join(run, 'samples', name));
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
