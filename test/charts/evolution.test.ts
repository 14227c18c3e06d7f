import { decode } from 'fast-png';
import { GifReader } from 'omggif';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseEvenly, drawEvolutionPng, type EpochSamples } from '../../src/charts/evolution.js';
import { drawEvolutionGif } from '../../src/charts/evolution-gif.js';
import { gridImage } from '../../src/images/grid.js';
import { DIGIT_SHAPE } from '../support/sets.js';

/** Samples whose tones tell epoch, digit and pixel. */
function samplesOf(epochs: number, digits = 64): EpochSamples[] {
  return Array.from({ length: epochs }, (_, e) => ({
    epoch: e + 1,
    shape: DIGIT_SHAPE,
    images: Uint8Array.from(
      { length: digits * 784 },
      (_, i) => (e * 37 + Math.floor(i / 784) * 11 + (i % 784)) & 255,
    ),
  }));
}

function noiseOf(epochs: number): EpochSamples[] {
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) & 255; // Park and Miller (1988)
  return samplesOf(epochs, 1).map(({ epoch }) => ({
    epoch,
    shape: DIGIT_SHAPE,
    images: Uint8Array.from({ length: 64 * 784 }, random),
  }));
}

describe('chooseEvenly', () => {
  it('takes the first, the last and even steps between', () => {
    const epochs = Array.from({ length: 200 }, (_, i) => i + 1);
    expect(chooseEvenly(epochs, 5)).toEqual([1, 51, 101, 150, 200]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 2, max: 100 }),
        (n, count) => {
          const items = Array.from({ length: n }, (_, i) => i);
          const chosen = chooseEvenly(items, count);
          expect(chosen).toHaveLength(Math.min(n, count));
          expect(new Set(chosen).size).toBe(chosen.length);
          expect([chosen[0], chosen.at(-1)]).toEqual([0, n - 1]);
          const steps = chosen.slice(1).map((item, i) => item - chosen[i]);
          if (steps.length > 0)
            expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe('evolution.png', () => {
  it('shows 20 epochs by 6 samples, each digit in its place', async () => {
    const samples = samplesOf(200);
    const png = decode(await drawEvolutionPng(samples));
    const labelWidth = png.width - (6 * 58 + 2);
    expect(png.height).toBe(20 * 58 + 2);
    const chosen = chooseEvenly(samples, 20);
    for (const [row, column] of [
      [0, 0],
      [7, 3],
      [19, 5],
    ] as const) {
      const left = labelWidth + 2 + column * 58;
      const top = 2 + row * 58;
      const digit = Array.from(
        { length: 784 },
        (_, i) => png.data[(top + 2 * Math.floor(i / 28)) * png.width + left + 2 * (i % 28)],
      );
      const at = column * 784;
      expect(digit).toEqual([...chosen[row].images.subarray(at, at + 784)]);
    }
  });

  it('is lower for fewer epochs, narrower for fewer samples, and always the same bytes', async () => {
    const few = await drawEvolutionPng(samplesOf(3, 2));
    const png = decode(few);
    expect([png.width, png.height]).toEqual([112 + 2 * 58 + 2, 3 * 58 + 2]);
    expect(await drawEvolutionPng(samplesOf(3, 2))).toEqual(few);
  });

  it('writes another number beside another epoch', async () => {
    const labelOf = async (epoch: number) => {
      const [sample] = samplesOf(1);
      const png = decode(await drawEvolutionPng([{ ...sample, epoch }]));
      return Array.from({ length: 60 * 112 }, (_, i) => {
        return png.data[Math.floor(i / 112) * png.width + (i % 112)];
      });
    };
    const one = await labelOf(1);
    expect(Math.min(...one.map(Number))).toBeLessThan(64);
    expect(await labelOf(2)).not.toEqual(one);
  });
});

describe('evolution.gif', () => {
  it('holds each grid as nearly as 16 grays can, read by another decoder', async () => {
    const samples = samplesOf(5);
    const gif = new GifReader(Buffer.from(await drawEvolutionGif(samples)));
    expect([gif.width, gif.numFrames(), gif.loopCount()]).toEqual([466, 5, 0]);
    const delays = samples.map((_, i) => gif.frameInfo(i).delay);
    expect(delays).toEqual([10, 10, 10, 10, 200]); // hundredths of a second
    samples.forEach(({ images: digits }, frame) => {
      const rgba = new Uint8Array(gif.width * gif.height * 4);
      gif.decodeAndBlitFrameRGBA(frame, rgba);
      const { pixels } = gridImage(digits, DIGIT_SHAPE, 8);
      const worst = pixels.reduce(
        (most, tone, i) => Math.max(most, Math.abs(tone - rgba[i * 4])),
        0,
      );
      expect(worst).toBeLessThanOrEqual(255 / 15 / 2);
    });
  });

  it('stays below 5 MB even where 200 epochs are noise', async () => {
    const bytes = await drawEvolutionGif(noiseOf(200));
    expect(bytes.length).toBeLessThanOrEqual(5_000_000);
    const gif = new GifReader(Buffer.from(bytes));
    expect(gif.numFrames()).toBeGreaterThanOrEqual(25);
  });

  it('is the same bytes for the same samples', async () => {
    expect(await drawEvolutionGif(samplesOf(4))).toEqual(await drawEvolutionGif(samplesOf(4)));
  });

  it('holds coloured grids of any shape as nearly as six tones of a channel can', async () => {
    const shape = [12, 16, 3] as const;
    const images = Uint8Array.from({ length: 9 * 12 * 16 * 3 }, (_, i) => (i * 7 + (i >> 5)) & 255);
    const samples = [1, 2].map((epoch) => ({ epoch, shape, images }));
    const gif = new GifReader(Buffer.from(await drawEvolutionGif(samples)));
    const grid = gridImage(images, shape, 8);
    expect([gif.width, gif.height - 26]).toEqual([grid.width, grid.height]);
    const rgba = new Uint8Array(gif.width * gif.height * 4);
    gif.decodeAndBlitFrameRGBA(1, rgba);
    let [worst, sum] = [0, 0];
    for (let k = 0; k < grid.pixels.length; k++) {
      const difference = rgba[4 * Math.floor(k / 3) + (k % 3)] - grid.pixels[k];
      worst = Math.max(worst, Math.abs(difference));
      sum += difference;
    }
    // Rounded to a neighbour of 51 tones away at most, up and down in turns, so that the mean stays.
    expect(worst).toBeLessThanOrEqual(51);
    expect(Math.abs(sum / grid.pixels.length)).toBeLessThan(2);
    const png = decode(await drawEvolutionPng(samples));
    expect([png.channels, png.width]).toEqual([3, 112 + 6 * (16 * 4 + 2) + 2]);
  });
});
