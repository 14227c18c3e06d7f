/**
 * What disks do: full at 20 different points, a limit on the size of files at 20, read-only, deleted while training, a
 * checkpoint cut off at every 4 KiB and with each byte of its header flipped. Each time: a sentence and no stack, or the
 * checkpoint before; afterwards, with space again, the bytes of an undisturbed run.
 *
 *   npm run torture:disk -- [points, 20]
 *
 * A full disk is a small tmpfs, which takes root (or a user namespace) to mount; without, only the limit is tried.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { listCheckpoints, readCheckpoint, restoreNewest } from '../../src/runs/checkpoint.js';
import { listRuns } from '../../src/runs/run-folder.js';
import { cli, STACK, startCli, type Outcome } from '../support/cli.js';
import { differences, runContents } from '../support/run-contents.js';

const points = Number(process.argv[2] ?? 20);
const TRAINING = '--epochs 3 --limit 1000 --units 16 --seed 5 --threads 1 --quiet'.split(' ');
const PAGE_BYTES = 4096;
const PLENTY_BYTES = 64 * 2 ** 20;

const work = mkdtempSync(join(tmpdir(), 'gan-mnist-disk-'));
let faults = 0;
const reference = join(work, 'reference');
try {
  await must(cli('train', ...TRAINING, '--out', reference), [0]);
  const [run] = listRuns(reference);
  const expected = runContents(run);
  const sizes = fileSizes(run);
  await fullDisks(expected, 1.05 * sizes.reduce((sum, size) => sum + size, 0));
  await fileLimits(expected, 1.05 * Math.max(...sizes));
  await readOnly(run);
  await deleted();
  damagedCheckpoints(run);
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(`faults: ${faults}`);
process.exitCode = faults === 0 ? 0 : 1;

/** @param most bytes: a little more than the run takes. */
async function fullDisks(expected: Record<string, string>, most: number): Promise<void> {
  const place = join(work, 'small');
  mkdirSync(place);
  const counts = { failed: 0, fits: 0, beforeTheRun: 0, resumed: 0 };
  for (let k = 0; k < points; k++) {
    const bytes = Math.ceil(((k + 0.5) / points) * most);
    if (!mounted('tmpfs', place, `size=${bytes}`))
      return console.log('full disk: no right to mount');
    await attempt(`a disk of ${bytes} bytes`, async () => {
      const outputs = join(place, 'outputs');
      const { code } = await must(cli('train', ...TRAINING, '--out', outputs), [0, 1]);
      counts[code === 0 ? 'fits' : 'failed']++;
      const [run] = listRuns(outputs);
      if (run === undefined) counts.beforeTheRun++;
      else {
        await must(cli('sample', '--run', run, '--out', join(work, 'sample.png')), [0]);
        await must(cli('train', '--resume', run, '--quiet'), [0, 1]);
      }
      execFileSync('mount', ['-o', `remount,size=${PLENTY_BYTES}`, place]);
      const again =
        run === undefined ? [...TRAINING, '--out', outputs] : ['--resume', run, '--quiet'];
      await must(cli('train', ...again), [0]);
      if (run !== undefined) counts.resumed++;
      checkSame(expected, listRuns(outputs)[0]);
    });
    execFileSync('umount', [place]);
  }
  console.log(`full disk (tmpfs), ${points} points: ${JSON.stringify(counts)}`);
}

/** @param most bytes: a little more than the run's largest file. */
async function fileLimits(expected: Record<string, string>, most: number): Promise<void> {
  const counts = { failed: 0, fits: 0, beforeTheRun: 0, resumed: 0 };
  for (let k = 0; k < points; k++) {
    const bytes = Math.ceil((k / (points - 1)) * most);
    await attempt(`a limit of ${bytes} bytes a file`, async () => {
      const outputs = join(work, `limit-${k}`);
      const wrap = ['prlimit', `--fsize=${bytes}`];
      const result = startCli(['train', ...TRAINING, '--out', outputs], { wrap }).outcome;
      counts[(await must(result, [0, 1])).code === 0 ? 'fits' : 'failed']++;
      const [run] = listRuns(outputs);
      if (run === undefined) counts.beforeTheRun++;
      else {
        await must(cli('train', '--resume', run, '--quiet'), [0]);
        counts.resumed++;
        checkSame(expected, run);
      }
      rmSync(outputs, { recursive: true, force: true });
    });
  }
  console.log(`limit on the size of files (RLIMIT_FSIZE), ${points}: ${JSON.stringify(counts)}`);
}

