import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batches, type BatchesState } from '../../src/data/batches.js';
import { pixelsOf, type LabelledSet } from '../../src/data/image-set.js';
import { loadMnist } from '../../src/data/mnist.js';
import { firstImages } from '../../src/data/parts.js';
import { Random } from '../../src/data/random.js';
import { UserError } from '../../src/errors.js';
import { digitSet } from '../support/sets.js';
import { ReferenceXoroshiro } from './xoroshiro-reference.js';

/** Images of one colour, which is their index: at most 256 of them. */
function numbered(count: number): LabelledSet {
  const pixels = Uint8Array.from({ length: count * 784 }, (_, i) => Math.floor(i / 784));
  return digitSet(pixels, new Uint8Array(count));
}

/** The indices of a batch of {@link numbered} images. */
function take(batches: Batches, batchSize: number): number[] {
  const into = new Float32Array(batchSize * 784);
  batches.next(into);
  return Array.from({ length: batchSize }, (_, i) => Math.round((into[i * 784] + 1) * 127.5));
}

const shapes = fc
  .integer({ min: 1, max: 40 })
  .chain((count) =>
    fc.record({ count: fc.constant(count), batchSize: fc.integer({ min: 1, max: count }) }),
  );

describe('Batches', () => {
  it('has every image at most once an epoch, and drops the last part of a batch', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), ({ count, batchSize }, seed) => {
        const batches = new Batches(numbered(count), batchSize, new Random(seed, 'shuffle'));
        expect(batches.batchesPerEpoch).toBe(Math.floor(count / batchSize));
        for (let epoch = 0; epoch < 3; epoch++) {
          const seen = new Set<number>();
          for (let i = 0; i < batches.batchesPerEpoch; i++) {
            for (const index of take(batches, batchSize)) seen.add(index);
          }
          expect(seen.size).toBe(batches.batchesPerEpoch * batchSize);
          expect(Math.max(...seen)).toBeLessThan(count);
        }
      }),
    );
  });

  it('goes on exactly where a state was taken, at any moment, through JSON', () => {
    fc.assert(
      fc.property(
        shapes,
        fc.nat(),
        fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }),
        ({ count, batchSize }, seed, pauses) => {
          const set = numbered(count);
          const undisturbed = new Batches(set, batchSize, new Random(seed, 'shuffle'));
          let interrupted = new Batches(set, batchSize, new Random(seed, 'shuffle'));
          for (const pause of pauses) {
            for (let i = 0; i < pause; i++) {
              expect(take(interrupted, batchSize)).toEqual(take(undisturbed, batchSize));
            }
            const state = JSON.parse(JSON.stringify(interrupted.state())) as BatchesState;
            interrupted = Batches.restore(set, batchSize, state);
            expect(interrupted.state()).toEqual(undisturbed.state());
          }
          for (let i = 0; i < 2 * undisturbed.batchesPerEpoch + 1; i++) {
            expect(take(interrupted, batchSize)).toEqual(take(undisturbed, batchSize));
          }
        },
      ),
    );
  });

  it('keeps a small state', () => {
    const { train } = loadMnist();
    const batches = new Batches(train, 100, new Random(1, 'shuffle'));
    batches.next(new Float32Array(100 * 784));
    expect(JSON.stringify(batches.state()).length).toBeLessThan(200);
  });

  it('scales every byte as v / 127.5 - 1, whatever stands beside it', () => {
    const { test } = loadMnist();
    const noise = new Uint8Array(200 * 784);
    for (let i = 0; i < noise.length; i++) noise[i] = i * 7919 + (i >> 8);
    const noisy = digitSet(noise, new Uint8Array(200));
    for (const set of [firstImages(test, 200), noisy]) {
      // One batch of the whole set, whose order is told by the batches of one image with the same seed.
      const into = new Float32Array(200 * 784);
      new Batches(set, 200, new Random(1, 'shuffle')).next(into);
      const order = take(new Batches(numbered(200), 200, new Random(1, 'shuffle')), 200);
      const pixels = pixelsOf(set);
      const expected = new Float32Array(into.length);
      order.forEach((index, i) => {
        for (let p = 0; p < 784; p++) expected[i * 784 + p] = pixels[index * 784 + p] / 127.5 - 1;
      });
      expect(into).toEqual(expected);
      expect(Math.min(...into.subarray(0, 784))).toBe(-1);
    }
  });

  it('overwrites all of what was in the array', () => {
    const batches = new Batches(numbered(3), 3, new Random(1, 'shuffle'));
    const into = new Float32Array(3 * 784).fill(NaN);
    batches.next(into);
    expect(into.every((value) => !Number.isNaN(value))).toBe(true);
  });

  it('shuffles by Fisher and Yates on xoroshiro128+', () => {
    const random = new Random(9, 'shuffle');
    const reference = ReferenceXoroshiro.fromWords(random.state());
    const batches = new Batches(numbered(100), 100, random);
    for (let epoch = 0; epoch < 3; epoch++) {
      const order = Array.from({ length: 100 }, (_, i) => i);
      for (let last = 99; last > 0; last--) {
        const bits = last.toString(2).length;
        let other: number;
        do other = Math.floor(reference.nextLow() / 2 ** (32 - bits));
        while (other > last);
        [order[last], order[other]] = [order[other], order[last]];
      }
      expect(take(batches, 100)).toEqual(order);
    }
  });

  it('has every order equally often', () => {
    const batches = new Batches(numbered(4), 4, new Random(2, 'shuffle'));
    const seen = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = take(batches, 4).join();
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(24);
    const chiSquare = [...seen.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    // The critical value at 0.1% for 23 degrees of freedom.
    expect(chiSquare).toBeLessThan(49.73);
  });

  it.each([0, -1, 1.5, NaN, 11])('refuses the batch size %s', (batchSize) => {
    const make = () => new Batches(numbered(10), batchSize, new Random(1, 'shuffle'));
    expect(make).toThrow(UserError);
    expect(make).toThrow(/^the batch size is \S+; expected a whole number from 1 to 10/);
  });

  it('refuses an array of another size', () => {
    const batches = new Batches(numbered(10), 5, new Random(1, 'shuffle'));
    expect(() => batches.next(new Float32Array(4 * 784))).toThrow(RangeError);
  });

  it('refuses a state of other batches, and a damaged one', () => {
    const set = numbered(10);
    const state = new Batches(set, 5, new Random(1, 'shuffle')).state();
    const restore = (change: Partial<Record<keyof BatchesState, unknown>>) => () =>
      Batches.restore(set, 5, { ...state, ...change } as BatchesState);
    expect(restore({})).not.toThrow();
    expect(restore({ count: 11 })).toThrow(/in batches of 5 from 11 images; expected .* 5 from 10/);
    for (const change of [
      { batchSize: 2 },
      { taken: 3 },
      { taken: -1 },
      { taken: '1' },
      { taken: undefined },
      { epochRandom: [0, 0, 0, 0] },
      { epochRandom: undefined },
    ]) {
      expect(restore(change)).toThrow(UserError);
    }
  });
});
