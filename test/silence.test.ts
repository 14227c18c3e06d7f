import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { afterSilence, Silence } from '../src/silence.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** How many milliseconds it takes until nobody waits any more. */
async function lasts(milliseconds: number, signsUntil = 0): Promise<number> {
  using silence = afterSilence(milliseconds);
  let isOver = false;
  void silence.over.then(() => (isOver = true));
  const startedAt = performance.now();
  while (!isOver) {
    await vi.advanceTimersByTimeAsync(10);
    if (performance.now() - startedAt <= signsUntil) silence.sign();
  }
  return performance.now() - startedAt;
}

it('is over after its time, counted from the last sign', async () => {
  expect(await lasts(60_000)).toBe(60_000);
  expect(await lasts(60_000, 600_000)).toBeGreaterThan(650_000);
});

it('is never over once it is disposed of', async () => {
  const told = vi.fn();
  {
    using silence = afterSilence(1000);
    void silence.over.then(told);
  }
  await vi.advanceTimersByTimeAsync(100_000);
  expect(told).not.toHaveBeenCalled();
});

it('does not count the time in which the one who looks was stopped itself', () => {
  const silence = new Silence(1000);
  vi.advanceTimersByTime(1000);
  expect(silence.goesOn()).toBe(1000);
  vi.advanceTimersByTime(3_600_000);
  expect(silence.goesOn()).toBe(3000);
});
