import { describe, expect, it } from 'vitest';
import { parseCounts, partsOf } from '../../src/datasets/counts.js';
import { UserError } from '../../src/errors.js';
import { TEN } from '../support/sets.js';

describe('counts', () => {
  it('are read by digit', () => {
    expect(parseCounts('0:1000,8:9000', TEN)).toEqual([1000, 0, 0, 0, 0, 0, 0, 0, 9000, 0]);
    expect(parseCounts(' 3:1 , 2:0 ', TEN)).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  });

  it('are read by the names of classes', () => {
    const names = ['cat', 'guinea pig', 'a:b'];
    expect(parseCounts('guinea pig:3,a:b:7', names)).toEqual([0, 3, 7]);
    expect(() => parseCounts('bird:1', names)).toThrow(
      '--counts: found "bird:1", expected a class and its count, as in cat:1000; the classes are cat, guinea pig, a:b',
    );
  });

  it('have a sixth, rounded up, as test images beside them', () => {
    expect(partsOf([6000, 7, 6, 1, 0, 0, 0, 0, 0, 0]).test).toEqual([
      1000, 2, 1, 1, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it.each([
    ['', /found "", expected a class and its count, as/],
    ['5', /found "5"/],
    ['5:', /found "5:"/],
    ['10:5', /found "10:5"/],
    ['5:-3', /found "5:-3"/],
    ['5:1.5', /found "5:1\.5"/],
    ['0:10;1:10', /found "0:10;1:10"/],
    ['0:10,', /found ""/],
    ['0:12345678', /found "0:12345678"/],
    ['0:600000,1:400001', /found 1000001 images, expected at most 1000000/],
    ['0:1,0:2', /the class 0 twice/],
    ['0:0,1:0', /found no images, expected at least one/],
  ])('are refused as "%s"', (text, message) => {
    expect(() => parseCounts(text, TEN)).toThrow(UserError);
    expect(() => parseCounts(text, TEN)).toThrow(message);
  });
});
