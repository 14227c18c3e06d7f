import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isInUse, lockFolder, whileLocked } from '../../src/runs/lock.js';
import { createRun } from '../../src/runs/run-folder.js';
import { temporaryFolder } from '../support/small-run.js';

let count = 0;
const base = temporaryFolder();
function fresh(): string {
  const folder = join(base, String(count++));
  mkdirSync(folder);
  return folder;
}

const host = hostname();
/** A process id that was some process's and is none's. */
const deadPid = spawnSync(process.execPath, ['-e', '']).pid;

describe('a lock', () => {
  it('keeps others out, naming the process, and is given back', () => {
    const folder = fresh();
    const unlock = lockFolder(folder);
    expect(isInUse(folder)).toBe(true);
    expect(() => lockFolder(folder)).toThrow(`in use by process ${process.pid}: wait for it`);
    unlock();
    unlock();
    expect(readdirSync(folder)).toEqual([]);
    lockFolder(folder)();
  });

  it.each([
    ['of a dead process', JSON.stringify({ pid: deadPid, started: '1', host })],
    [
      'of a dead process whose id came again',
      JSON.stringify({ pid: process.ppid, started: '1', host }),
    ],
    ['that a crash left empty', ''],
    ['that is no owner', 'null'],
  ])('%s is taken over', (_, content) => {
    const folder = fresh();
    writeFileSync(join(folder, 'lock'), content);
    const unlock = lockFolder(folder);
    expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
    unlock();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over also where a process died while it took it over', () => {
    const folder = fresh();
    const dead = JSON.stringify({ pid: deadPid, started: '1', host });
    for (const name of ['lock', 'lock-takeover', 'lock-takeover-takeover'])
      writeFileSync(join(folder, name), dead);
    lockFolder(folder)();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of another machine is respected, since its processes cannot be seen', () => {
    const folder = fresh();
    const path = join(folder, 'lock');
    writeFileSync(path, JSON.stringify({ pid: deadPid, started: '1', host: 'elsewhere' }));
    expect(() => lockFolder(folder)).toThrow(
      `on elsewhere: wait for it or stop it, then try again; if it is gone, delete ${path}`,
    );
  });

  it('whose folder is gone can be given back', () => {
    const folder = join(base, 'gone');
    expect(() => lockFolder(folder)).toThrow(/cannot lock .*gone: no such file/);
  });

  it('lets one at a time do what must not happen twice', async () => {
    const folder = fresh();
    let inside = 0;
    await Promise.all(
      Array.from({ length: 10 }, () =>
        whileLocked(folder, () => {
          expect(++inside).toBe(1);
          inside--;
        }),
      ),
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

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
    const owner = { pid: deadPid, started: '1', host };
    writeFileSync(join(outputs, '.unfinished-dead', 'lock'), JSON.stringify(owner));
    lockFolder(join(outputs, '.unfinished-alive'));
    utimesSync(join(outputs, '.unfinished-old'), 0, 0);
    await createRun(outputs, 'dense', fill);
    expect(readdirSync(outputs).sort()).toEqual(
      ['.unfinished-alive', '.unfinished-new', '00001-dense', 'latest'].sort(),
    );
    expect(existsSync(join(outputs, 'latest', 'file'))).toBe(true);
  });
});
