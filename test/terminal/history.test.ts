import { describe, expect, it } from 'vitest';
import { History } from '../../src/terminal/history.js';

function historyOf(values: readonly number[]): History {
  const history = new History();
  for (const value of values) history.add(value);
  return history;
}

describe('the course of a number', () => {
  it('goes from its lowest to its highest value in eight steps', () => {
    expect(historyOf([0, 1, 2, 3, 4, 5, 6, 7]).text(20)).toBe('▁▂▃▄▅▆▇█');
    expect(historyOf([7, 0]).text(20)).toBe('█▁');
    expect(historyOf([1, 1, 1]).text(20)).toBe('▁▁▁');
  });

  it('is nothing where there is one value or no room', () => {
    expect(historyOf([1]).text(20)).toBe('');
    expect(historyOf([1, 2, 3]).text(0)).toBe('');
    expect(historyOf([1, 2, 3]).text(-5)).toBe('');
  });

  it('is of all values however many they are: means of neighbours', () => {
    const rising = historyOf(Array.from({ length: 100_000 }, (_, k) => k));
    expect(rising.text(8)).toBe('▁▂▃▄▅▆▇█');
    expect(rising.text(1000).length).toBeLessThanOrEqual(240);
    const steps = historyOf(Array.from({ length: 960 }, (_, k) => (k < 480 ? 0 : 1)));
    expect(steps.text(10)).toBe('▁▁▁▁▁█████');
  });
});
