import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, pixelsOf, type LabelledDataSet } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { loadMnist } from '../../src/data/mnist.js';
import { firstImages } from '../../src/data/parts.js';
import { PARTS } from '../../src/datasets/format.js';
import { OPEN } from '../../src/datasets/write-dataset.js';
import { train } from '../../src/index.js';
import { FASTEST } from '../support/backends.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** MNIST's first images in each form, without a manifest: as they are found in the world. */
const folder = temporaryFolder();
const whole = loadMnist();
const mnist: LabelledDataSet = {
  ...whole,
  train: firstImages(whole.train, 300),
  test: firstImages(whole.test, 60),
};
const OPTIONS = { limit: 300, batchSize: 50, epochs: 1, units: 8, latentSize: 8, measureEvery: 0 };
const FILES = ['losses.csv', 'samples/epoch-0001.png', 'model/generator/weights.bin'];

function writeAs(format: keyof typeof OPEN): string {
  const out = join(folder, format);
  mkdirSync(out);
  const { shape, classes } = mnist;
  const counts = { train: [mnist.train.count], test: [mnist.test.count] };
  const writer = OPEN[format](out, { shape, classes, counts });
  for (const part of PARTS) writer.add(part, mnist[part]);
  writer.finish();
  return out;
}

const trainOn = async (data?: string): Promise<Buffer[]> => {
  const outputs = join(folder, 'outputs');
  const compute = { backend: FASTEST, threads: 1 };
  const { folder: run } = await train({ ...OPTIONS, ...compute, data, outputs, draw: false });
  return FILES.map((name) => readFileSync(join(run, name)));
};

/** Label and pixels of each image, sorted. */
const multiset = ({ train: set }: Pick<LabelledDataSet, 'train'>): string[] =>
  Array.from(
    { length: set.count },
    (_, k) =>
      `${set.classes[set.labels[k]]} ${Buffer.from(pixelsOf(set, k, 1)).toString('base64')}`,
  ).sort();

describe('the same images', () => {
  let expected: Buffer[];
  beforeAll(async () => void (expected = await trainOn()));

  it.each(['idx', 'csv', 'npz', 'parquet'] as const)(
    'give from %s the losses, samples and weights of MNIST in the package, byte for byte',
    async (format) => {
      const data = writeAs(format);
      const found = await loadImages(data);
      expect(found.classes).toEqual(mnist.classes);
      expect([found.train.labels, found.test!.labels]).toEqual([
        mnist.train.labels,
        mnist.test.labels,
      ]);
      expect(Buffer.from(pixelsOf(found.test!)).equals(pixelsOf(mnist.test))).toBe(true);
      const files = await trainOn(data);
      FILES.forEach((name, k) => expect(files[k].equals(expected[k]), name).toBe(true));
    },
  );

  it('are the same from folders of pictures, whose order is by class', async () => {
    const found = await loadImages(writeAs('png'));
    expect(multiset(found as LabelledDataSet)).toEqual(multiset(mnist));
    expect(bytesOf(found.shape)).toBe(784);
  });
});
