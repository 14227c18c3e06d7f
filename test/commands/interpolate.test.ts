import { describe, expect, it } from 'vitest';
import { parseSeeds } from '../../src/commands/interpolate.js';
import { UserError } from '../../src/errors.js';

describe('parseSeeds', () => {
  it('reads whole numbers with commas', () => {
    expect(parseSeeds('1,5, 9')).toEqual([1, 5, 9]);
    expect(parseSeeds('0,2147483647')).toEqual([0, 2147483647]);
  });

  it('refuses anything else, and says what it found', () => {
    for (const text of ['', '1', '1,', '1,x', '1,2.5', '-1,2', '1,2147483648', '1;2', '1e3,2'])
      expect(() => parseSeeds(text)).toThrow(UserError);
    expect(() => parseSeeds('1,x')).toThrow(
      '--seeds: found "1,x", expected 2 to 50 whole numbers from 0 to 2147483647 with commas between them, as 1,5,9',
    );
  });
});
