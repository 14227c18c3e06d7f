import { decode, type DecodedPng } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { drawLossesPng, type LossRow } from '../../src/charts/losses-chart.js';

const BLUE = [0x00, 0x72, 0xb2];
const ORANGE = [0xd5, 0x5e, 0x00];
/** Columns of pixels left of the names at the lines' ends. */
const PLOT_RIGHT = 670;

const rows = (count: number, discriminator: number, generator: number): LossRow[] =>
  Array.from({ length: count }, (_, i) => ({
    epoch: i + 1,
    scalars: { discriminatorLoss: discriminator, generatorLoss: generator, gradientNorm: 1000 },
  }));

/** The rows and columns of the plot in which a colour is found. */
function extentOf(png: DecodedPng, color: number[]) {
  const xs: number[] = [];
  const ys: number[] = [];
  for (let y = 0; y < png.height; y++) {
    for (let x = 0; x < PLOT_RIGHT; x++) {
      const at = (y * png.width + x) * png.channels;
      if (color.every((value, channel) => png.data[at + channel] === value)) {
        xs.push(x);
        ys.push(y);
      }
    }
  }
  return {
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
  };
}

describe('losses.png', () => {
  it('draws both losses over the whole width, the greater one above', async () => {
    const png = decode(await drawLossesPng(rows(200, 1, 2)));
    expect([png.width, png.height]).toEqual([800, 500]);
    const discriminator = extentOf(png, BLUE);
    const generator = extentOf(png, ORANGE);
    for (const { left, right, top, bottom } of [discriminator, generator]) {
      expect(left).toBeLessThan(90);
      expect(right).toBe(PLOT_RIGHT - 1);
      expect(bottom - top).toBeLessThanOrEqual(2); // a constant loss is a level line
    }
    expect(generator.bottom).toBeLessThan(discriminator.top);
  });

  it('has text without any font of the system', async () => {
    const png = decode(await drawLossesPng(rows(3, 1, 2)));
    const darkIn = (left: number, top: number, right: number, bottom: number) => {
      let count = 0;
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          if (png.data[(y * png.width + x) * png.channels] < 128) count++;
        }
      }
      return count;
    };
    expect(darkIn(330, 475, 430, 500)).toBeGreaterThan(30); // epoch
    expect(darkIn(0, 0, 35, 400)).toBeGreaterThan(30); // values
    expect(darkIn(690, 0, 800, 500)).toBeGreaterThan(50); // the lines' names
  });

  it('is the same bytes for the same rows', async () => {
    const first = await drawLossesPng(rows(5, 1, 2));
    await drawLossesPng(rows(40, 0, 3));
    expect(await drawLossesPng(rows(5, 1, 2))).toEqual(first);
  });

  it('draws a run of one epoch', async () => {
    const png = decode(await drawLossesPng(rows(1, 1, 2)));
    const { left, right } = extentOf(png, BLUE);
    expect(left).toBeGreaterThan(320);
    expect(right).toBeLessThan(480);
  });
});
