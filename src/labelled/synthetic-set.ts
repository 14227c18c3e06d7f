import { DIGITS, IMAGE_PIXELS, IMAGE_SIDE } from '../data/mnist.js';
import { imagesInMemory, pixelsOf, type LabelledSet } from '../data/image-set.js';
import { Random } from '../data/random.js';
import { Interrupted } from '../errors.js';
import type { DigitSource } from './digit-source.js';

/** Images drawn and handed on at a time: memory stays small however large the set is. */
const BLOCK = 5000;
const SHAPE = [IMAGE_SIDE, IMAGE_SIDE, 1] as const;
const CLASSES = Array.from({ length: DIGITS }, (_, digit) => String(digit));

/**
 * A set of so many images of each digit, mixed as real sets are, since many a loader takes the last tenth for validation.
 *
 * @param counts of the digits 0 to 9.
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
    const images = new Uint8Array(some.length * IMAGE_PIXELS);
    for (let digit = 0; digit < DIGITS; digit++) {
      if (signal?.aborted === true) throw new Interrupted('interrupted: nothing was written');
      const places = [...some.keys()].filter((k) => some[k] === digit);
      if (places.length === 0) continue;
      const drawn = await source.draw(digit, places.length);
      places.forEach((place, k) =>
        images.set(drawn.subarray(k * IMAGE_PIXELS, (k + 1) * IMAGE_PIXELS), place * IMAGE_PIXELS),
      );
    }
    yield setOf(images, some);
  }
}

/** The same, all of it in memory. */
export async function drawWholeSet(
  source: DigitSource,
  counts: readonly number[],
  seed: number,
  order: string,
  signal?: AbortSignal,
): Promise<LabelledSet> {
  const count = counts.reduce((sum, x) => sum + x, 0);
  const images = new Uint8Array(count * IMAGE_PIXELS);
  const labels = new Uint8Array(count);
  let at = 0;
  for await (const block of drawSet(source, counts, seed, order, signal)) {
    images.set(pixelsOf(block), at * IMAGE_PIXELS);
    labels.set(block.labels, at);
    at += block.count;
  }
  return setOf(images, labels);
}

const setOf = (pixels: Uint8Array, labels: Uint8Array | Uint16Array): LabelledSet =>
  imagesInMemory({ pixels, shape: SHAPE, labels, classes: CLASSES }) as LabelledSet;

function shuffledLabels(counts: readonly number[], random: Random): Uint8Array {
  const labels = Uint8Array.from(
    counts.flatMap((count, digit) => new Array<number>(count).fill(digit)),
  );
  for (let last = labels.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [labels[last], labels[other]] = [labels[other], labels[last]];
  }
  return labels;
}
