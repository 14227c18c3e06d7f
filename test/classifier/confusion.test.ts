import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import {
  accuracyOf,
  accuracyPerClass,
  confusionMatrix,
  histogramOf,
} from '../../src/classifier/confusion.js';
import { TEN } from '../support/sets.js';
import { drawConfusionPng } from '../../src/evaluation/confusion-png.js';

const truth = Uint16Array.of(0, 0, 0, 1, 1, 9);
const predicted = Uint16Array.of(0, 0, 7, 1, 1, 4);

describe('a confusion matrix', () => {
  it('has the truth in rows and the guesses in columns', () => {
    const matrix = confusionMatrix(truth, predicted, 10);
    expect(matrix[0]).toEqual([2, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    expect(matrix[9][4]).toBe(1);
    expect(accuracyOf(matrix)).toBeCloseTo(4 / 6, 12);
    const perDigit = accuracyPerClass(matrix);
    expect(perDigit[0]).toBeCloseTo(2 / 3, 12);
    expect([perDigit[1], perDigit[2], perDigit[9]]).toEqual([1, undefined, 0]);
    expect(histogramOf(predicted, 10)).toEqual([2, 2, 0, 0, 1, 0, 0, 1, 0, 0]);
  });

  it('is drawn: right answers green, mistakes red, the rest white', async () => {
    const titles = { title: 'Title <&>', rows: 'true', columns: 'taken for', classes: TEN };
    const bytes = await drawConfusionPng(confusionMatrix(truth, predicted, 10), titles);
    const png = decode(bytes);
    /** Near the corner of a cell, where no number is. */
    const colour = (row: number, column: number): number[] => {
      const [x, y] = [96 + column * 56 + 5, 96 + row * 56 + 5];
      return [...png.data.subarray((y * png.width + x) * png.channels).subarray(0, 3)] as number[];
    };
    expect([png.width, png.height]).toEqual([96 + 560 + 24, 96 + 560 + 24]);
    expect(colour(1, 1)).toEqual([27, 120, 55]);
    expect(colour(9, 4)).toEqual([178, 24, 43]);
    expect(colour(3, 3)).toEqual([255, 255, 255]);
    const [red, green, blue] = colour(0, 7);
    expect(red).toBeGreaterThan(green + 20);
    expect(Math.abs(green - blue)).toBeLessThan(20);
    expect(await drawConfusionPng(confusionMatrix(truth, predicted, 10), titles)).toEqual(bytes);
  });
});
