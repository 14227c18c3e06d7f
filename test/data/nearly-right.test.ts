import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { npyHeader } from '../../src/data/npy.js';
import { UserError } from '../../src/errors.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
function place(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 9912422\n`;
const HTML = '\n<!DOCTYPE html><html><head><title>Sign in</title></head></html>';
const NAMES = [
  ...['train.csv', 'mnist.npz', 'images.npy', 'train-00000-of-00001.parquet', 'pictures/a.png'],
  ...['idx/train-images-idx3-ubyte', 'data.zip', 'unknown'],
];

describe('something else in the place of data', () => {
  it.each(NAMES)('is called what it is: %s', async (name) => {
    for (const [content, what] of [
      [LFS, /a Git LFS pointer \(git lfs pull fetches the file\)/],
      [HTML, /HTML \(a page instead of the file\)/],
    ] as const) {
      const path = place(name, content);
      const read = loadImages(name.includes('/') ? dirname(path) : path);
      await expect(read).rejects.toThrow(UserError);
      await expect(read).rejects.toThrow(what);
    }
  });

  it('is an archive as it was fetched', async () => {
    const zip = place('archive.7z', Buffer.from('7z\xbc\xaf\x27\x1crest', 'latin1'));
    await expect(loadImages(zip)).rejects.toThrow(
      new RegExp(`^${zip} is a 7z archive \\(unpack it\\); expected one of: a folder with IDX`),
    );
  });
});

describe('a CSV of a spreadsheet', () => {
  const lines = ['1', '0', '2'].map(
    (label) => `${label},${Array.from({ length: 64 }, (_, k) => 3 * k).join(',')}\r\n`,
  );

  it.each([
    ['with a header', `label,${Array.from({ length: 64 }, (_, k) => `p${k}`).join(',')}\r\n`],
    ['without', ''],
  ])('is read with its mark before the first line, %s', async (name, header) => {
    const { train, remarks } = await loadImages(
      place(`marked-${name}.csv`, `\ufeff${header}${lines.join('')}`),
    );
    expect([[...train.labels!], train.count, remarks]).toEqual([[1, 0, 2], 3, []]);
    expect(pixelsOf(train, 0, 1)[63]).toBe(189);
  });
});

describe('few shades of a CSV', () => {
  /** A label and 64 pixels up to a greatest value. */
  const line = (label: number, most: number): string =>
    `${[label, ...Array.from({ length: 64 }, (_, k) => k % (most + 1))].join(',')}\n`;

  it('are scaled by the greatest of both parts, wherever it stands', async () => {
    const train = line(1, 3).repeat(250) + line(2, 15);
    place('shades/train.csv', train);
    place('shades/test.csv', line(1, 16) + line(0, 3));
    const set = await loadImages(join(folder, 'shades'));
    const scaled = (most: number): number[] =>
      Array.from({ length: 64 }, (_, k) => Math.round(((k % (most + 1)) * 255) / 16));
    expect([...pixelsOf(set.train, 0, 1)]).toEqual(scaled(3));
    expect([...pixelsOf(set.train, 250, 1)]).toEqual(scaled(15));
    expect([...pixelsOf(set.test!, 0, 1)]).toEqual(scaled(16));
    expect(set.remarks).toEqual([
      expect.stringMatching(/pixels from 0 to 16, which are stretched/),
    ]);
  });

  it('are none where a later line has a bright pixel', async () => {
    const path = place('dark-first.csv', line(1, 3).repeat(250) + line(2, 60));
    const set = await loadImages(path);
    expect(pixelsOf(set.train, 250, 1)[60]).toBe(60);
    expect(set.remarks).toEqual([]);
  });

  it('are refused with a fraction among them', async () => {
    const path = place('fraction.csv', line(1, 1).repeat(250) + line(2, 1).replace(',1', ',0.5'));
    await expect(loadImages(path)).rejects.toThrow(
      /line 251: a pixel is 0\.5; expected whole numbers, as in the lines before$/,
    );
  });
});

describe('few shades of NumPy’s arrays', () => {
  /** An .npy file of bytes [count, 8, 8]. */
  const npy = (values: readonly number[]): Uint8Array =>
    Buffer.concat([npyHeader('|u1', [values.length / 64, 8, 8]), Buffer.from(values)]);

  it('are scaled by the greatest of both parts', async () => {
    place('arrays/x_train.npy', npy(Array.from({ length: 128 }, (_, k) => k % 16)));
    place('arrays/x_test.npy', npy(Array.from({ length: 64 }, (_, k) => k % 17)));
    const set = await loadImages(join(folder, 'arrays'));
    expect(pixelsOf(set.train, 0, 1)[15]).toBe(Math.round((15 * 255) / 16));
    expect(pixelsOf(set.test!, 0, 1)[16]).toBe(255);
  });

  it('are read once where a drive has left a second copy', async () => {
    place('copies/x_train.npy', npy(Array.from({ length: 128 }, (_, k) => k)));
    place('copies/x_train (1).npy', npy(Array.from({ length: 64 }, () => 200)));
    const set = await loadImages(join(folder, 'copies'));
    expect([set.train.count, pixelsOf(set.train, 0, 1)[7]]).toEqual([2, 7]);
    expect(set.remarks).toEqual([
      expect.stringMatching(/x_train \(1\)\.npy is taken for a second copy of x_train\.npy/),
    ]);
  });
});
