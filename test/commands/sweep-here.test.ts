import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultJobs } from '../../src/commands/sweep-here.js';
import { warnOfMemory } from '../../src/commands/train.js';
import { openSweep } from '../../src/library/sweep.js';
import { isInstalled } from '../support/backends.js';
import { cli } from '../support/cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

describe('how many runs are trained at a time', () => {
  const jobs = (runs: number, threads: number, memory: number): [number, string[]] => {
    const warnings: string[] = [];
    const console = { warn: (text: string) => void warnings.push(text) };
    return [defaultJobs(runs, console, threads, memory), warnings];
  };

  it('is one on each processor, and no more than there are', () => {
    expect(jobs(10, 4, 64e9)).toEqual([4, []]);
    expect(jobs(3, 16, 64e9)).toEqual([3, []]);
  });

  it('is fewer where there is no memory for so many, which is said', () => {
    expect(jobs(10, 16, 1e9)).toEqual([
      2,
      [expect.stringMatching(/1000 MB of memory are left, .* 2 of the runs are trained at a time/)],
    ]);
    expect(jobs(10, 16, 1e8)[0]).toBe(1);
  });
});

describe('a single training', () => {
  it('says where there is less memory than it may take, and how it goes on', () => {
    const warnings: string[] = [];
    const console = { warn: (text: string) => void warnings.push(text) };
    warnOfMemory(console, 400e6);
    expect(warnings).toEqual([]);
    warnOfMemory(console, 150e6);
    expect(warnings).toEqual([
      '150 MB of memory are left, and a run takes about 350: if the system ends this process, gan-mnist train --resume goes on from its last checkpoint',
    ]);
  });
});

describe('a sweep whose data has moved', () => {
  const folder = temporaryFolder();
  const [data, moved] = ['a.csv', 'b.csv'].map((name) => join(folder, name));
  const plan = join(folder, 'outputs', '00001-dense-sweep');
  const lines = (seed: number): string =>
    Array.from({ length: 40 }, (_, n) =>
      [n % 2, ...Array.from({ length: 64 }, (__, k) => (k * seed + n * 101) % 256)].join(),
    ).join('\n');

  it('says so once, before the first run, with how to go on; other data are not remembered', async () => {
    writeFileSync(data, lines(37));
    const small = '--epochs 1 --batch-size 20 --units 4 --latent-size 6'.split(' ');
    const new_ = ['sweep', 'new', '--data', data, '--seed', '1,2', ...small];
    expect((await cli(...new_, '--out', join(folder, 'outputs'))).code).toBe(0);
    expect((await cli('sweep', 'run', plan, '--index', '0')).code).toBe(0);
    renameSync(data, moved);

    const { code, stdout, stderr } = await cli('sweep', 'run', plan);
    const sentence = `cannot read the data ${data}: no such file or folder; ${plan} trains on it: if it was moved, gan-mnist train --resume ${plan} --data names its place`;
    expect([code, stdout, stderr]).toEqual([2, '', `gan-mnist: ${sentence}\n`]);
    await expect(openSweep(plan).run()).rejects.toThrow(sentence);
    // As a scheduler starts one: trying again does not help, and nothing is left of it.
    const one = await cli('sweep', 'run', plan, '--index', '1');
    expect([one.code, one.stderr]).toEqual([2, `gan-mnist: ${sentence}\n`]);

    writeFileSync(join(folder, 'other.csv'), lines(41));
    const before = readFileSync(join(plan, 'sweep.json'), 'utf8');
    const other = await cli('train', '--resume', plan, '--data', join(folder, 'other.csv'));
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringMatching(/other\.csv: train-images-idx3-ubyte has the SHA-256 .*, expected /),
    ]);
    expect(readFileSync(join(plan, 'sweep.json'), 'utf8')).toBe(before);
    expect(existsSync(join(plan, 'seed-2', 'options.json'))).toBe(false);

    const right = await cli('train', '--resume', plan, '--data', moved, '--quiet');
    expect([right.code, right.stderr]).toEqual([0, '']);
    expect((await cli('sweep', 'run', plan)).code).toBe(0);
  });
});

describe('a sweep whose backend does not load here', () => {
  it.skipIf(isInstalled('@tensorflow/tfjs-node'))(
    'says so once, before the first run, with how to go on',
    async () => {
      const folder = temporaryFolder();
      const plan = join(folder, '00001-dense-sweep');
      const small = '--epochs 1 --limit 100 --batch-size 20 --units 4 --latent-size 6'.split(' ');
      expect((await cli('sweep', 'new', '--seed', '1,2', ...small, '--out', folder)).code).toBe(0);
      const path = join(plan, 'sweep.json');
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace(/"backend": "\w+"/, '"backend": "tensorflow"'));

      const { code, stdout, stderr } = await cli('sweep', 'run', plan);
      const sentence = new RegExp(
        `^gan-mnist: the backend tensorflow does not load here .*; ${plan} is planned for it: gan-mnist train --resume ${plan} --backend names another one\n$`,
      );
      expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(sentence)]);
      await expect(openSweep(plan).run()).rejects.toThrow('tensorflow does not load here');
      expect(existsSync(join(plan, 'seed-1'))).toBe(false);

      expect((await cli('train', '--resume', plan, '--backend', 'wasm', '--quiet')).code).toBe(0);
    },
  );
});