async function readOnly(run: string): Promise<void> {
  const place = join(work, 'read-only');
  mkdirSync(place);
  if (!mounted('none', place, 'bind', run)) return console.log('read-only: no right to mount');
  execFileSync('mount', ['-o', 'remount,ro,bind', place]);
  await attempt('a read-only folder', async () => {
    await must(cli('train', '--resume', place, '--epochs', '4'), [2]);
    await must(cli('train', ...TRAINING, '--out', place), [2]);
    const beside = startCli(['sample', '--run', place], { cwd: work });
    const { stderr } = await must(beside.outcome, [0]);
    const instead = 'read-only-results';
    if (!stderr.includes(`results go to ${instead}`)) throw new Error(`found ${stderr}`);
    if (!existsSync(join(work, instead))) throw new Error(`there is no ${instead}`);
    await must(cli('sample', '--run', place, '--out', join(work, 'sample.png')), [0]);
    console.log(
      'read-only folder: resume and train refused; sample works, beside it and with --out',
    );
  });
  execFileSync('umount', [place]);
}

async function deleted(): Promise<void> {
  await attempt('a folder deleted while training', async () => {
    for (const what of ['the run', 'all runs']) {
      const outputs = join(work, 'deleted');
      const training = [...TRAINING, '--epochs', '100000', '--out', outputs];
      const { outcome } = startCli(['train', ...training]);
      while (!existsSync(outputs) || listRuns(outputs).length === 0) await sleep(20);
      await sleep(300);
      await remove(what === 'the run' ? listRuns(outputs)[0] : outputs);
      const { stderr } = await must(outcome, [1]);
      if (!stderr.includes('is gone')) throw new Error(`found ${stderr}`);
    }
    console.log('output folder deleted while training: says so, exit code 1');
  });
}

/** Removes a folder in which a training goes on making files, so that it may take several goes. */
async function remove(folder: string): Promise<void> {
  while (existsSync(folder)) {
    try {
      rmSync(folder, { recursive: true });
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!['ENOTEMPTY', 'ENOENT'].includes(code)) throw error;
      await sleep(1);
    }
  }
}

/** The newest checkpoint is damaged, so the one before it must be taken, whole. */
function damagedCheckpoints(run: string): void {
  const folder = join(work, 'damaged');
  mkdirSync(folder);
  const [before, newest] = listCheckpoints(join(run, 'checkpoint'));
  for (const path of [before, newest]) cpSync(path, join(folder, path.split('/').at(-1)!));
  const target = listCheckpoints(folder)[1];
  const whole = readFileSync(newest);
  const expected = readCheckpoint(before);
  const isPassedOver = (bytes: Uint8Array): void => {
    writeFileSync(target, bytes);
    let warnings = 0;
    const found = restoreNewest(
      folder,
      () => {},
      () => warnings++,
    );
    if (warnings !== 1 || !isDeepStrictEqual(found.position, expected.position)) faults++;
  };
  let cuts = 0;
  for (let length = 0; length < whole.length; length += PAGE_BYTES, cuts++)
    isPassedOver(whole.subarray(0, length));
  const headerBytes = 8 + Number(whole.readBigUInt64LE());
  for (let at = 0; at < headerBytes; at++) {
    const flipped = Buffer.from(whole);
    flipped[at] ^= 1 << (at % 8);
    isPassedOver(flipped);
  }
  console.log(`checkpoint: cut off at ${cuts} places, ${headerBytes} bytes of its header flipped`);
}

function checkSame(expected: Record<string, string>, run: string): void {
  const different = differences(expected, runContents(run));
  if (different.length > 0) throw new Error(`these differ: ${different.join(', ')}`);
}

async function attempt(what: string, trial: () => Promise<void>): Promise<void> {
  try {
    await trial();
  } catch (error) {
    faults++;
    console.log(`${what}: ${(error as Error).message}`);
  }
}

async function must(outcome: Promise<Outcome>, codes: readonly number[]): Promise<Outcome> {
  const result = await outcome;
  const { code, signal, stderr } = result;
  if (STACK.test(stderr)) throw new Error(`a stack: ${stderr}`);
  if (code === null || !codes.includes(code))
    throw new Error(`ended with ${code ?? signal}, expected ${codes.join(' or ')}: ${stderr}`);
  const sentences = stderr.split('\n').filter((line) => line.startsWith('gan-mnist: '));
  if (code !== 0 && sentences.length !== 1) throw new Error(`no sentence: ${stderr}`);
  return result;
}

function mounted(type: string, place: string, options: string, source = type): boolean {
  try {
    execFileSync('mount', ['-t', type, '-o', options, source, place], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function fileSizes(folder: string): number[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return paths.map((path) => statSync(join(folder, path)).size);
}
