import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { UserError } from '../../src/errors.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
type Cell = string | number;
type Row = readonly Cell[];

function place(rows: readonly Row[], header?: Row): string {
  const path = join(mkdtempSync(join(folder, 'set-')), 'a.csv');
  writeFileSync(
    path,
    [...(header ? [header] : []), ...rows].map((row) => `${row.join()}\n`).join(''),
  );
  return path;
}

const COUNT = 12;
const cells = (tone: (k: number, n: number) => number): number[][] =>
  Array.from({ length: COUNT }, (_, n) => Array.from({ length: 64 }, (__, k) => tone(k, n)));
const isCorner = (k: number): boolean => k < 2 || k > 61;
/** With a black border, as digits have it. */
const DIGITS = cells((k, n) => (isCorner(k) ? 0 : (k * 37 + n * 101) % 256));
/** Without. */
const PHOTOS = cells((k, n) => (k * 37 + n * 101 + 90) % 256);
const shares = (images: readonly number[][]): number[][] =>
  images.map((image) => image.map((tone) => tone / 255));
const centred = (images: readonly number[][]): number[][] =>
  images.map((image) => image.map((tone) => (2 * tone) / 255 - 1));
const WHITE = DIGITS.map((image) => image.map((tone) => 255 - tone));

const first = (labels: Row, images: readonly number[][]): Cell[][] =>
  images.map((image, n) => [labels[n % labels.length], ...image]);
const last = (labels: Row, images: readonly number[][]): Cell[][] =>
  images.map((image, n) => [...image, labels[n % labels.length]]);

const SETS = {
  digits: DIGITS,
  photos: PHOTOS,
  white: WHITE,
  'digits from 0 to 1': shares(DIGITS),
  'photos from 0 to 1': shares(PHOTOS),
  'digits from -1 to 1': centred(DIGITS),
  'photos from -1 to 1': centred(PHOTOS),
};
const LABELS: Record<string, [typed: Row, classes: string[]]> = {
  'from 0': [
    [0, 1, 2],
    ['0', '1', '2'],
  ],
  'from 1, 10 for a zero': [[1, 10, 2], '0 1 2 3 4 5 6 7 8 9 10'.split(' ')],
  '-1 and 1': [
    [-1, 1],
    ['-1', '1'],
  ],
  'in exponent form': [
    ['0.000e+00', '1.0E0', '2e+0'],
    ['0', '1', '2'],
  ],
  'in quotes': [
    ['"0"', '"1"', '"2"'],
    ['0', '1', '2'],
  ],
  'with a point': [
    ['0.', '1.0', '+2'],
    ['0', '1', '2'],
  ],
  'names and numbers': [
    ['A', '7', 'b'],
    ['7', 'A', 'b'],
  ],
};

describe('labels of a CSV without a header', () => {
  const cases = Object.keys(SETS).flatMap((set) =>
    Object.keys(LABELS).flatMap((labels) =>
      [true, false].map((isFirst) => [labels, isFirst ? 'first' : 'last', set] as const),
    ),
  );
  it.each(cases)('%s, %s, beside %s', async (labels, where, set) => {
    const images = SETS[set as keyof typeof SETS];
    const [typed, classes] = LABELS[labels];
    const rows = (where === 'first' ? first : last)(typed, images);
    const { train, classes: found } = await loadImages(place(rows));
    expect(found).toEqual(classes);
    const named = classes.map((name) => (Number.isNaN(Number(name)) ? name : Number(name)));
    const plain = typed.map((label) => String(label).replaceAll('"', ''));
    expect([...train.labels!].map((label) => named[label])).toEqual(
      images.map((_, n) => {
        const label = plain[n % plain.length];
        return Number.isNaN(Number(label)) ? label : Number(label);
      }),
    );
    const [least, most] = set.includes('-1') ? [-1, 1] : set.includes('to 1') ? [0, 1] : [0, 255];
    expect([...pixelsOf(train)]).toEqual(
      images.flat().map((tone) => Math.round((255 * (tone - least)) / (most - least))),
    );
  });

  it.each(['digits', 'photos', 'white'] as const)(
    'of 0.5 are classes of their own: %s',
    async (set) => {
      for (const rows of [first([0.5, 1.5], SETS[set]), last([0.5, 1.5], SETS[set])]) {
        const { train, classes } = await loadImages(place(rows));
        expect([classes, [...train.labels!].slice(0, 3)]).toEqual([
          ['0.5', '1.5'],
          [0, 1, 0],
        ]);
        expect([...pixelsOf(train)]).toEqual(SETS[set].flat());
      }
    },
  );

  it('of one class, where the images have a border', async () => {
    for (const set of [DIGITS, shares(DIGITS), centred(DIGITS)])
      for (const rows of [first([5], set), last([5], set)]) {
        const { train } = await loadImages(place(rows));
        expect(new Set(train.labels)).toEqual(new Set([5]));
      }
  });

  it.each<[string, Cell[][]]>([
    ['shares beside labels of 0.5', first([0.5, 0.25], shares(PHOTOS))],
    [
      'measured values in both',
      cells((k, n) => (((k + 1) * (n + 1)) % 255) / 255).map((row) => [...row, 0.1]),
    ],
  ])('that cannot be told from pixels are refused: %s', async (_, rows) => {
    const read = loadImages(place(rows));
    await expect(read).rejects.toThrow(UserError);
    await expect(read).rejects.toThrow(/has 65 columns, one more than an image has, and neither/);
  });
});

describe('a label that is missing', () => {
  const header = ['label', ...Array.from({ length: 64 }, (_, k) => `p${k}`)];
  it.each(['NaN', 'nan', 'NA', 'null', 'None', '?', '"NaN"'])('%s is named', async (missing) => {
    for (const named of [undefined, header]) {
      const rows = first([0, 1, missing], DIGITS);
      const line = named === undefined ? 3 : 4;
      const read = loadImages(place(rows, named));
      await expect(read).rejects.toThrow(UserError);
      await expect(read).rejects.toThrow(
        `, line ${line} has no label (found "${missing.replaceAll('"', '')}"); exp`,
      );
    }
  });

  it('is a class of that name where all labels are names', async () => {
    const { classes } = await loadImages(place(first(['none', 'crack'], DIGITS)));
    expect(classes).toEqual(['crack', 'none']);
  });
});

describe('a first image that pandas took for the names of columns', () => {
  it('is left out, with a line that says so', async () => {
    const rows = first([3, 0, 1], DIGITS);
    // Some tones come again, as in the published mnist_train.csv.
    const image = [3, ...DIGITS[0].map((tone) => tone % 8)];
    const times = new Map<Cell, number>();
    const shown = image.map((cell) => {
      const before = times.get(cell) ?? 0;
      times.set(cell, before + 1);
      return before === 0 ? cell : `${cell}.${before}`;
    });
    const { train, remarks } = await loadImages(place(rows.slice(1), shown));
    expect([train.count, [...train.labels!].slice(0, 2)]).toEqual([COUNT - 1, [0, 1]]);
    expect([...pixelsOf(train)]).toEqual(DIGITS.slice(1).flat());
    expect(remarks).toEqual([expect.stringMatching(/an image that pandas took for the names/)]);
  });
});
