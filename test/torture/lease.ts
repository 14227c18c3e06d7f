/**
 * Owners of a run that are stopped or killed in another PID namespace, where nobody can ask for their process: as on another
 * machine or in another container. Each time the run must end with the bytes of an undisturbed one, and never have two writers.
 *
 *   npm run torture:lease
 *
 * Takes about six minutes, most of them waiting: a lease is given up after a minute of silence. Needs root or user namespaces.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseLog } from '../../src/runs/log.js';
import { listRuns } from '../../src/runs/run-folder.js';
import { parseOwner } from '../../src/files/lease-owner.js';
import { readText } from '../../src/files/read.js';
import { cli, STACK, startCli, type Outcome, type RunningCli } from '../support/cli.js';
import { hasNamespaces } from '../support/namespaces.js';
import { differences, runContents } from '../support/run-contents.js';

const STOPPED_MILLISECONDS = 120_000;
const CONTAINER = ['unshare', '-rpf', '--mount-proc'];
const SMALL =
  '--limit 200 --batch-size 20 --units 4 --latent-size 6 --threads 1 --learning-rate-decay 0'.split(
    ' ',
  );
/** So many epochs that none of these trainings ends by itself meanwhile. */
const LONG = ['--epochs', '200000', '--sample-every', '1000', '--checkpoint-every', '20'];

