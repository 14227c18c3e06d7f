import type * as Fs from 'node:fs';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { partsOf } from '../../src/datasets/counts.js';
import { FORMATS } from '../../src/datasets/format.js';
import { writeDataset } from '../../src/datasets/write-dataset.js';
import { RunError } from '../../src/errors.js';
import { DIGIT_SHAPE, TEN } from '../support/sets.js';
import { numberedSource } from './numbered-source.js';

const disk = vi.hoisted(() => ({ freeBytes: Infinity }));

/** A disk with so much room: it takes what fits, and then nothing. */
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof Fs>();
  const full = (): Error => Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const writeSync = (
    fd: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position?: number | null,
  ): number => {
    if (disk.freeBytes === 0) throw full();
    const some = Math.min(length, disk.freeBytes);
    disk.freeBytes -= some;
    return fs.writeSync(fd, bytes, offset, some, position);
  };
  const writeFileSync: typeof fs.writeFileSync = (path, data, options) => {
    const { length } = data as Uint8Array;
    if (length > disk.freeBytes) throw full();
    disk.freeBytes -= length;
    fs.writeFileSync(path, data, options);
  };
  return { ...fs, writeSync, writeFileSync, default: { ...fs, writeSync, writeFileSync } };
});

it.each(FORMATS)('a full disk leaves nothing of a data set as %s', async (format) => {
  const folder = mkdtempSync(join(tmpdir(), 'gan-mnist-'));
  try {
    mkdirSync(join(folder, 'sets'));
    disk.freeBytes = 1500;
    const request = {
      out: join(folder, 'sets', 'set'),
      force: false,
      format,
      shape: DIGIT_SHAPE,
      classes: TEN,
      counts: partsOf(new Array<number>(10).fill(20)),
      seed: 1,
      made: { run: 'r', models: {}, latentScale: 1, library: 'x' },
    };
    const writing = writeDataset(numberedSource(), request);
    await expect(writing).rejects.toThrow(RunError);
    await expect(writing).rejects.toThrow(/^cannot write \S+: the disk is full$/);
    expect(readdirSync(join(folder, 'sets'))).toEqual([]);
  } finally {
    disk.freeBytes = Infinity;
    rmSync(folder, { recursive: true });
  }
});
