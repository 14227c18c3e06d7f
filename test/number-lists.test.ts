import { describe, expect, it } from 'vitest';
import { UserError } from '../src/errors.js';
import { parseNumbers } from '../src/options.js';

const bounds = { min: 0, max: 2 ** 31 - 1, least: 2, most: 50 };
const seeds = (text: string): number[] => parseNumbers('--seeds', text, bounds);

describe('lists of whole numbers', () => {
  it('are numbers and ranges with commas between them', () => {
    expect(seeds('1,5, 9')).toEqual([1, 5, 9]);
    expect(seeds('0,2147483647')).toEqual([0, 2147483647]);
    expect(seeds('0..4')).toEqual([0, 1, 2, 3, 4]);
    expect(seeds('7, 1..3,7')).toEqual([7, 1, 2, 3, 7]);
  });

  it('are refused where they are anything else, with what was found', () => {
    const wrong = ['', '1', '1,', '1,x', '1,2.5', '-1,2', '1,2147483648', '1;2', '1e3,2'];
    for (const text of [...wrong, '3..1', '0..50', '0...5', '..5', '0..9007199254740993'])
      expect(() => seeds(text), text).toThrow(UserError);
    expect(() => seeds('1,x')).toThrow(
      '--seeds: found "1,x", expected 2 to 50 whole numbers from 0 to 2147483647, as 1,5,9 or 0..35',
    );
  });
});
