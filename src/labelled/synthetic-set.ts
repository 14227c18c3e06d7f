import { DIGITS, IMAGE_PIXELS } from '../data/idx.js';
import type { DigitSet } from '../data/mnist.js';
import { Random } from '../data/random.js';
import { Interrupted } from '../errors.js';
import type { DigitSource } from './digit-source.js';

/** Images drawn and handed on at a time: memory stays small however large the set is. */
const BLOCK = 5000;

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
): AsyncGenerator<DigitSet> {
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
    yield { images, labels: some, count: some.length };
  }
}

/** The same, all of it in memory. */
export async function drawWholeSet(
  source: DigitSource,
  counts: readonly number[],
  seed: number,
  order: string,
  signal?: AbortSignal,
): Promise<DigitSet> {
  const count = counts.reduce((sum, x) => sum + x, 0);
  const images = new Uint8Array(count * IMAGE_PIXELS);
  const labels = new Uint8Array(count);
  let at = 0;
  for await (const block of drawSet(source, counts, seed, order, signal)) {
    images.set(block.images, at * IMAGE_PIXELS);
    labels.set(block.labels, at);
    at += block.count;
  }
  return { images, labels, count };
}

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
