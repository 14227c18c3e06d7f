import { describe, expect, it } from 'vitest';
import { RunError } from '../../src/errors.js';
import type { KeptClassifier } from '../../src/classifier/kept.js';
import { LabelledSource } from '../../src/labelled/labelled-source.js';
import type { LatentStream } from '../../src/labelled/latent-stream.js';
import { PerDigitSource } from '../../src/labelled/per-digit-source.js';
import { drawSet, drawWholeSet } from '../../src/labelled/synthetic-set.js';
import { pixelsOf } from '../../src/data/image-set.js';
import { DIGIT_SHAPE } from '../support/sets.js';

/** Images that say in their first pixels what a judge takes them for, how sure it is in percent, and their number. */
function streamOf(digitAt: (k: number) => number, percentAt: (k: number) => number): LatentStream {
  let next = 0;
  const draw = async (count: number): Promise<Uint8Array> => {
    const images = new Uint8Array(count * 784);
    for (let k = 0; k < count; k++, next++)
      images.set([digitAt(next), percentAt(next), next >> 8, next & 255], k * 784);
    return images;
  };
  return { draw, shape: DIGIT_SHAPE } as unknown as LatentStream;
}

const judge = {
  digest: 'd1',
  description: { testAccuracy: 0.99 },
  classifier: {
    classes: 10,
    classify: async (images: Uint8Array) => {
      const firsts = [...images.keys()].filter((i) => i % 784 === 0);
      return {
        labels: Uint16Array.from(firsts, (i) => images[i]),
        confidences: Float32Array.from(firsts, (i) => images[i + 1] / 100),
      };
    },
  },
} as unknown as KeptClassifier;

describe('images labelled by a classifier', () => {
  it('are those of which it is sure, in the order in which they came, none twice', async () => {
    const stream = streamOf(
      (k) => k % 10,
      (k) => (k % 3 === 0 ? 50 : 95),
    );
    const source = new LabelledSource(stream, judge, { minConfidence: 0.9 });
    const sevens = [...(await source.draw(7, 40)), ...(await source.draw(7, 60))];
    const numbers = sevens.flatMap((x, i) => (i % 784 === 2 ? [256 * x + sevens[i + 1]] : []));
    const expected = Array.from({ length: 200 }, (_, k) => 10 * k + 7).filter((k) => k % 3 !== 0);
    expect(numbers).toEqual(expected.slice(0, 100));
    const labels = source.labels();
    expect(labels).toMatchObject({ source: 'classifier', digest: 'd1', minConfidence: 0.9 });
    if (labels.source !== 'classifier') return;
    expect(labels.drawn % 500).toBe(0);
    expect(labels.rejected).toBe(Math.ceil(labels.drawn / 3));
    expect(labels.rejectedShare).toBeCloseTo(1 / 3, 3);
    expect(labels.accepted.reduce((sum, x) => sum + x, 0)).toBe(labels.drawn - labels.rejected);
    expect(labels.surplus).toBe(labels.drawn - labels.rejected - 100);
  });

  it('end in an error that names the digit that never comes, and how many were drawn', async () => {
    const stream = streamOf(
      (k) => k % 9,
      () => 100,
    );
    const source = new LabelledSource(stream, judge, { minConfidence: 0.5, patience: 3000 });
    expect(await source.draw(8, 10)).toHaveLength(7840);
    await expect(source.draw(9, 1)).rejects.toThrow(RunError);
    await expect(source.draw(9, 1)).rejects.toThrow(
      /hardly ever makes the digit 9: 0 of 3000 images drawn/,
    );
  });

  it('also where it comes, but less than once in a thousand', async () => {
    const stream = streamOf(
      (k) => (k % 2000 === 5 ? 9 : 1),
      () => 100,
    );
    const source = new LabelledSource(stream, judge, { minConfidence: 0.5, patience: 3000 });
    await expect(source.draw(9, 6000)).rejects.toThrow(/the digit 9: 2 of 3000 images/);
  });
});

describe('a set', () => {
  const streams = new Map(
    [3, 8].map((digit) => [
      digit,
      streamOf(
        () => digit,
        () => 100,
      ),
    ]),
  );

  it('has the counts that were asked for, mixed, and its labels from the models', async () => {
    const source = new PerDigitSource(streams);
    const counts = [0, 0, 0, 30, 0, 0, 0, 0, 70, 0];
    const set = await drawWholeSet(source, counts, 4, 'order');
    expect(set.count).toBe(100);
    const pixels = pixelsOf(set);
    set.labels.forEach((label, k) => expect(pixels[784 * k]).toBe(label));
    expect(set.labels.filter((label) => label === 3)).toHaveLength(30);
    expect(set.labels.indexOf(8)).toBeLessThan(30);
    expect(source.labels()).toEqual({ source: 'model', drawn: 100 });
    const again = await drawWholeSet(new PerDigitSource(streams), counts, 4, 'order');
    expect(again.labels).toEqual(set.labels);
    const other = await drawWholeSet(new PerDigitSource(streams), counts, 5, 'order');
    expect(other.labels).not.toEqual(set.labels);
  });

  it('comes in blocks, so that a large one needs no more memory', async () => {
    const counts = [0, 0, 0, 6000, 0, 0, 0, 0, 6001, 0];
    const sizes: number[] = [];
    for await (const { count } of drawSet(new PerDigitSource(streams), counts, 1, 'order'))
      sizes.push(count);
    expect(sizes).toEqual([5000, 5000, 2001]);
  });

  it('is refused for a digit without a model', async () => {
    const counts = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    await expect(drawWholeSet(new PerDigitSource(streams), counts, 1, 'order')).rejects.toThrow(
      'the run has no model of the digit 0, expected one of 3, 8',
    );
  });
});
