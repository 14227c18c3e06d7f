import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Lease } from '../../src/files/lease.js';
import { newOwner } from '../../src/files/lease-owner.js';
import { findRun } from '../../src/runs/find-run.js';
import { createRun, listRuns } from '../../src/runs/run-folder.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let count = 0;
const base = temporaryFolder();
function fresh(): string {
  const folder = join(base, String(count++));
  mkdirSync(folder);
  return folder;
}

/** A process id that was some process's and is none's. */
const deadPid = spawnSync(process.execPath, ['-e', '']).pid;

describe('a new run', () => {
  const fill = async (folder: string): Promise<void> => writeFileSync(join(folder, 'file'), '');

  it.each(['', '/', '//'])(
    'gets the next number, also in a folder written with "%s"',
    async (end) => {
      const outputs = fresh() + end;
      for (const name of ['00007-dense', '00010-conv', '00003-dense', '9-x', 'other'])
        mkdirSync(join(outputs, name));
      const run = await createRun(outputs, 'dense', fill);
      expect(run).toBe(join(outputs, '00011-dense'));
      expect(readdirSync(run)).toEqual(['file']);
    },
  );

  it('leaves nothing where its first files cannot be written', async () => {
    const outputs = fresh();
    const failure = Promise.reject(new Error('no'));
    await expect(createRun(outputs, 'dense', () => failure)).rejects.toThrow('no');
    expect(readdirSync(outputs)).toEqual([]);
  });

  it('takes away what killed processes left, and nothing of a living one', async () => {
    const outputs = fresh();
    for (const name of ['dead', 'alive', 'old', 'new'])
      mkdirSync(join(outputs, `.unfinished-${name}`));
    const owner = { ...newOwner(), pid: deadPid };
    writeFileSync(join(outputs, '.unfinished-dead', 'lock'), JSON.stringify(owner));
    const lease = await Lease.take(join(outputs, '.unfinished-alive'));
    utimesSync(join(outputs, '.unfinished-old'), 0, 0);
    await createRun(outputs, 'dense', fill);
    lease.release();
    expect(readdirSync(outputs).sort()).toEqual(
      ['.unfinished-alive', '.unfinished-new', '00001-dense'].sort(),
    );
  });

  it('does not wait for a lock that nobody will ever give back', async () => {
    const outputs = fresh();
    writeFileSync(join(outputs, '.lock'), '{"pid":7,"started":"1","host":"gone"}');
    mkdirSync(join(outputs, '.number-00001'));
    expect(await createRun(outputs, 'dense', fill)).toBe(join(outputs, '00002-dense'));
  });

  it('has a number of its own when many are made at once', async () => {
    const outputs = fresh();
    const runs = await Promise.all(
      Array.from({ length: 20 }, (_, k) => createRun(outputs, k % 2 ? 'dense' : 'conv', fill)),
    );
    expect(new Set(runs.map((run) => run.slice(outputs.length, outputs.length + 6))).size).toBe(20);
    expect(readdirSync(outputs).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('the newest run', () => {
  it('is what no name and `latest` mean, without a link that TensorBoard would follow', async () => {
    const outputs = fresh();
    const fill = async (folder: string): Promise<void> =>
      writeFileSync(join(folder, 'options.json'), '{}');
    await createRun(outputs, 'dense', fill);
    const newest = await createRun(outputs, 'dense', fill);
    for (const name of [undefined, 'latest', join(outputs, 'latest')])
      expect(findRun(outputs, name)).toBe(newest);
    expect(readdirSync(outputs)).toEqual(['00001-dense', '00002-dense']);
  });

  it('is none of what a link became where the folder of all runs was copied', () => {
    const outputs = fresh();
    for (const name of ['00001-dense', 'latest']) {
      mkdirSync(join(outputs, name));
      writeFileSync(join(outputs, name, 'options.json'), '{}');
    }
    expect(findRun(outputs, 'latest')).toBe(join(outputs, '00001-dense'));
  });

  it('is named beside what else a link may have become: a file with its name, a link to nothing', () => {
    const outputs = fresh();
    mkdirSync(join(outputs, '00001-dense'));
    writeFileSync(join(outputs, '00001-dense', 'options.json'), '{}');
    writeFileSync(join(outputs, 'latest'), '00001-dense');
    expect(findRun(outputs, join(outputs, 'latest'))).toBe(join(outputs, '00001-dense'));
    rmSync(join(outputs, 'latest'));
    symlinkSync('gone', join(outputs, 'latest'));
    expect(findRun(outputs, join(outputs, 'latest'))).toBe(join(outputs, '00001-dense'));
  });
});

describe('a run whose name has accents', () => {
  it('is found by it, whichever way the system or the keyboard writes them', () => {
    const outputs = fresh();
    const folder = join(outputs, 'caf\u00e9');
    mkdirSync(folder);
    writeFileSync(join(folder, 'options.json'), '{}');
    for (const name of ['cafe\u0301', 'caf\u00e9', join(outputs, 'cafe\u0301')])
      expect(findRun(outputs, name)).toBe(folder);
    expect(findRun('nowhere', join(outputs, 'cafe\u0301'))).toBe(folder);
    expect(() => findRun(outputs, 'cafe')).toThrow(/found no run in cafe, expected a run/);
  });
});

describe('the order of runs', () => {
  it('has whatever a folder of a run is called, and a copy before what it is one of', () => {
    const outputs = fresh();
    const createdAt = new Date(1e12).toISOString();
    const names = ['00001-dense', '00001-dense (copy)', 'my run', '.hidden', 'latest', 'compare'];
    for (const name of names) {
      mkdirSync(join(outputs, name));
      writeFileSync(join(outputs, name, 'options.json'), JSON.stringify({ createdAt }));
    }
    const found = listRuns(outputs).map((run) => basename(run));
    expect(found.toSorted()).toEqual(['00001-dense', '00001-dense (copy)', 'my run']);
    expect(found.at(-1)).toBe('00001-dense');
  });

  it('has a named sweep where its plan was made, not where its folder last changed', () => {
    const outputs = fresh();
    const begun = (name: string, second: number): void => {
      mkdirSync(join(outputs, name));
      const createdAt = new Date(1e12 + 1000 * second).toISOString();
      writeFileSync(join(outputs, name, 'options.json'), JSON.stringify({ createdAt }));
    };
    begun('00001-dense', 1);
    begun('00002-dense', 3);
    const sweep = join(outputs, 'plan');
    mkdirSync(sweep);
    writeFileSync(join(sweep, 'sweep.json'), '{}');
    utimesSync(join(sweep, 'sweep.json'), 1e9 + 2, 1e9 + 2);
    expect(listRuns(outputs).map((run) => basename(run))).toEqual([
      '00001-dense',
      'plan',
      '00002-dense',
    ]);
  });
});
