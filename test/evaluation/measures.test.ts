import { describe, expect, it } from 'vitest';
import { copiesOf, evennessOf, shareRecognised } from '../../src/evaluation/measures.js';

describe('measures of judged images', () => {
  const judged = { labels: [3, 3, 7, 1], confidences: [0.95, 0.5, 0.9, 0.899] };

  it('recognised is what was asked for, or else what the judge is sure of', () => {
    expect(shareRecognised(judged, [3, 3, 1, 1])).toBe(0.75);
    expect(shareRecognised(judged)).toBe(0.5);
  });

  it('evenness names the rarest and the most frequent class', () => {
    expect(evennessOf([10, 30, 5, 5])).toEqual({
      rarest: { class: 2, share: 0.1 },
      mostFrequent: { class: 1, share: 0.6 },
      classes: 4,
    });
  });

  it('copies are nearer to a training image than 99 of 100 real images', () => {
    // Distances 1 to 200: the nearest hundredth are those below 3.
    const real = Float32Array.from({ length: 200 }, (_, i) => 200 - i);
    const copies = copiesOf(Float32Array.of(0, 2.5, 3, 50), real);
    expect(copies).toEqual({ share: 0.5, realShare: 0.01, within: 3 });
  });
});
