import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { loadMnist } from '../../src/data/mnist.js';
import { firstImages } from '../../src/data/parts.js';
import { train } from '../../src/index.js';
import { FASTEST } from '../support/backends.js';
import { idxDigits, idxLabels } from '../support/sets.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** MNIST's first images, laid out as archives, libraries and other programs do. */
const folder = temporaryFolder();
const mnist = loadMnist();
const PARTS = { train: firstImages(mnist.train, 300), test: firstImages(mnist.test, 60) };
const FEW_STEPS = {
  ...{ limit: 300, batchSize: 50, epochs: 1, units: 8, latentSize: 8, measureEvery: 0 },
  ...{ backend: FASTEST, threads: 1, draw: false },
};

type Bytes = Uint8Array;
type Content = 'images' | 'labels';
const CONTENTS = ['images', 'labels'] as const;
const images = (part: keyof typeof PARTS): Bytes => idxDigits(pixelsOf(PARTS[part]));
const labels = (part: keyof typeof PARTS): Bytes => idxLabels(PARTS[part].labels);
const fileOf = (part: keyof typeof PARTS, content: Content): Bytes =>
  content === 'images' ? images(part) : labels(part);

/** A file for each part and content, under a path and changed as the form has it. */
function files(
  pathOf: (part: 'train' | 't10k', content: Content) => string,
  changed: (bytes: Bytes, content: Content) => Bytes = (bytes) => bytes,
): Record<string, Bytes> {
  const all = (['train', 't10k'] as const).flatMap((part) =>
    CONTENTS.map((content): [string, Bytes] => [
      pathOf(part, content),
      changed(fileOf(part === 'train' ? 'train' : 'test', content), content),
    ]),
  );
  return Object.fromEntries(all);
}

const plain = (part: string, content: Content): string =>
  `${part}-${content}-idx${content === 'images' ? 3 : 1}-ubyte`;
const dotted = (part: string, content: Content): string => plain(part, content).replace('-i', '.i');
const tested = (part: string): string => (part === 't10k' ? 'test' : part);

/** Labels as QMNIST has them: integers, the class and seven columns of where the digit is from. */
function extended(bytes: Bytes, content: Content): Bytes {
  if (content === 'images') return bytes;
  const digits = bytes.subarray(8);
  const table = Buffer.alloc(12 + digits.length * 32);
  [0x0c02, digits.length, 8].forEach((word, k) => table.writeUInt32BE(word, 4 * k));
  digits.forEach((digit, k) =>
    [digit, 4, 1000 + k, digit, k, 48 + digit, 7, 300_000 + k].forEach((value, column) =>
      table.writeUInt32BE(value, 12 + 32 * k + 4 * column),
    ),
  );
  return table;
}

/** Columns where others have rows. */
function turned(bytes: Bytes, content: Content): Bytes {
  if (content === 'labels') return bytes;
  const turnedBytes = bytes.slice();
  for (let at = 16; at < bytes.length; at += 784)
    for (let y = 0; y < 28; y++)
      for (let x = 0; x < 28; x++) turnedBytes[at + x * 28 + y] = bytes[at + y * 28 + x];
  return turnedBytes;
}

function littleEndian(bytes: Bytes, content: Content): Bytes {
  const swapped = Buffer.from(bytes);
  swapped.subarray(0, content === 'images' ? 16 : 8).swap32();
  return swapped;
}

const padded =
  (padding: string) =>
  (bytes: Bytes): Bytes =>
    Buffer.concat([bytes, Buffer.from(padding, 'latin1')]);

