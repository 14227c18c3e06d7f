import { describe, expect, it } from 'vitest';
import { formatCount, formatSeconds } from '../../src/terminal/format.js';

describe('formatSeconds', () => {
  it.each([
    [0, '0s'],
    [59.4, '59s'],
    [59.6, '1m 00s'],
    [432, '7m 12s'],
    [3599.7, '1h 00m'],
    [7500, '2h 05m'],
    [86_399, '23h 59m'],
    [273_600, '3d 04h'],
    [-3, '0s'],
  ])('%f is %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));
});

describe('formatCount', () => {
  it('sets thousands apart in every locale', () =>
    expect(formatCount(1_028_500.4)).toBe('1,028,500'));
});
