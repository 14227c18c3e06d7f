import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { guardFolder } from '../../src/files/guards.js';
import { checkPlace } from '../../src/files/place.js';
import { replaceFile, writeFileWhole } from '../../src/files/replace.js';

const base = mkdtempSync(join(tmpdir(), 'gan-mnist-replace-'));
afterAll(() => rmSync(base, { recursive: true }));
let folder: string;
let count = 0;
beforeEach(() => mkdirSync((folder = join(base, String(count++)))));

const WAYS: readonly [string, (path: string, text: string) => void | Promise<void>][] = [
  ['writeFileWhole', writeFileWhole],
  ['replaceFile', replaceFile],
];

describe.each(WAYS)('%s', (_, write) => {
  it('leaves a link a link, also one that leads to nothing yet', async () => {
    writeFileSync(join(folder, 'real'), 'old');
    symlinkSync('real', join(folder, 'link'));
    symlinkSync('later', join(folder, 'dangling'));
    await write(join(folder, 'link'), 'new');
    await write(join(folder, 'dangling'), 'new');
    for (const name of ['link', 'dangling'])
      expect(lstatSync(join(folder, name)).isSymbolicLink()).toBe(true);
    for (const name of ['real', 'later'])
      expect(readFileSync(join(folder, name), 'utf8')).toBe('new');
  });

  it('keeps the mode', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    await write(path, 'new');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('writes the longest name that there may be', async () => {
    const path = join(folder, `${'x'.repeat(251)}.png`);
    await write(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('writes a long name of whole characters', async () => {
    const path = join(folder, `a${'字'.repeat(80)}.png`);
    await write(path, 'new');
    expect(readdirSync(folder)).toEqual([basename(path)]);
  });

  it('says that links lead in a circle', async () => {
    symlinkSync('a', join(folder, 'b'));
    symlinkSync('b', join(folder, 'a'));
    await expect(async () => write(join(folder, 'a'), 'new')).rejects.toThrow(/circle|links/);
  });

  it('asks before the rename, and leaves nothing where the answer is no', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'old');
    const inside = join(folder, 'inner');
    mkdirSync(inside);
    const unguard = guardFolder(folder, () => {
      throw new Error('lost');
    });
    for (const one of [path, join(inside, 'file')])
      await expect(async () => write(one, 'new')).rejects.toThrow('lost');
    unguard();
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder, { recursive: true })).toEqual(['file', 'inner']);
    await write(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('writes again what was taken for a killed process’s file', async () => {
    const path = join(folder, 'file');
    let asked = 0;
    const unguard = guardFolder(folder, () => {
      if (++asked === 1)
        for (const name of readdirSync(realpathSync(folder))) rmSync(join(folder, name));
    });
    await write(path, 'new');
    unguard();
    expect(readFileSync(path, 'utf8')).toBe('new');
  });
});

describe.skipIf(process.platform === 'win32')('a pipe', () => {
  it('gets what is written into it', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const out = join(folder, 'out');
    const reader = spawn('sh', ['-c', `cat ${pipe} > ${out}`]);
    const text = 'x'.repeat(1_000_000);
    // The reader may come a moment later.
    writeFileWhole(pipe, text);
    await once(reader, 'exit');
    expect(readFileSync(out, 'utf8')).toBe(text);
    expect(readdirSync(folder)).toEqual(['out', 'pipe']);
  });

  it('that nobody reads is said, and not waited for without an end', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => writeFileWhole(pipe, 'text')).toThrow(
      `cannot write ${pipe}: nobody reads what is written into it`,
    );
  });
});

describe('a place', () => {
  it('is tried without a trace, also where nothing is yet', () => {
    checkPlace(join(folder, 'not', 'yet', 'there.png'), 'file');
    checkPlace(join(folder, 'not', 'yet'), 'folder');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of another kind is refused', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => checkPlace(folder, 'file')).toThrow('it is a folder');
    expect(() => checkPlace(join(folder, 'file'), 'folder')).toThrow('it is a file, expected a fo');
    expect(() => checkPlace(join(folder, 'file', 'more'), 'folder')).toThrow(/is a file/);
  });
});
