import '../../src/tfjs.js';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StepRandom } from '../../src/compiler/trace/random.js';
import { translated } from '../../src/gan/translation.js';

beforeAll(() => tf.setBackend('cpu'));

const SIDE = 28;

/** Draws what it is given, one value per image: first of the rows' shifts, then of the columns'. */
function fixed(...draws: number[][]): StepRandom {
  const uniform = (shape: number[]) => tf.tensor(draws.shift()!, shape);
  return { uniform } as unknown as StepRandom;
}

const images = (n: number, channels: number): Float32Array =>
  Float32Array.from(
    { length: n * SIDE * SIDE * channels },
    (_, k) => ((k * 7919) % 255) / 127.5 - 1,
  );

/** Moved by index arithmetic; paper comes in. */
function moved(all: Float32Array, channels: number, shifts: readonly [number, number][]): number[] {
  const size = SIDE * SIDE * channels;
  return [...all].map((_, k) => {
    const [image, place] = [Math.floor(k / size), k % size];
    const [row, column, channel] = [
      Math.floor(place / (SIDE * channels)),
      Math.floor(place / channels) % SIDE,
      place % channels,
    ];
    const [y, x] = [row + shifts[image][0], column + shifts[image][1]];
    const inside = y >= 0 && y < SIDE && x >= 0 && x < SIDE;
    return inside ? all[image * size + (y * SIDE + x) * channels + channel] : -1;
  });
}

describe('translated images', () => {
  it.each([1, 3])('with %i channels, are moved by whole pixels each way', (channels) => {
    const all = images(3, channels);
    // Of 5 shifts, -2 to 2, these are the first, the middle and the last; then the second, the fourth and the third.
    const random = fixed([0, 0.5, 0.999], [0.2, 0.79, 0.4]);
    const shape = channels === 1 ? [3, SIDE * SIDE] : [3, SIDE, SIDE, channels];
    const found = translated(tf.tensor(all, shape), [SIDE, SIDE, channels], 2, random);
    expect(found.shape).toEqual(shape);
    const expected = moved(all, channels, [
      [-2, -1],
      [0, 1],
      [2, 0],
    ]);
    found.dataSync().forEach((x, k) => expect(Math.abs(x - expected[k])).toBeLessThan(1e-6));
  });

  it('by no pixels are the images themselves', () => {
    const all = tf.tensor(images(2, 1), [2, 784]);
    expect(translated(all, [SIDE, SIDE, 1], 0, fixed())).toBe(all);
  });
});
