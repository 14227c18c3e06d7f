import { describe, expect, it } from 'vitest';
import { checkRealImages } from '../../src/evaluation/real-images.js';
import { loadMnist } from '../../src/data/mnist.js';
import { firstImages } from '../../src/data/parts.js';
import { imagesInMemory } from '../../src/data/image-set.js';
import type { LabelledDataSet, MemorySet } from '../../src/data/image-set.js';

const mnist = loadMnist();
/** MNIST with so many images. */
const some = (train: number, test: number): LabelledDataSet => ({
  ...mnist,
  train: firstImages(mnist.train, train),
  test: firstImages(mnist.test, test),
});

describe('real images to compare with', () => {
  it.each([
    [1000, 1, undefined],
    [3, 100, undefined],
    // The first two test images are a 7 and a 2.
    [1000, 2, [7]],
  ])('%s to train on and %s to test on are too few', (train, test, classes) => {
    expect(() => checkRealImages(some(train, test), classes)).toThrow(
      /has \d+ training and \d+ test images of what is evaluated, expected at least 4 and 2/,
    );
  });

  it('without labels are counted too', () => {
    const { pixels, shape } = firstImages(mnist.train, 3) as MemorySet;
    const unlabelled = { ...mnist, train: imagesInMemory({ pixels, shape }), classes: [] };
    expect(() => checkRealImages(unlabelled, undefined)).toThrow(/has 3 training and 10000 test/);
  });

  it('are said where they are few', () => {
    const warnings: string[] = [];
    const check = (test: number): void =>
      checkRealImages(some(1000, test), undefined, (text) => void warnings.push(text));
    check(1000);
    expect(warnings).toEqual([]);
    check(60);
    expect(warnings).toEqual([expect.stringMatching(/has 60 test images .* say little/)]);
  });
});
