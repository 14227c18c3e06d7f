import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { loadImages } from '../../src/data/load.js';
import { npyHeader } from '../../src/data/npy.js';
import { parseCounts } from '../../src/datasets/counts.js';
import { UserError } from '../../src/errors.js';
import { idxDigits } from '../support/sets.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const padded = (start: string): Buffer => Buffer.concat([latin1(start), Buffer.alloc(600)]);
const npyOf = (type: string, shape: readonly number[], bytes: Uint8Array): Uint8Array =>
  Buffer.concat([npyHeader(type, shape), bytes]);
const columns = Array.from({ length: 64 }, (_, k) => k);

/** What tools write instead, by how it begins: formats' own specifications, and Python's output. */
const PICKLE = '\x80\x05\x95\x1c\x00\x00\x00\x00\x00\x00\x00';
const TAR = Buffer.concat([
  padded('mnist/train-images-idx3-ubyte').subarray(0, 257),
  latin1('ustar'),
]);
const CASES: readonly [name: string, content: Uint8Array | string, what: RegExp][] = [
  ['mnist.mat', padded('MATLAB 5.0 MAT-file Platform: posix'), /is a file of MATLAB \(save its a/],
  [
    'mnist.h5',
    padded('\x89HDF\r\n\x1a\n'),
    /is an HDF5 file \(save its arrays by numpy.savez as x_/,
  ],
  ['mnist.pkl', latin1(PICKLE), /is a pickle of Python objects \(save its arrays/],
  [
    'protocol0.pkl',
    '((cnumpy.core.multiarray\n_reconstruct\np0\n',
    /is a pickle of Python objects/,
  ],
  ['mnist.pkl.gz', gzipSync(latin1(PICKLE)), /is gzip data, in them a pickle of Python objects/],
  ['mnist.tar.gz', gzipSync(TAR), /is gzip data, in them a tar archive \(unpack it\)/],
  ['mnist.tar', TAR, /is a tar archive \(unpack it\)/],
  ['a.gz', gzipSync('other'), /is gzip data \(gunzip it\)/],
  ['a.zst', padded('\x28\xb5\x2f\xfd'), /is Zstandard data \(unzstd it\)/],
  [
    'mnist.tfrecord',
    padded('\x20\x00\x00\x00\x00\x00\x00\x00\x01\x02\x03\x04\n\x1e'),
    /is TFRecord data of TensorFlow/,
  ],
  ['mnist.feather', padded('ARROW1\x00\x00'), /is Arrow data \(save it as Parquet\)/],
  ['data.arrow', padded('\xff\xff\xff\xff\x98\x01\x00\x00'), /is Arrow data/],
  ['data.mdb', padded(`${'\x00'.repeat(16)}\xde\xc0\xef\xbe`), /is a database of LMDB/],
  [
    'mnist.scale',
    '5 153:3 154:18 155:18\n',
    /is a table of LIBSVM \(save it as CSV, with the zeros\)/,
  ],
  ['scale.csv', '5 153:3 154:18 155:18\n', /is a table of LIBSVM/],
  ['mnist.arff', '% a comment\n@RELATION mnist\n', /is a table in ARFF \(save it as CSV\)/],
  ['mnist.jsonl', '{"label": 5, "image": [0, 0]}\n', /is JSON text/],
  ['mnist.txt', `7 ${columns.join(' ')}\n`, /is text with numbers in columns \(name it .csv\)/],
  ['mnist.data', `label,${columns.join(',')}\n`, /is text with numbers in columns/],
  [
    'mnist.xlsx',
    zipSync({ '[Content_Types].xml': latin1('<x/>') }),
    /is a spreadsheet of Excel \(s/,
  ],
  ['training.pt', zipSync({ 'training/data.pkl': latin1(PICKLE) }), /is a file of PyTorch/],
  [
    'pictures.zip',
    zipSync({ 'a.png': latin1('png') }),
    /is a zip archive without a CSV file \(unp/,
  ],
  [
    'train-images.idx',
    idxDigits(new Uint8Array(784)),
    /is an IDX file \(name it as in MNIST, train/,
  ],
  ['nothing', '', /is empty; expected one of/],
];

function place(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

describe('a file that images are not read from', () => {
  it.each(CASES)(
    'is called what it seems to be, and what to do: %s',
    async (name, content, what) => {
      const read = loadImages(place(name, content));
      await expect(read).rejects.toThrow(UserError);
      await expect(read).rejects.toThrow(what);
    },
  );

  it.each(CASES.filter(([name]) => !/csv|zip|xlsx|pt$|nothing/.test(name)))(
    'is named in a folder without others: %s',
    async (name, content, what) => {
      const path = place(`folder-${name}/part/${name}`, content);
      place(`folder-${name}/dataset_info.json`, '{"name": "mnist"}');
      const read = loadImages(join(folder, `folder-${name}`));
      await expect(read).rejects.toThrow(`found no data set in the folder`);
      if (!name.startsWith('mnist.json')) await expect(read).rejects.toThrow(`(${path} is `);
      await expect(read).rejects.toThrow(what.source.includes('IDX') ? /is an IDX file/ : what);
    },
  );

  it('is one of two tables in a folder, which can be named', async () => {
    const path = place('two/a.csv', `1,${columns.join(',')}\n`);
    place('two/b.csv', `1,${columns.join(',')}\n`);
    await expect(loadImages(join(folder, 'two'))).rejects.toThrow(`(to take ${path}, name it)`);
    expect((await loadImages(path)).train.count).toBe(1);
  });

  it.each([
    ['https://example.com/mnist.npz', /it is an address; expected a path of this machine/],
    ['s3://bucket/mnist', /^cannot read the data s3:\/\/bucket\/mnist: it is an address/],
    ['~/mnist', /~ stands for a home folder in a shell alone/],
  ])('is none of this machine: %s', async (path, what) => {
    await expect(loadImages(path)).rejects.toThrow(UserError);
    await expect(loadImages(path)).rejects.toThrow(what);
  });

  it('is a folder without files', async () => {
    mkdirSync(join(folder, 'bare/below'), { recursive: true });
    await expect(loadImages(join(folder, 'bare'))).rejects.toThrow(/bare, which has no files; exp/);
  });
});

describe('pictures of other kinds', () => {
  it.each([
    [
      'a.gif',
      'GIF89a\x01\x00\x01\x00',
      /is no whole PNG, JPEG or WebP picture: a GIF picture \(save it as PNG/,
    ],
    ['a.png', 'GIF89a\x01\x00\x01\x00', /a GIF picture/],
    ['a.bmp', 'BM\x36\x0c\x00\x00\x00\x00\x00\x00\x36', /a BMP picture/],
    ['a.tiff', 'II*\x00\x08\x00\x00\x00', /a TIFF picture/],
    ['a.HEIC', '\x00\x00\x00\x18ftypheic\x00\x00\x00\x00', /a HEIC picture/],
    ['a.jpg', '\x00\x00\x00\x20ftypavif\x00\x00\x00\x00', /an AVIF picture/],
    ['a.jp2', '\x00\x00\x00\x0cjP  \r\n', /a JPEG 2000 picture/],
    ['a.pgm', 'P5\n28 28\n255\n', /a picture in PBM, PGM or PPM/],
    ['a.ico', '\x00\x00\x01\x00\x01\x00\x1c\x1c', /an icon/],
    ['a.svg', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', /an SVG drawing/],
  ])('are called by their kind: %s', async (name, start, what) => {
    const path = place(`kinds-${name}/cat/${name}`, padded(start));
    await expect(loadImages(dirname(dirname(path)))).rejects.toThrow(what);
  });

  it('are read as .jfif, as Windows calls JPEG', async () => {
    const forms = new URL('./forms/pictures/gray.jpg', import.meta.url);
    place('jfif/cat/a.jfif', readFileSync(forms));
    expect((await loadImages(join(folder, 'jfif'))).train.count).toBe(1);
  });
});

describe('names of classes whose accents are written in two ways', () => {
  it('are one class, which can be asked for in both', async () => {
    const png = readFileSync(new URL('./forms/pictures/gray.png', import.meta.url));
    // An archive that was packed on macOS, and one that was not.
    place('accents/train/caf\u00e9/a.png', png);
    place('accents/train/tea/a.png', png);
    place('accents/test/cafe\u0301/b.png', png);
    const { train, test, classes } = await loadImages(join(folder, 'accents'));
    expect([classes, [...train.labels!], [...test!.labels!]]).toEqual([
      ['caf\u00e9', 'tea'],
      [0, 1],
      [0],
    ]);
    expect(parseCounts('cafe\u0301:2', classes)).toEqual([2, 0]);
  });
});

describe('NumPy’s arrays', () => {
  const images = npyOf(
    '|u1',
    [2, 8, 8],
    Uint8Array.from({ length: 128 }, (_, k) => k),
  );
  const labels = npyOf('|u1', [2], Uint8Array.of(0, 1));
  const zipped = (arrays: Record<string, Uint8Array>): Uint8Array =>
    zipSync(Object.fromEntries(Object.entries(arrays).map(([name, a]) => [`${name}.npy`, a])));

  it.each<Record<string, Uint8Array>>([
    { xTrain: images, yTrain: labels, xTest: images, yTest: labels },
    { trX: images, trY: labels, teX: images, teY: labels },
  ])('are read by names of other styles: %o', async (arrays) => {
    const set = await loadImages(place('styles.npz', zipped(arrays)));
    expect([set.train.count, set.test?.count, set.classes]).toEqual([2, 2, ['0', '1']]);
  });

  it('are named where none is of images', async () => {
    const path = place('digits.npz', zipped({ digits: images, classes: labels }));
    await expect(loadImages(path)).rejects.toThrow(
      /no array of images .*\(found digits, classes\)/,
    );
  });

  it('are not one after the other of two data sets in a folder', async () => {
    const path = place('quickdraw/cat.npy', images);
    place('quickdraw/dog.npy', images);
    const read = loadImages(dirname(path));
    await expect(read).rejects.toThrow(
      /has images in cat\.npy and in dog\.npy; expected one data set/,
    );
    await expect(read).rejects.toThrow(`--data ${path}`);
    // Arrays that nobody asks for may be many.
    place('with-others/x_train.npy', images);
    place('with-others/features.npy', images);
    place('with-others/more.npy', images);
    expect((await loadImages(join(folder, 'with-others'))).train.count).toBe(2);
  });

  it.each<[string, Record<string, Uint8Array>, RegExp]>([
    [
      'a sparse matrix',
      { data: labels, indices: labels, indptr: labels },
      /a sparse matrix of SciPy/,
    ],
    [
      'a number',
      { x: npyOf('|u1', [], Uint8Array.of(1)) },
      /\.npz: x is a single number; expected im/,
    ],
  ])('are refused with the file’s name: %s', async (name, arrays, what) => {
    const path = place(`${name}.npz`, zipped(arrays));
    await expect(loadImages(path)).rejects.toThrow(what);
  });

  it('with shares that are equal are no labels', async () => {
    const half = new Uint8Array(new Float32Array([0.5, 0.5, 0, 1]).buffer);
    const path = place('soft.npz', zipped({ x: images, y: npyOf('<f4', [2, 2], half) }));
    await expect(loadImages(path)).rejects.toThrow(/share of label 1, 0\.5, in several columns/);
  });
});

describe('CSV files', () => {
  const line = (label: string): string => `${label},${columns.map((k) => 3 * k).join(',')}`;

  it('begin with comments of any length', async () => {
    const set = await loadImages(
      place('comments.csv', `# made by me, on a Monday\n#\n${line('1')}\n${line('0')}\n`),
    );
    expect([set.train.count, [...set.train.labels!]]).toEqual([2, [1, 0]]);
  });

  it('of names of pictures are refused in words', async () => {
    const path = place('kaggle/labels.csv', 'filename,label\na.png,cat\nb.png,dog\n');
    await expect(loadImages(path)).rejects.toThrow(
      /line 2: found "a\.png"; expected the numbers of pixels \(pictures that a table names/,
    );
  });
});