const FORMS: readonly [form: string, Record<string, Bytes>, remark?: RegExp][] = [
  [
    'Kaggle’s archive, with each file in a folder of its own name and dotted beside',
    {
      ...files((part, content) => `${plain(part, content)}/${plain(part, content)}`),
      ...files(dotted),
    },
  ],
  ['Kaggle’s archive, dotted files alone', files(dotted)],
  ['torchvision’s root, plain', files((...of) => `MNIST/raw/${plain(...of)}`)],
  [
    'torchvision’s root, with the archives beside',
    {
      ...files((...of) => `MNIST/raw/${plain(...of)}`),
      ...files((...of) => `MNIST/raw/${plain(...of)}.gz`),
    },
  ],
  [
    'QMNIST',
    files(
      (part, content) =>
        `qmnist-${tested(part)}-${content}-idx${content === 'images' ? '3-ubyte' : '2-int'}.gz`,
      extended,
    ),
  ],
  [
    'EMNIST, transposed',
    files((part, content) => `emnist-mnist-${plain(tested(part), content)}.gz`, turned),
    /^EMNIST has rows where other sets have columns/,
  ],
  ['a folder for each part', files((...of) => `${tested(of[0])}/${plain(...of)}.gz`)],
  ['little-endian headers', files(plain, littleEndian), /little-endian order, and is read so/],
  ['a block’s zeros behind each file', files(plain, padded('\0'.repeat(512))), /512 bytes of pad/],
  ['a line’s end behind each file', files(plain, padded('\r\n')), /2 bytes of padding after its/],
  [
    'a browser’s numbers in the names',
    files((...of) => `${plain(...of)}${of[0] === 'train' ? '' : ' (1)'}.gz`),
  ],
  [
    'what systems and cloud drives add',
    {
      ...files((...of) => `${plain(...of)}.gz`),
      ...files(
        (...of) => `${plain(...of)} (conflicted copy 2026-11-26).gz`,
        () => Buffer.from('other'),
      ),
      ...files(
        (...of) => `._${plain(...of)}.gz`,
        () => Buffer.from('resource fork'),
      ),
      'desktop.ini': Buffer.from('[ViewState]'),
      'Icon\r': Buffer.alloc(0),
      '.~lock.train-labels-idx1-ubyte#': Buffer.from('me'),
    },
    /\(conflicted copy 2026-11-26\)\.gz is taken for a second copy of .*\.gz and left out/,
  ],
];

function layOut(name: string, all: Record<string, Bytes>): string {
  const place = join(folder, name.replaceAll(/\W+/g, '-'));
  for (const [path, bytes] of Object.entries(all)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    const isPacked = path.endsWith('.gz') && !path.startsWith('._') && !path.includes('conflicted');
    writeFileSync(join(place, path), isPacked ? gzipSync(bytes) : bytes);
  }
  return place;
}

async function trained(data?: string): Promise<Buffer[]> {
  const { folder: run } = await train({ ...FEW_STEPS, data, outputs: join(folder, 'outputs') });
  return ['losses.csv', 'model/generator/weights.bin'].map((name) => readFileSync(join(run, name)));
}

describe('MNIST as people have it', () => {
  let expected: Buffer[];
  beforeAll(async () => void (expected = await trained()));

  it.each(FORMS)('trains to the bytes of MNIST in the package: %s', async (form, all, remark) => {
    const data = layOut(form, all);
    const found = await loadImages(data);
    for (const part of ['train', 'test'] as const) {
      expect(Buffer.from(pixelsOf(found[part]!)).equals(pixelsOf(PARTS[part])), part).toBe(true);
      expect(found[part]!.labels, part).toEqual(PARTS[part].labels);
    }
    if (remark === undefined) expect(found.remarks).toEqual([]);
    else for (const said of found.remarks) expect(said).toMatch(remark);
    expect(found.remarks.length > 0).toBe(remark !== undefined);
    expect(await trained(data)).toEqual(expected);
  });

  it('is not read where the rest behind it may be more images', async () => {
    const data = layOut('too long', files(plain, padded('\x07'.repeat(784))));
    await expect(loadImages(data)).rejects.toThrow(/goes on after its end: its header says 300 im/);
  });
});

describe('one of two sets in a folder', () => {
  it('can be named as it is proposed, also that of the plain names', async () => {
    const data = layOut('two sets', {
      ...files(plain),
      ...files((...of) => `old-${plain(...of)}`),
    });
    const refused = await loadImages(data).then(
      () => '',
      (error: Error) => error.message,
    );
    const proposed = [...refused.matchAll(/--data (\S+)/g)].map(([, path]) => path);
    expect(proposed).toHaveLength(2);
    for (const path of proposed) expect((await loadImages(path)).train.count).toBe(300);
  });
});