const work = mkdtempSync(join(tmpdir(), 'gan-mnist-lease-'));
let faults = 0;
/** The first processes of the containers. */
const started = new Set<number>();
try {
  if (!hasNamespaces()) process.exitCode = 1;
  else await main();
} finally {
  rmSync(work, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

async function main(): Promise<void> {
  await attempt('an owner that is stopped for two minutes', stopped);
  await attempt('an owner that is killed', killed);
  await attempt('an owner that is stopped for 20 seconds', paused);
  console.log(`faults: ${faults}`);
  process.exitCode = faults === 0 ? 0 : 1;
}

async function attempt(what: string, trial: () => Promise<string>): Promise<void> {
  try {
    console.log(`${what}: ${await trial()}`);
  } catch (error) {
    faults++;
    console.log(`${what}: FAULT: ${(error as Error).message}`);
  } finally {
    for (const pid of started) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
    started.clear();
  }
}

interface Container {
  readonly training: RunningCli;
  readonly run: string;
  readonly pid: number;
}

async function container(outputs: string): Promise<Container> {
  const training = startCli(['train', ...SMALL, ...LONG, '--out', outputs], { wrap: CONTAINER });
  const isUnderWay = (): boolean =>
    existsSync(outputs) && listRuns(outputs).some((run) => rowsOf(run) > 40);
  while (!isUnderWay()) await sleep(50);
  return { training, run: listRuns(outputs)[0], pid: firstIn(training.child.pid!) };
}

function rowsOf(run: string): number {
  return parseLog(readText(join(run, 'log.jsonl'))).rows.length;
}

/** The id in the lock. While it changes hands there may be none for a moment. */
function ownerOf(run: string): string | undefined {
  const lock = join(run, 'lock');
  return existsSync(lock) ? parseOwner(readText(lock))?.id : undefined;
}

interface Successor {
  readonly outcome: Promise<Outcome>;
  /** Tells it to save and end. */
  readonly end: () => void;
}

/** Another container goes on with the run for so many epochs more than are in the log. */
function goOn(run: string, more: number): Successor {
  const args = ['train', '--resume', run, '--epochs', String(rowsOf(run) + more), '--quiet'];
  const { child, outcome } = startCli(args, { wrap: CONTAINER });
  return { outcome, end: () => process.kill(firstIn(child.pid!), 'SIGTERM') };
}

/** The first process of a container, by the outer one's id. */
function firstIn(outer: number): number {
  const pid = Number(execFileSync('pgrep', ['-P', String(outer)], { encoding: 'utf8' }));
  started.add(pid);
  return pid;
}

async function stopped(): Promise<string> {
  const { training, run, pid } = await container(join(work, 'stopped'));
  process.kill(pid, 'SIGSTOP');
  const startedAt = performance.now();
  await sleep(1000);
  // Long enough to be at work when the other one wakes up.
  const next = goOn(run, 100_000);
  const owner = ownerOf(run);
  // On a busy machine the other one takes its time to begin.
  while (performance.now() - startedAt < STOPPED_MILLISECONDS || ownerOf(run) === owner)
    await sleep(500);
  const takenOver = rowsOf(run);
  process.kill(pid, 'SIGCONT');
  const first = await training.outcome;
  check(first.code === 1, `the stopped owner ended with ${first.code}: ${first.stderr}`);
  check(/was taken over by process \d+/.test(first.stderr), `it said ${first.stderr}`);
  check(!STACK.test(first.stderr), 'a stack');
  await sleep(2000);
  const { rows, damaged } = parseLog(readText(join(run, 'log.jsonl')));
  check(damaged.length === 0, `log.jsonl has damaged lines: ${damaged.join(', ')}`);
  check(
    rows.every((row, k) => row.epoch === k + 1),
    'log.jsonl has rows of two writers',
  );
  check(rows.length > takenOver, 'the successor does not go on');
  next.end();
  const second = await next.outcome;
  check(/is taken over from process/.test(second.stderr), `the successor said ${second.stderr}`);
  await same(run);
  return `taken over after a minute; it woke up, said so and wrote nothing (${rows.length} epochs, equal bytes)`;
}

async function killed(): Promise<string> {
  const { training, run, pid } = await container(join(work, 'killed'));
  process.kill(pid, 'SIGKILL');
  await training.outcome;
  const startedAt = performance.now();
  const [one, other] = await Promise.all([goOn(run, 20).outcome, goOn(run, 20).outcome]);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const codes = [one.code, other.code].toSorted();
  check(codes[0] === 0 && (codes[1] === 0 || codes[1] === 2), `they ended with ${codes.join()}`);
  check(seconds >= 60, `it was taken over after ${seconds} s`);
  const waited = `is locked by process 1 on ${hostname()}: waiting up to 60 s`;
  check(one.stderr.includes(waited), `it said ${one.stderr}`);
  await same(run);
  return `two wanted it, one had it after ${seconds} s (exit codes ${codes.join(' and ')}, equal bytes)`;
}

async function paused(): Promise<string> {
  const { training, run, pid } = await container(join(work, 'paused'));
  process.kill(pid, 'SIGSTOP');
  const next = goOn(run, 20);
  await sleep(20_000);
  process.kill(pid, 'SIGCONT');
  const second = await next.outcome;
  check(second.code === 2, `the other one ended with ${second.code}: ${second.stderr}`);
  check(/is in use by process/.test(second.stderr), `it said ${second.stderr}`);
  process.kill(pid, 'SIGTERM');
  check((await training.outcome).code === 130, 'it did not save');
  await same(run);
  return 'the other one waited, saw it come back and left (equal bytes)';
}

/** Whether the run, gone on with by one epoch, is an undisturbed one of as many. */
async function same(run: string): Promise<void> {
  const epochs = String(rowsOf(run) + 1);
  const finish = await cli('train', '--resume', run, '--epochs', epochs, '--quiet');
  check(finish.code === 0, `--resume ended with ${finish.code}: ${finish.stderr}`);
  const outputs = join(work, `undisturbed-${readdirSync(work).length}`);
  const every = ['--sample-every', '1000', '--quiet', '--out', outputs];
  await cli('train', ...SMALL, '--epochs', epochs, ...every);
  const different = differences(runContents(listRuns(outputs)[0]), runContents(run));
  check(different.length === 0, `these differ: ${different.join(', ')}`);
  const rest = readdirSync(run).filter((name) => /^lock|\.tmp$/.test(name));
  check(rest.length === 0, `left over: ${rest.join(', ')}`);
}

function check(is: boolean, otherwise: string): void {
  if (!is) throw new Error(otherwise);
}
