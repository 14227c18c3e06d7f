import { describe, expect, it } from 'vitest';
import { parseCounts, partsOf } from '../../src/datasets/counts.js';
import { UserError } from '../../src/errors.js';

describe('counts', () => {
  it('are read by digit', () => {
    expect(parseCounts('0:1000,8:9000')).toEqual([1000, 0, 0, 0, 0, 0, 0, 0, 9000, 0]);
    expect(parseCounts(' 3:1 , 2:0 ')).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  });

  it('have a sixth, rounded up, as test images beside them', () => {
    expect(partsOf([6000, 7, 6, 1, 0, 0, 0, 0, 0, 0]).test).toEqual([
      1000, 2, 1, 1, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it.each([
    ['', /found "", expected a digit and its count, as/],
    ['5', /found "5"/],
    ['5:', /found "5:"/],
    ['10:5', /found "10:5"/],
    ['5:-3', /found "5:-3"/],
    ['5:1.5', /found "5:1\.5"/],
    ['0:10;1:10', /found "0:10;1:10"/],
    ['0:10,', /found ""/],
    ['0:12345678', /found "0:12345678"/],
    ['0:600000,1:400001', /found 1000001 images, expected at most 1000000/],
    ['0:1,0:2', /the digit 0 twice/],
    ['0:0,1:0', /found no images, expected at least one/],
  ])('are refused as "%s"', (text, message) => {
    expect(() => parseCounts(text)).toThrow(UserError);
    expect(() => parseCounts(text)).toThrow(message);
  });
});
