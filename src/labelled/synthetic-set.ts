import { bytesOf, imagesInMemory, pixelsOf, type LabelledSet } from '../data/image-set.js';
import type { ImageShape } from '../data/image-set.js';
import { Random } from '../data/random.js';
import { Interrupted } from '../errors.js';
import type { DigitSource } from './digit-source.js';

/** Images drawn and handed on at a time: memory stays small however large the set is. */
const BLOCK = 5000;

/**
 * A set of so many images of each class, mixed as real sets are, since many a loader takes the last tenth for validation.
 *
 * @param counts of the classes, in their order.
 * @param order names the order among the streams of the seed.
 * @throws Interrupted once the signal has come; whatever the source throws.
 */
export async function* drawSet(
  source: DigitSource,
  counts: readonly number[],
  seed: number,
  order: string,
  signal?: AbortSignal,
): AsyncGenerator<LabelledSet> {
  const labels = shuffledLabels(counts, new Random(seed, order));
  for (let from = 0; from < labels.length; from += BLOCK) {
    const some = labels.subarray(from, from + BLOCK);
    const size = bytesOf(source.shape);
    const images = new Uint8Array(some.length * size);
    for (let digit = 0; digit < counts.length; digit++) {
      if (counts[digit] === 0) continue;
      if (signal?.aborted === true) throw new Interrupted('interrupted: nothing was written');
      const places = [...some.keys()].filter((k) => some[k] === digit);
      if (places.length === 0) continue;
      const drawn = await source.draw(digit, places.length, signal);
      places.forEach((place, k) =>
        images.set(drawn.subarray(k * size, (k + 1) * size), place * size),
      );
    }
    yield setOf(images, source.shape, some, counts.length);
  }
}

/** The same, all of it in memory. */
export async function drawWholeSet(
  source: DigitSource,
  counts: readonly number[],
  seed: number,
  order: string,
  signal?: AbortSignal,
  progress?: (drawn: number, all: number) => void,
): Promise<LabelledSet> {
  const count = counts.reduce((sum, x) => sum + x, 0);
  const size = bytesOf(source.shape);
  const images = new Uint8Array(count * size);
  const labels = new Uint16Array(count);
  let at = 0;
  for await (const block of drawSet(source, counts, seed, order, signal)) {
    images.set(pixelsOf(block), at * size);
    labels.set(block.labels, at);
    at += block.count;
    progress?.(at, count);
  }
  return setOf(images, source.shape, labels, counts.length);
}

function setOf(
  pixels: Uint8Array,
  shape: ImageShape,
  labels: Uint16Array,
  count: number,
): LabelledSet {
  const classes = Array.from({ length: count }, (_, k) => String(k));
  return imagesInMemory({ pixels, shape, labels, classes }) as LabelledSet;
}

function shuffledLabels(counts: readonly number[], random: Random): Uint16Array {
  const labels = Uint16Array.from(
    counts.flatMap((count, digit) => new Array<number>(count).fill(digit)),
  );
  for (let last = labels.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [labels[last], labels[other]] = [labels[other], labels[last]];
  }
  return labels;
}
