import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { memberFolder, readSweep, type Sweep } from '../../src/runs/sweep.js';
import { differences, runContents } from '../support/run-contents.js';

const BIN = resolve(import.meta.dirname, '../../bin/gan-mnist.js');

/** Runs this program. */
export const gan = (cwd: string, ...args: string[]): string =>
  execFileSync(process.execPath, [BIN, ...args], { cwd, encoding: 'utf8' });

/** Plans small runs that differ in their seed, in a folder of their own. */
export function planSweep(folder: string, name: string, runs: number, epochs = 8): Sweep {
  const cwd = join(folder, name);
  mkdirSync(cwd);
  const small = '--limit 2000 --batch-size 20 --units 16 --latent-size 8'.split(' ');
  small.push('--epochs', String(epochs));
  gan(cwd, 'sweep', 'new', '--seed', `1..${runs}`, ...small, '--backend', 'wasm');
  return readSweep(join(cwd, 'outputs', '00001-dense-sweep'));
}

/** The processes that train a run of a sweep, with its index. */
export function trainings(sweep: Sweep): { pid: number; index: number }[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const found = /^\s*(\d+) \S*node \S+ sweep run (\S+) --index (\d+)/.exec(line);
    if (found === null || found[2] !== sweep.folder) return [];
    return [{ pid: Number(found[1]), index: Number(found[3]) }];
  });
}

/** Names of the runs whose folders differ in anything but their clocks. */
export const differingRuns = (a: Sweep, b: Sweep): string[] =>
  a.runs
    .filter((run) => {
      const [one, other] = [a, b].map((sweep) => runContents(memberFolder(sweep, run)));
      return differences(one, other).length > 0;
    })
    .map(({ name }) => name);
