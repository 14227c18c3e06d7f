import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeData, formatDataReport, runData } from '../../src/commands/data.js';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { MNIST_DIGESTS, loadMnist } from '../../src/data/mnist.js';
import { UserError } from '../../src/errors.js';
import { tilesOfGrid } from '../../src/images/grid.js';
import { decodePng, encodePng } from '../../src/images/png.js';
import { silentConsole } from '../support/silent-console.js';
import { DIGIT_SHAPE, TEN, idxDigits, idxLabels } from '../support/sets.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'gan-mnist-'))));
afterAll(() => rmSync(folder, { recursive: true }));

describe('data', () => {
  it('says once what was done to the images, and what it wrote as all commands do', async () => {
    const data = join(folder, 'sizes');
    mkdirSync(data);
    for (const side of [20, 30]) {
      const pixels = new Uint8Array(side * side).fill(side);
      const png = encodePng({ width: side, height: side, channels: 1, pixels });
      writeFileSync(join(data, `${side}.png`), png);
    }
    const said: string[] = [];
    const say = (text: string): void => void said.push(text);
    const wrote = (what: string, path: string): void => say(`${what} ${path}`);
    const out = join(folder, 'sizes.png');
    await runData({ data, out }, { ...silentConsole, say, tell: say, wrote });
    expect(said.join('\n').split('are cropped')).toHaveLength(2);
    expect(said.at(-1)).toBe(`picture ${out}`);
  });

  it('describes MNIST', async () => {
    const out = join(folder, 'new', 'mnist.png');
    const result = describeData(loadMnist(), out);
    // The published class counts.
    expect(result.train).toEqual({
      count: 60_000,
      histogram: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    });
    expect(result.test).toEqual({
      count: 10_000,
      histogram: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
    });
    expect(result.isMnist).toBe(true);
    expect(Object.fromEntries(result.files.map((file) => [file.name, file.sha256]))).toEqual(
      MNIST_DIGESTS,
    );
    expect(result.grid).toBe(out);
  });

  it('draws ten of each digit, a row a digit', async () => {
    const out = join(folder, 'rows.png');
    describeData(loadMnist(), out);
    const tiles = tilesOfGrid(decodePng(readFileSync(out), out), DIGIT_SHAPE);
    expect(tiles.length).toBe(100 * 784);
    const { train } = loadMnist();
    const [images, labels] = [pixelsOf(train), train.labels];
    for (let digit = 0; digit < 10; digit++) {
      let from = -1;
      for (let column = 0; column < 10; column++) {
        from = labels.indexOf(digit, from + 1);
        const tile = (digit * 10 + column) * 784;
        expect(tiles.slice(tile, tile + 784)).toEqual(images.slice(from * 784, (from + 1) * 784));
      }
    }
  });

  it('describes a set of one’s own, in which digits are missing', async () => {
    const own = smallSet('own', Uint8Array.of(7, 7, 2), Uint8Array.of(7));
    const result = describeData(await loadImages(own), join(folder, 'own.png'));
    expect(result.isMnist).toBe(false);
    expect(result.source).toBe(own);
    expect(result.train).toEqual({ count: 3, histogram: [0, 0, 1, 0, 0, 0, 0, 2] });
    const tiles = tilesOfGrid(decodePng(readFileSync(result.grid!), result.grid!), DIGIT_SHAPE);
    const filled = Array.from({ length: 80 }, (_, i) => tiles[i * 784] !== 0);
    expect(filled.flatMap((is, i) => (is ? [i] : []))).toEqual([20, 70, 71]);
    expect(formatDataReport(result)).toContain('Is      not MNIST: a set of your own');
  });

  it('writes nothing when the data is wrong', async () => {
    const wrong = smallSet('wrong', Uint8Array.of(1, 2), Uint8Array.of(1));
    writeFileSync(join(wrong, 'train-labels-idx1-ubyte'), '');
    const out = join(folder, 'wrong.png');
    await expect(loadImages(wrong)).rejects.toThrow(UserError);
    expect(existsSync(out)).toBe(false);
  });

  it('says where it cannot write', async () => {
    const out = join(folder, 'in-the-way');
    mkdirSync(out);
    expect(() => describeData(loadMnist(), out)).toThrow(UserError);
  });

  it('reports without a line that is wider than the window', async () => {
    const report = formatDataReport(describeData(loadMnist(), join(folder, 'narrow.png')), 39);
    expect(Math.max(...report.split('\n').map((line) => line.length))).toBeLessThan(40);
    expect(report).toContain('As IDX file              SHA-256\n');
    expect(report).toMatch(/^Is {6}MNIST: all images and labels\n {8}are the original ones$/m);
    expect(report).toMatch(/^Class +Train\n(\d +\d+ █.*\n){10}All +60000\n\nClass +Test$/m);
  });

  it('reports in columns', () => {
    const histogram = [10, 5, 0, 0, 0, 0, 0, 0, 0, 1];
    const report = formatDataReport({
      source: 'somewhere',
      format: 'idx',
      shape: [28, 28, 1],
      classes: TEN,
      remarks: ['something looks wrong'],
      train: { count: 16, histogram },
      test: { count: 32, histogram: histogram.map((count) => 2 * count) },
      files: [
        { name: 'train-images-idx3-ubyte', sha256: 'a'.repeat(64), isMnist: true },
        { name: 't10k-images-idx3-ubyte', sha256: 'b'.repeat(64), isMnist: false },
      ],
      isMnist: false,
      grid: 'outputs/data.png',
    });
    expect(report.split('\n')).toEqual([
      'Source  somewhere',
      'Form    idx, 28 x 28 gray',
      'Is      partly MNIST: see the parts marked',
      'Note    something looks wrong',
      '',
      `As IDX file              ${'SHA-256 begins'.padEnd(24)}  MNIST`,
      `train-images-idx3-ubyte  ${'a'.repeat(24)}  yes`,
      `t10k-images-idx3-ubyte   ${'b'.repeat(24)}  no`,
      '',
      'Class   Train                     Test',
      '0          10 ████████████████      20 ████████████████',
      '1           5 ████████              10 ████████',
      ...[2, 3, 4, 5, 6, 7, 8].map((digit) => `${digit}           0                        0`),
      '9           1 █▋                     2 █▋',
      'All        16                       32',
      '',
    ]);
  });
});

function smallSet(name: string, train: Uint8Array, test: Uint8Array): string {
  const inner = join(folder, name);
  mkdirSync(inner);
  for (const [prefix, labels] of [
    ['train', train],
    ['t10k', test],
  ] as const) {
    const images = new Uint8Array(labels.length * 784).fill(200);
    writeFileSync(join(inner, `${prefix}-images-idx3-ubyte`), idxDigits(images));
    writeFileSync(join(inner, `${prefix}-labels-idx1-ubyte`), idxLabels(labels));
  }
  return inner;
}
