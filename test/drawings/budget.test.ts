import { describe, expect, it } from 'vitest';
import { DrawingBudget } from '../../src/drawings/budget.js';

/** Asks after each epoch of a run whose drawings take some seconds each. */
async function drawIn(epochs: number, epochSeconds: number, drawingSeconds: number) {
  let now = 100;
  const budget = new DrawingBudget(() => now);
  let drawn = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    now += epochSeconds;
    await budget.draw(async () => {
      drawn++;
      now += drawingSeconds;
    });
  }
  return { drawn, share: (drawn * drawingSeconds) / (now - 100) };
}

describe('DrawingBudget', () => {
  it.each([
    [200, 2, 0.5],
    [200, 2, 2],
    [50, 60, 3],
    [1000, 0.5, 1],
  ])(
    'keeps drawing at 1%% of %i epochs of %f s, a drawing of %f s',
    async (epochs, seconds, drawing) => {
      const { drawn, share } = await drawIn(epochs, seconds, drawing);
      expect(drawn).toBeGreaterThan(0);
      expect(share).toBeLessThanOrEqual(0.011);
    },
  );

  it('leaves a run of a few seconds alone', async () => {
    expect((await drawIn(5, 2, 0.5)).drawn).toBe(0);
  });
});
