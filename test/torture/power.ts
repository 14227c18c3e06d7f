/**
 * A loss of power at every moment of a small training. Each operation on files is recorded, and each state that a crash could leave on
 * the disk (crash-states.ts) is made and gone on from: what comes out is an undisturbed run, byte for byte. Where there was no run yet,
 * a new one is. States are gone on from in this process, without pictures, by what `train --resume` calls; those of whole moments and
 * those with all lost that was not synced also by the command line, with everything.
 *
 *   npm run torture:power -- [of how many of those one is tried by the command line, 1; 0: pairs alone] [of how many pairs one is tried, 1]
 *       [how many pairs are left out first, 0]
 *
 * Needs strace.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { RunError, UserError } from '../../src/errors.js';
import { listRuns } from '../../src/runs/run-folder.js';
import { BIN, cli, STACK } from '../support/cli.js';
import { differences, runContents } from '../support/run-contents.js';
import { resumeSmall, SMALL, trainSmall } from '../support/small-run.js';
import { DRAWN } from './phase.js';
import { crashStates, type State, type Tree } from './crash-states.js';
import { record } from './recorded-files.js';

const [every = 1, everyPair = 1, firstPair = 0] = process.argv.slice(2).map(Number);
const OPTIONS = Object.entries({ ...SMALL, threads: 1 }).flatMap(([name, value]) => [
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  String(value),
]);
/** In memory where there is such a place: what is tried is not this disk. */
const work = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'gan-mnist-power-'));
const outputs = join(work, 'disk', 'outputs');
const counts = { states: 0, pairs: 0, begun: 0, gone: 0, commandLine: 0, warned: 0, faults: 0 };
/** What was said, and of how many states. */
const said = new Map<string, number>();

try {
  await main();
} finally {
  rmSync(work, { recursive: true, force: true });
}
for (const [sentence, times] of said) console.log(`${times} x ${sentence}`);
console.log(JSON.stringify(counts));
process.exitCode = counts.faults === 0 ? 0 : 1;

async function main(): Promise<void> {
  mkdirSync(join(work, 'disk'));
  const args = ['train', ...OPTIONS, '--quiet', '--out', outputs];
  const { root, operations } = await record([process.execPath, BIN, ...args], join(work, 'disk'));
  const expected = runContents(listRuns(outputs)[0]);
  const count = (kind: string): string =>
    `${operations.filter((one) => one.kind === kind).length} ${kind}`;
  console.log(
    `${operations.length} operations: ${['names', 'bytes', 'length', 'sync'].map(count).join(', ')}`,
  );
  let [whole, pair] = [0, 0];
  for (const state of crashStates(root, operations)) {
    const isPair = state.loss.lost.length === 2;
    if (isPair ? (pair++ - firstPair) % everyPair !== 0 : every === 0) continue;
    counts.states++;
    if (isPair) counts.pairs++;
    await tryState(state, withoutDrawings(expected), goOnHere);
    const { lost, torn } = state.loss;
    if (torn === undefined && lost.length !== 1 && !isPair && whole++ % every === 0) {
      counts.commandLine++;
      await tryState(state, expected, goOnByCommand);
    }
    if (counts.states % 1000 === 0) console.log(JSON.stringify(counts));
  }
}

/** Goes on with the run that there is, or begins one; returns what was warned of. */
type GoOn = (run: string | undefined) => Promise<string[]>;

async function tryState(state: State, expected: Record<string, string>, goOn: GoOn): Promise<void> {
  const fault = (what: string): void => {
    counts.faults++;
    const { lost, torn } = state.loss;
    console.log(`after ${state.done}, lost ${lost.join(' ')}, torn ${torn ?? 'none'}: ${what}`);
  };
  rmSync(join(work, 'disk'), { recursive: true, force: true });
  plant(state.tree);
  const run = existsSync(outputs) ? listRuns(outputs).at(0) : undefined;
  if (run === undefined) counts.begun++;
  else counts.gone++;
  try {
    const warnings = await goOn(run);
    for (const warning of warnings) {
      const general = warning.replaceAll(work, '').replace(/\d{2,}|[0-9a-f]{16}/g, 'N');
      said.set(general, (said.get(general) ?? 0) + 1);
    }
    const found = runContents(listRuns(outputs)[0]);
    const different = differences(expected, goOn === goOnHere ? withoutDrawings(found) : found);
    if (different.length === 0) return;
    if (warnings.length === 0) fault(`these differ: ${different.join(', ')}`);
    else counts.warned++;
  } catch (error) {
    const isOurs = error instanceof UserError || error instanceof RunError;
    const { message, stack } = error as Error;
    fault(isOurs ? message : (stack ?? message));
  }
}

async function goOnHere(run: string | undefined): Promise<string[]> {
  const warnings: string[] = [];
  const on = { warning: (message: string) => void warnings.push(message) };
  if (run === undefined) await trainSmall(outputs, {}, { on });
  else await resumeSmall(run, {}, { on });
  return warnings.filter((line) => !line.includes('is taken over'));
}

async function goOnByCommand(run: string | undefined): Promise<string[]> {
  const args = run === undefined ? [...OPTIONS, '--out', outputs] : ['--resume', run];
  const { code, stdout, stderr } = await cli('train', ...args, '--quiet');
  if (code !== 0 || STACK.test(stderr))
    throw new RunError(`ended with ${code}: ${stdout}${stderr}`);
  return stderr.split('\n').filter((line) => line !== '' && !line.includes('is taken over'));
}

function plant(tree: Tree): void {
  mkdirSync(join(work, 'disk'));
  for (const [path, entry] of tree) {
    const full = join(work, 'disk', path);
    if (entry === 'folder') mkdirSync(full);
    else if (Buffer.isBuffer(entry)) writeFileSync(full, entry);
    else symlinkSync(entry.link, full);
  }
}

function withoutDrawings(contents: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(contents).filter(([path]) => !DRAWN.test(path)));
}
