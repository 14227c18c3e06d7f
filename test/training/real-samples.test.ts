import { expect, it } from 'vitest';
import { imagesInMemory } from '../../src/data/image-set.js';
import { realSamples } from '../../src/training/real-samples.js';

/** Images of one pixel, whose tone is their place in the set. */
const setOf = (labels: number[], classes: string[]) =>
  imagesInMemory({
    pixels: Uint8Array.from(labels, (_, k) => k),
    shape: [1, 1, 1],
    labels,
    classes,
  });

it('takes the first images of each class, the classes in turn', () => {
  const labels = Array.from({ length: 200 }, (_, k) => (k < 100 ? 1 : 0));
  const chosen = realSamples(setOf(labels, ['a', 'b']), true);
  expect([...chosen.subarray(0, 6)]).toEqual([100, 0, 101, 1, 102, 2]);
  expect(chosen.length).toBe(64);
});

it('begins again where a class has few, and has some image where one has none', () => {
  const few = setOf([0, 0, 1], ['a', 'b', 'none']);
  expect([...realSamples(few, true).subarray(0, 6)]).toEqual([0, 2, 2, 1, 2, 2]);
  expect([...realSamples(few, false).subarray(0, 6)]).toEqual([0, 2, 1, 2, 0, 2]);
});

it('takes some from all over a set without labels', () => {
  const pixels = Uint8Array.from({ length: 128 }, (_, k) => k);
  const chosen = realSamples(imagesInMemory({ pixels, shape: [1, 1, 1] }), false);
  expect([...chosen.subarray(0, 4)]).toEqual([0, 2, 4, 6]);
});
