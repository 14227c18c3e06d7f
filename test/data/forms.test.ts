import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitPicture } from '../../src/data/fit.js';
import { countsOf, pixelsOf, type DataSet, type ImageSet } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { decodePicture } from '../../src/data/pictures/picture-file.js';
import { UserError } from '../../src/errors.js';
import { TEN } from '../support/sets.js';

/** What Pillow, NumPy, pandas, PyArrow and scikit-learn wrote: see forms/make_forms.py. */
const FORMS = fileURLToPath(new URL('./forms', import.meta.url));
const file = (name: string): string => join(FORMS, name);
interface Expected {
  readonly gray: { readonly train: number[]; readonly test: number[] };
  readonly rgb: { readonly train: number[] };
  readonly sklearn: number[];
  readonly 'sklearn labels': number[];
  readonly corner: number[];
  readonly pictures: Record<string, { readonly shape: [number, number]; readonly rgb: number[] }>;
  readonly scaled: Record<string, number[]>;
}
const expected = JSON.parse(readFileSync(file('expected.json'), 'utf8')) as Expected;
const LABELS = [2, 0, 1, 1, 0, 2];
const NAMES = ['cat', 'dog', 'owl'];

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'gan-mnist-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder with copies of some of the files. */
function folderOf(name: string, files: Record<string, string>): string {
  for (const [to, from] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name, to)), { recursive: true });
    cpSync(file(from), join(folder, name, to));
  }
  return join(folder, name);
}

const pixels = (set: ImageSet): number[] => [...pixelsOf(set)];
const labels = (set: ImageSet): number[] => [...set.labels!];

