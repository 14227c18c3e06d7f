import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { cli, STACK, startCli } from '../support/cli.js';
import { preloaded, required } from '../support/preload.js';
import { differences, runContents } from '../support/run-contents.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** What works for a command beside it: threads of a step, processes of a sweep. */

const folder = temporaryFolder();
let count = 0;
const fresh = (): string => join(folder, String(count++));
const SMALL = '--limit 200 --batch-size 20 --units 4 --latent-size 6 --learning-rate-decay 0'.split(
  ' ',
);
const member = (outputs: string, name: string): string => join(outputs, '00001-dense-sweep', name);

/** The plan of two runs. */
async function plan(epochs: number, images = 200): Promise<string> {
  const outputs = fresh();
  const options = [...SMALL, '--seed', '1,2', '--epochs', `${epochs}`, '--limit', `${images}`];
  const { code, stderr } = await cli('sweep', 'new', ...options, '--out', outputs);
  expect([code, stderr]).toEqual([0, '']);
  return outputs;
}

const childrenOf = (pid: number): number[] => {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);
  } catch {
    return [];
  }
};

async function until(is: () => boolean): Promise<void> {
  while (!is()) await sleep(20);
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('processes of a sweep', () => {
  it('one that is killed fails, the other is trained, and the next start mends it', async () => {
    // Long by its steps: each epoch has pictures to draw.
    const outputs = await plan(8, 10_000);
    const sweep = startCli(['sweep', 'run', join(outputs, '00001-dense-sweep'), '--jobs', '2']);
    const first = member(outputs, 'seed-1');
    await until(() => existsSync(join(first, 'samples', 'epoch-0001.png')));
    const [killed] = childrenOf(sweep.child.pid!).filter((pid) =>
      execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(
        '--index 0',
      ),
    );
    process.kill(killed, 'SIGKILL');
    const { code, stdout, stderr } = await sweep.outcome;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/seed 1 failed, as said above/)]);
    expect(`${stdout}${stderr}`).toMatch(/seed 1 failed: the process was ended by SIGKILL/);
    expect(stderr).not.toMatch(STACK);
    const again = await cli('sweep', 'run', join(outputs, '00001-dense-sweep'), '--jobs', '2');
    expect(again.code).toBe(0);
    const { stdout: status } = await cli('sweep', 'status', join(outputs, '00001-dense-sweep'));
    expect(status).toMatch(/2 done/);
  });

  it('do not live on when the one that started them is killed, and are saved', async () => {
    const outputs = await plan(100_000);
    const sweep = startCli(['sweep', 'run', join(outputs, '00001-dense-sweep'), '--jobs', '2']);
    const epoch = (name: string): string =>
      join(member(outputs, name), 'samples', 'epoch-0001.png');
    await until(() => ['seed-1', 'seed-2'].every((name) => existsSync(epoch(name))));
    const children = childrenOf(sweep.child.pid!);
    expect(children).toHaveLength(2);
    sweep.child.kill('SIGKILL');
    await until(() => !children.some(isAlive));
    for (const name of ['seed-1', 'seed-2'])
      expect(existsSync(join(member(outputs, name), 'lock'))).toBe(false);
  });

  it.runIf(process.platform === 'linux')('stop with it at Ctrl-Z, and go on with it', async () => {
    const outputs = await plan(100_000);
    const sweep = startCli(['sweep', 'run', join(outputs, '00001-dense-sweep'), '--jobs', '2']);
    const pid = sweep.child.pid!;
    const state = (one: number): string =>
      readFileSync(`/proc/${one}/stat`, 'utf8').split(') ')[1][0];
    const first = join(member(outputs, 'seed-1'), 'samples', 'epoch-0001.png');
    await until(() => existsSync(first) && childrenOf(pid).length === 2);
    const all = [pid, ...childrenOf(pid)];
    sweep.child.kill('SIGTSTP');
    await until(() => all.every((one) => state(one) === 'T'));
    sweep.child.kill('SIGCONT');
    await until(() => all.every((one) => state(one) !== 'T'));
    sweep.child.kill('SIGINT');
    expect((await sweep.outcome).code).toBe(130);
  });

  it('are over when their work is, whatever NODE_OPTIONS loads keeps them alive', async () => {
    const outputs = await plan(1);
    const env = preloaded(`if (process.argv.includes('--index')) setInterval(() => {}, 1000);`);
    const args = ['sweep', 'run', join(outputs, '00001-dense-sweep'), '--jobs', '2'];
    const { code, stderr } = await startCli(args, { env }).outcome;
    expect([code, stderr]).toEqual([0, '']);
  });

  it('may print lines of others: what NODE_OPTIONS loads', async () => {
    const outputs = await plan(2);
    const env = preloaded(`console.log('hello'); console.log('{"event":7}');`);
    const args = ['sweep', 'run', join(outputs, '00001-dense-sweep'), '--jobs', '2'];
    const { code, stdout, stderr } = await startCli(args, { env }).outcome;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/2 of 2|seed 2/);
  });
});

describe('threads of a step', () => {
  const train = [...SMALL, '--epochs', '2', '--backend', 'wasm'];

  it('that cannot start are said, and the training is the same with fewer', async () => {
    const [one, several] = [fresh(), fresh()];
    expect((await cli('train', ...train, '--threads', '1', '--out', one)).code).toBe(0);
    const env = required(`
      const { isMainThread, workerData } = require('node:worker_threads');
      if (!isMainThread && workerData?.seat !== undefined) throw new Error('no threads here');`);
    const args = ['train', ...train, '--threads', '3', '--out', several];
    const { code, stdout, stderr } = await startCli(args, { env }).outcome;
    expect([code, `${stdout}${stderr}`]).toEqual([
      0,
      expect.stringMatching(/2 of the 3 threads of the step do not start \(no threads here\): the/),
    ]);
    expect(stderr).not.toMatch(STACK);
    const contents = (outputs: string): Record<string, string> =>
      runContents(join(outputs, '00001-dense'));
    expect(differences(contents(one), contents(several))).toEqual([]);
  });

  it('that throw what is no error are said too', async () => {
    const env = required(`
      const { isMainThread, workerData } = require('node:worker_threads');
      if (!isMainThread && workerData?.seat !== undefined) throw null;`);
    const args = ['train', ...train, '--threads', '2', '--quiet', '--out', fresh()];
    const { code, stderr } = await startCli(args, { env }).outcome;
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/1 of the 2 threads of the step do not start \(null\): the others/),
    ]);
    expect(stderr).not.toMatch(STACK);
  });

  it('print nothing into what a script reads', async () => {
    const env = required(`if (!require('node:worker_threads').isMainThread) console.log('hello');`);
    const args = ['train', ...train, '--threads', '2', '--json', '--out', fresh()];
    const { code, stdout } = await startCli(args, { env }).outcome;
    expect(code).toBe(0);
    for (const line of stdout.trimEnd().split('\n')) JSON.parse(line);
  });
});
