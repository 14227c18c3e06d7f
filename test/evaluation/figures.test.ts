import { describe, expect, it } from 'vitest';
import {
  estimateOf,
  figuresOf,
  parseRequirements,
  unmet,
  type Repeat,
} from '../../src/evaluation/figures.js';
import { wrapped } from '../../src/names.js';

const repeat = (recognised: number, distance: number): Repeat => ({
  judgement: {
    recognition: {
      kind: 'all-digits',
      images: 10,
      recognised,
      realRecognised: 0.98,
      histogram: [],
      meanConfidence: 1,
    },
    frechet: {
      synthetic: { distance, counts: [10, 10] },
      floor: { distance: 2, counts: [10, 10] },
      realTraining: { distance: 3, counts: [10, 10] },
      dimensions: 1,
      extractor: '',
    },
    coverage: {
      k: 5,
      synthetic: { coverage: 0.8, density: 1 },
      realTraining: { coverage: 0.9, density: 1.1 },
    },
    copies: { share: 0, realShare: 0.01, within: 1 },
  },
});

describe('figures', () => {
  it('are means with standard errors: deviation over the root of the number of repeats', () => {
    // numpy: np.std([2, 4, 9], ddof=1) / np.sqrt(3) = 2.0816659994661326
    expect(estimateOf([2, 4, 9])).toEqual({ value: 5, standardError: 2.0816659994661326 });
    expect(estimateOf([7])).toEqual({ value: 7 });
    const { recognised, frechet, tstr } = figuresOf([repeat(0.9, 4), repeat(0.94, 6)]);
    expect(recognised!.value).toBeCloseTo(0.92, 12);
    expect(recognised!.real!.value).toBeCloseTo(0.98, 12);
    expect(frechet).toMatchObject({ value: 5, standardError: 1, values: [4, 6], better: 'lower' });
    expect(frechet!.real).toEqual({ value: 3, standardError: 0 });
    expect(tstr).toBeUndefined();
  });

  it('keep requirements or not', () => {
    const figures = figuresOf([repeat(0.9, 4)]);
    expect(parseRequirements('98')).toEqual([{ name: 'tstr', limit: 0.98 }]);
    expect(parseRequirements('recognised:90, frechet:4')).toEqual([
      { name: 'recognised', limit: 0.9 },
      { name: 'frechet', limit: 4 },
    ]);
    expect(unmet(figures, parseRequirements('recognised:90,frechet:4'))).toEqual([]);
    expect(unmet(figures, parseRequirements('recognised:90.1,frechet:3.9,98'))).toEqual([
      'recognised is 90.00%, expected at least 90.10%',
      'frechet is 4.00, expected at most 3.90',
      'tstr was not measured, expected at least 98.00%',
    ]);
  });

  it.each(['', 'x', 'tstr', 'nothing:3', '98,', 'recognised:-1', 'constructor:1'])(
    'refuse the requirement "%s"',
    (text) => {
      expect(() => parseRequirements(text)).toThrow(/^--require: found "/);
    },
  );

  it('stand in lines of at most 80 characters', () => {
    const lines = wrapped(`${'word '.repeat(40)}end`).split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines.join(' ')).toBe(`${'word '.repeat(40)}end`);
  });
});