describe('NumPy’s files', () => {
  it.each(['keras.npz', 'medmnist.npz'])('are read: %s', async (name) => {
    const set = await loadImages(file(name));
    expect(pixels(set.train)).toEqual(expected.gray.train);
    expect(pixels(set.test!)).toEqual(expected.gray.test);
    expect([labels(set.train), labels(set.test!)]).toEqual([LABELS, [1, 0]]);
    expect([set.shape, set.format, set.classes, set.remarks]).toEqual([
      [8, 8, 1],
      'numpy',
      ['0', '1', '2'],
      [],
    ]);
  });

  it('are read where pixels are from 0 to 1, with a remark', async () => {
    const set = await loadImages(file('floats.npz'));
    expect(pixels(set.train)).toEqual(expected.gray.train);
    expect(labels(set.train)).toEqual(LABELS);
    expect(set.remarks).toEqual([
      `${file('floats.npz')}: images has pixels from 0 to 1, which are stretched to 0 to 255`,
    ]);
  });

  it('are read in Fortran’s order, as MATLAB and transposed arrays have it', async () => {
    const set = await loadImages(file('fortran.npz'));
    expect(pixels(set.train)).toEqual(expected.gray.train);
    expect([labels(set.train), set.remarks]).toEqual([LABELS, []]);
    const coloured = await loadImages(file('fortran-rgb.npy'));
    expect(pixels(coloured.train)).toEqual(expected.rgb.train);
  });

  it('are read in half precision', async () => {
    const set = await loadImages(file('half.npz'));
    expect(pixels(set.train)).toEqual(expected.gray.train);
    expect(set.remarks).toEqual([
      `${file('half.npz')}: images has pixels from 0 to 1, which are stretched to 0 to 255`,
    ]);
  });

  it('are read where images are flat and labels are names', async () => {
    const set = await loadImages(file('names.npz'));
    expect(pixels(set.train)).toEqual(expected.gray.train);
    expect([labels(set.train), set.classes, set.shape]).toEqual([LABELS, NAMES, [8, 8, 1]]);
  });

  it('are read where channels are first and labels one-hot', async () => {
    const set = await loadImages(file('one-hot.npz'));
    expect(pixels(set.train)).toEqual(expected.rgb.train);
    expect([labels(set.train), set.shape]).toEqual([
      [2, 0, 1],
      [12, 12, 3],
    ]);
  });

  it('are read without labels', async () => {
    const set = await loadImages(file('unlabelled.npy'));
    expect(pixels(set.train)).toEqual(expected.rgb.train);
    expect([set.train.labels, set.classes]).toEqual([undefined, []]);
  });

  it('are scikit-learn’s digits, whose pixels go up to 16', async () => {
    const set = await loadImages(file('sklearn-digits.npz'));
    const max = Math.max(...expected.sklearn);
    expect(pixels(set.train)).toEqual(expected.sklearn.map((x) => Math.round((255 * x) / max)));
    expect(labels(set.train)).toEqual(expected['sklearn labels']);
    expect(set.remarks).toEqual([
      `${file('sklearn-digits.npz')}: data has pixels from 0 to ${max}, which are stretched to 0 to 255`,
    ]);
  });

  it('are scikit-learn’s digits as its package has them: a CSV whose label is last, all 1,797', async () => {
    const text = gunzipSync(readFileSync(file('optdigits.csv.gz')));
    const path = join(folder, 'optdigits.csv');
    writeFileSync(path, text);
    const { train, shape, classes } = await loadImages(path);
    expect([train.count, shape]).toEqual([1797, [8, 8, 1]]);
    expect(classes).toEqual(TEN);
    // https://archive.ics.uci.edu/dataset/80: the images of each digit in its test set.
    expect(countsOf(train)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    const lines = text.toString('utf8').trimEnd().split('\n');
    const row = lines[1234].split(',').map(Number);
    expect([...pixelsOf(train, 1234, 1)]).toEqual(
      row.slice(0, -1).map((tone) => Math.round((255 * tone) / 16)),
    );
    expect(train.labels![1234]).toBe(row.at(-1));
  });

  it('are not run: Python objects are refused', async () => {
    await expect(loadImages(file('objects.npz'))).rejects.toThrow(
      new UserError(
        `${file('objects.npz')}: x_train holds Python objects (a pickle); expected numbers`,
      ),
    );
  });
});

describe('CSV files', () => {
  it.each<[string, string[], number[]]>([
    ['header.csv', ['0', '1', '2'], expected.gray.train],
    ['plain.csv', ['0', '1', '2'], expected.gray.train],
    ['last.csv', ['0', '1', '2'], expected.corner],
    ['indexed-names-last.csv', NAMES, expected.gray.train],
  ])('are read: %s', async (name, classes, images) => {
    const set = await loadImages(file(name));
    expect(pixels(set.train)).toEqual(images);
    expect([labels(set.train), set.classes, set.shape, set.format]).toEqual([
      LABELS,
      classes,
      [8, 8, 1],
      'csv',
    ]);
  });

  it('are read without labels, from 0 to 1', async () => {
    const set = await loadImages(file('unlabelled.csv'));
    expect(pixels(set.train)).toEqual(expected.gray.train);
    expect(set.train.labels).toBeUndefined();
  });

  it('are train.csv and test.csv of a folder; without labels, as Kaggle’s, the test images are left out', async () => {
    const both = await loadImages(
      folderOf('two', { 'mnist_train.csv': 'header.csv', 'mnist_test.csv': 'plain.csv' }),
    );
    expect([both.train.count, both.test?.count]).toEqual([6, 6]);
    const kaggle = folderOf('kaggle', { 'train.csv': 'header.csv' });
    writeFileSync(join(kaggle, 'test.csv'), `${expected.gray.test.slice(0, 64).join(',')}\n`);
    const set = await loadImages(kaggle);
    expect([set.train.count, set.test]).toEqual([6, undefined]);
    expect(set.remarks).toEqual([
      `${join(kaggle, 'test.csv')} has no labels, as of a competition, and is left out`,
    ]);
  });

  const row = expected.gray.train.slice(0, 64).join(',');
  it.each<[string, string, RegExp]>([
    ['empty', '', /empty\.csv is empty; expected a line for each image$/],
    ['header-alone', 'label,a,b\n', /has a header and no images; expected a line for each image$/],
    [
      'no-square',
      '1,2,3,4,5,6,7\n',
      /has 7 columns, of which 7 may be pixels; expected the pixels of a square image/,
    ],
    [
      'short',
      `1,${row}\n`.repeat(300) + '1,2,3\n',
      /short\.csv, line 301 has 3 fields; expected 65, as in the first lines$/,
    ],
    [
      'words',
      `1,${row}\n`.repeat(300) + `1,${row}`.replace(/,\d+$/, ',x\n'),
      /line 301: found "x"; expected a number$/,
    ],
    [
      'negative',
      `1,${row}\n`.repeat(300) + `1,${row}`.replace(/,\d+$/, ',-4\n'),
      /line 301: a pixel is -4; expected 0 to 255/,
    ],
    [
      'long',
      '1'.repeat(4_000_000),
      /long\.csv: line 1 is longer than 1048576 bytes; expected the pixels of an image$/,
    ],
  ])('are refused: %s', async (name, text, message) => {
    const path = join(folder, `${name}.csv`);
    writeFileSync(path, text);
    await expect(loadImages(path)).rejects.toThrow(UserError);
    await expect(loadImages(path)).rejects.toThrow(message);
  });
});

describe('Parquet files, as Hugging Face stores images', () => {
  const files = {
    'data/train-00000-of-00001.parquet': 'train-00000-of-00001.parquet',
    'data/test-00000-of-00001.parquet': 'test-00000-of-00001.parquet',
    'README.md': 'make_forms.py',
  };

  it('are read, with the names of classes', async () => {
    const set = await loadImages(folderOf('parquet', files));
    expect(pixels(set.train)).toEqual(expected.gray.train);
    expect(pixels(set.test!)).toEqual(expected.gray.test);
    expect([labels(set.train), labels(set.test!)]).toEqual([LABELS, [1, 0]]);
    expect([set.classes, set.shape, set.format]).toEqual([NAMES, [8, 8, 1], 'parquet']);
  });

  it('are refused where they are cut off', async () => {
    const bytes = readFileSync(file('train-00000-of-00001.parquet'));
    for (const length of [3, 100, bytes.length - 1]) {
      const path = join(folder, `cut-${length}.parquet`);
      writeFileSync(path, bytes.subarray(0, length));
      await expect(loadImages(path)).rejects.toThrow(/is no whole Parquet file: /);
    }
  });
});

describe('pictures', () => {
  const decode = (name: string) => decodePicture(readFileSync(file(name)), name);
  const asRgb = ({ channels, pixels: own }: Awaited<ReturnType<typeof decode>>): number[] =>
    channels === 3 ? [...own] : [...own].flatMap((tone) => [tone, tone, tone]);

  it.each(Object.keys(expected.pictures))('are what Pillow makes of them: %s', async (name) => {
    const picture = await decode(join('pictures', name));
    const { shape, rgb } = expected.pictures[name];
    expect([picture.height, picture.width]).toEqual(shape);
    expect(asRgb(picture)).toEqual(rgb);
  });

  it.each(['gray.png', 'gray-alpha.png', 'one-bit.png', 'sixteen-bits.png', 'gray.jpg'])(
    'are gray: %s',
    async (name) => {
      expect((await decode(join('pictures', name))).channels).toBe(1);
    },
  );

  it.each(['8', '32', '64'])('are cropped and scaled to %s pixels as by Pillow', async (side) => {
    const large = await decode('large.png');
    for (const [channels, key] of [
      [3, side],
      [1, `${side} gray`],
    ] as const) {
      const fitted = fitPicture(large, [Number(side), Number(side), channels]);
      const differences = expected.scaled[key].map((value, k) => Math.abs(value - fitted[k]));
      // Pillow rounds twice, after the rows and after the columns.
      expect(Math.max(...differences)).toBeLessThanOrEqual(1);
    }
  });

  it.each<[string, RegExp]>([
    ['cmyk.jpg', /^cmyk.jpg is no whole JPEG picture: Unsupported color conversion request$/],
    ['animation.webp', /is no whole PNG, JPEG or WebP picture: it is an animation$/],
    ['expected.json', /is no whole PNG, JPEG or WebP picture: JSON text/],
  ])('are refused: %s', async (name, message) => {
    await expect(decode(name)).rejects.toThrow(UserError);
    await expect(decode(name)).rejects.toThrow(message);
    expect((await decode('pictures/rgb.jpg')).width).toBe(14);
  });

  it('are refused where they are cut off, at any byte', async () => {
    for (const name of ['rgb.png', 'rgb.jpg', 'lossy.webp']) {
      const bytes = readFileSync(file(join('pictures', name)));
      for (let length = 0; length < bytes.length - 2; length += 7)
        await expect(decodePicture(bytes.subarray(0, length), name)).rejects.toThrow(UserError);
    }
  });

  it('are refused where they are too large to be true', async () => {
    const png = Buffer.from(readFileSync(file('pictures/rgb.png')));
    png.writeUInt32BE(100_000, 16);
    png.writeUInt32BE(100_000, 20);
    await expect(decodePicture(png, 'bomb.png')).rejects.toThrow(
      new UserError(
        'bomb.png says it has 100000 x 100000 pixels; expected at least 1 and at most 100000000',
      ),
    );
  });
});

describe('folders of pictures', () => {
  const some = {
    'cat/a.png': 'pictures/rgb.png',
    'dog/b.jpg': 'pictures/rgb.jpg',
    'dog/inner/c.webp': 'pictures/rgba.webp',
  };
  const summary = ({ train, test, shape, classes, format }: DataSet) => ({
    counts: [train.count, test?.count],
    labels: [train.labels && labels(train), test?.labels && labels(test)],
    shape,
    classes,
    format,
  });

  it('have a folder for each class', async () => {
    const set = await loadImages(folderOf('classes', some));
    expect(summary(set)).toEqual({
      counts: [3, undefined],
      labels: [[0, 1, 1], undefined],
      shape: [32, 32, 3],
      classes: ['cat', 'dog'],
      format: 'pictures',
    });
    expect(set.remarks).toEqual([
      'pictures of 14 x 9 are cropped around their middle and scaled to 32 x 32 RGB (--size chooses another side)',
    ]);
    const first = await decodePicture(readFileSync(file('pictures/rgb.png')), 'first');
    expect(pixels(set.train).slice(0, 3072)).toEqual([...fitPicture(first, [32, 32, 3])]);
  });

  it('have training and test pictures, in a folder around everything', async () => {
    const files = Object.fromEntries(
      Object.entries(some).flatMap(([name, from]) => [
        [`all/train/${name}`, from],
        [`all/test/${name}`, from],
      ]),
    );
    const set = await loadImages(folderOf('parts', files), { size: 16, color: 'gray' });
    expect(summary(set)).toMatchObject({
      counts: [3, 3],
      labels: [
        [0, 1, 1],
        [0, 1, 1],
      ],
      shape: [16, 16, 1],
      classes: ['cat', 'dog'],
    });
  });

  it('are numbered in the order of numbers', async () => {
    const files = Object.fromEntries(
      ['10', '9', '0'].map((name) => [`${name}/a.png`, 'pictures/gray.png']),
    );
    const set = await loadImages(folderOf('numbers', files), { size: 8 });
    expect(summary(set)).toMatchObject({ classes: ['0', '9', '10'], shape: [8, 8, 1] });
  });

  it('have no classes where the pictures lie in none', async () => {
    const set = await loadImages(
      folderOf('plain', {
        'a.png': 'pictures/rgb.png',
        'b.png': 'pictures/gray.png',
        '.c.png': 'cmyk.jpg',
      }),
    );
    expect(summary(set)).toMatchObject({
      counts: [2, undefined],
      labels: [undefined, undefined],
      classes: [],
    });
  });

  it('keep the pictures’ own size where networks take it', async () => {
    const set = await loadImages(folderOf('own', { 'a.png': 'pictures/rgb.png' }), { size: 12 });
    expect(set.shape).toEqual([12, 12, 3]);
    const again = join(folder, 'again');
    mkdirSync(again);
    const { PNG } = await import('pngjs');
    const png = new PNG({ width: 12, height: 16 });
    png.data.fill(255);
    writeFileSync(join(again, 'x.png'), PNG.sync.write(png));
    expect((await loadImages(again)).shape).toEqual([16, 12, 3]);
  });

  it('name and count what cannot be read, and leave it out if they may', async () => {
    const path = folderOf('bad', {
      ...some,
      'cat/b.jpg': 'cmyk.jpg',
      'dog/d.webp': 'animation.webp',
      'dog/e.gif': 'animation.webp',
    });
    await expect(loadImages(path)).rejects.toThrow(
      /animation$|d\.webp is no whole .* \(and 1 more cannot be read\); expected whole PNG, JPEG or WebP pictures, or --skip-bad/,
    );
    const set = await loadImages(path, { skipBad: true });
    expect(summary(set)).toMatchObject({ counts: [3, undefined], labels: [[0, 1, 1], undefined] });
    expect(set.remarks.at(-1)).toMatch(
      /^3 pictures are left out: \S+d\.webp is no whole .*e\.gif.*cat.b\.jpg is no whole JPEG/,
    );
  });

  it('are refused with links out of them, or pictures beside classes', async () => {
    const path = folderOf('linked', some);
    symlinkSync(file('pictures/rgb.png'), join(path, 'cat', 'out.png'));
    await expect(loadImages(path)).rejects.toThrow(
      /out\.png is a link that leads out of the folder/,
    );
    const mixed = folderOf('mixed', { ...some, 'x.png': 'pictures/rgb.png' });
    await expect(loadImages(mixed)).rejects.toThrow(
      /has pictures beside folders of pictures, as \S+x\.png/,
    );
  });
});
