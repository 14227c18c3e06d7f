import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imagesInMemory, pixelsOf, type ImageSet } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { loadMnist } from '../../src/data/mnist.js';
import { stackedClasses, stackedShares } from '../../src/data/stacked.js';
import { FORMATS, type Format } from '../../src/datasets/format.js';
import { stackOf } from '../../src/datasets/stack.js';
import { writeStacked } from '../../src/datasets/write-dataset.js';
import { digitSet } from '../support/sets.js';

const COUNTS = { train: 300, test: 60 };
const mnist = loadMnist();

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'gan-mnist-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, format: Format = 'idx', seed = 1) => {
  const out = join(folder, name);
  return writeStacked(mnist, { out, force: false, format, seed }, COUNTS).then(() => out);
};

const digestOf = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

/** The label of each image of a set, by its digest. */
function labelsByImage(set: ImageSet): Map<string, number> {
  const pixels = pixelsOf(set);
  return new Map(
    Array.from({ length: set.count }, (_, k) => [
      digestOf(pixels.subarray(784 * k, 784 * (k + 1))),
      set.labels![k],
    ]),
  );
}

/** A channel of an image of 28 x 28 x 3, by its definition. */
const channelOf = (image: Uint8Array, channel: number): Uint8Array =>
  Uint8Array.from({ length: 784 }, (_, pixel) => image[3 * pixel + channel]);

describe('a stacked set', () => {
  it('has digits of MNIST as channels, of the digits that its class says, test images from test images', async () => {
    const set = await loadImages(await write('stacked'));
    expect(set.shape).toEqual([28, 28, 3]);
    expect(set.classes).toHaveLength(1000);
    expect(set.stacked).toEqual({
      source: mnist.source,
      digests: mnist.digests,
      classes: mnist.classes,
    });
    for (const part of ['train', 'test'] as const) {
      const known = labelsByImage(mnist[part]);
      const { count, labels, classes } = set[part]!;
      expect(count).toBe(COUNTS[part]);
      for (let k = 0; k < count; k++) {
        const image = pixelsOf(set[part]!, k, 1);
        const digits = [0, 1, 2].map((channel) => known.get(digestOf(channelOf(image, channel))));
        expect(classes[labels![k]]).toBe(digits.join(''));
      }
    }
  });

  it('is a function of the seed', async () => {
    const [one, two, other] = [
      await write('one'),
      await write('two'),
      await write('other', 'idx', 2),
    ];
    const bytes = (out: string): Buffer => readFileSync(join(out, 'train-images-idx4-ubyte'));
    expect(bytes(one).equals(bytes(two))).toBe(true);
    expect(bytes(one).equals(bytes(other))).toBe(false);
    expect(readFileSync(join(one, 'manifest.json'), 'utf8')).toBe(
      readFileSync(join(two, 'manifest.json'), 'utf8'),
    );
  });

  it.each(FORMATS)(
    'is read back from %s to the same images, classes and origin',
    async (format) => {
      const found = await loadImages(await write(`as-${format}`, format));
      const expected = stackOf(mnist, 1, COUNTS);
      for (const part of ['train', 'test'] as const) {
        const of = (set: ImageSet): string[] =>
          Array.from(
            { length: set.count },
            (_, k) => `${set.classes[set.labels![k]]} ${digestOf(pixelsOf(set, k, 1))}`,
          );
        const images = [...expected.blocks(part)].flatMap(of);
        // A folder of pictures has them by class.
        const [a, b] = [of(found[part]!), images];
        expect(format === 'png' ? a.toSorted() : a).toEqual(format === 'png' ? b.toSorted() : b);
      }
      expect(found.stacked?.digests).toEqual(mnist.digests);
    },
  );

  it('is no longer one whose channels are digits once it is scaled', async () => {
    const out = await write('scaled');
    expect((await loadImages(out, { size: 32 })).stacked).toBeUndefined();
    expect((await loadImages(out, { testShare: undefined })).stacked).toBeDefined();
  });

  it('refuses a manifest that says what cannot be', async () => {
    const out = await write('damaged');
    const file = join(out, 'manifest.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { stacked: { classes: string[] } };
    manifest.stacked.classes = ['a', 'b'];
    writeFileSync(file, JSON.stringify(manifest));
    await expect(loadImages(out)).rejects.toThrow(/manifest\.json: found a shape or classes/);
  });

  it('refuses images with colours, and too many classes', () => {
    const one = digitSet(new Uint8Array(784), [0]);
    const set = { ...mnist, train: one, test: one };
    expect(() => stackOf({ ...set, shape: [28, 28, 3] }, 1)).toThrow(/--stack: .* colours/);
    const many = Array.from({ length: 11 }, (_, k) => String(k));
    expect(() => stackOf({ ...set, classes: many }, 1)).toThrow(/1331, expected at most 1000/);
  });
});

describe('the classes of stacked images', () => {
  it('are named by their channels', () => {
    expect(stackedClasses(mnist.classes)[407]).toBe('407');
    expect(stackedClasses(['cat', 'dog'])).toEqual([
      'cat-cat-cat',
      'cat-cat-dog',
      'cat-dog-cat',
      'cat-dog-dog',
      'dog-cat-cat',
      'dog-cat-dog',
      'dog-dog-cat',
      'dog-dog-dog',
    ]);
  });

  it('are as frequent as their channels say', () => {
    const labels = [0, 0, 0, 1];
    const classes = ['0', '1'];
    const set = imagesInMemory({ pixels: new Uint8Array(4), shape: [1, 1, 1], labels, classes });
    const shares = stackedShares(set as Parameters<typeof stackedShares>[0]);
    expect([...shares]).toEqual([27, 9, 9, 3, 9, 3, 3, 1].map((count) => count / 64));
  });
});
