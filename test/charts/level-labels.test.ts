import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { LABEL_PIXELS, labelLifts } from '../../src/charts/level-labels.js';

const PLOT = 224;

it('puts labels just above their lines where there is room', () => {
  expect(labelLifts([10, 100, 50], PLOT)).toEqual([3, 3, 3]);
});

it('moves the label of the upper one of two lines that are close', () => {
  expect(labelLifts([9, 19], PLOT)).toEqual([3, 9]);
});

it('keeps the label of a line at the top in the plot', () => {
  expect(labelLifts([PLOT], PLOT)).toEqual([-LABEL_PIXELS]);
});

it('never lets labels overlap or leave the plot, and keeps their order', () => {
  const heights = fc.array(fc.double({ min: 0, max: PLOT, noNaN: true }), { maxLength: 12 });
  fc.assert(
    fc.property(heights, (all) => {
      const lifts = labelLifts(all, PLOT);
      const edges = all.map((height, k) => ({ height, edge: height + lifts[k] }));
      const sorted = edges.toSorted((a, b) => a.edge - b.edge);
      for (const { edge } of edges) {
        expect(edge).toBeGreaterThanOrEqual(-1e-9);
        expect(edge).toBeLessThanOrEqual(PLOT - LABEL_PIXELS + 1e-9);
      }
      sorted.slice(1).forEach(({ edge, height }, k) => {
        expect(edge - sorted[k].edge).toBeGreaterThanOrEqual(LABEL_PIXELS - 1e-9);
        expect(height).toBeGreaterThanOrEqual(sorted[k].height - 1e-9);
      });
    }),
  );
});
