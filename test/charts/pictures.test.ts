import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileWhole } from '../../src/files/replace.js';
import { gridImage } from '../../src/images/grid.js';
import { encodePng } from '../../src/images/png.js';
import { drawRunPictures, sampleReader } from '../../src/charts/pictures.js';
import { sampleFile } from '../../src/runs/run-folder.js';
import { DIGIT_SHAPE } from '../support/sets.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'gan-mnist-pictures-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const rows = [1, 2, 3].map((epoch) => ({
  epoch,
  scalars: { discriminatorLoss: 1, generatorLoss: 1 / epoch },
}));

function writeSamples(epoch: number): void {
  const digits = new Uint8Array(64 * 784).fill(epoch * 50);
  writeFileWhole(join(folder, sampleFile(epoch)), encodePng(gridImage(digits, DIGIT_SHAPE, 8)));
}

describe('drawRunPictures', () => {
  it('draws nothing for a run without an epoch', async () => {
    expect(await drawRunPictures(folder, [], sampleReader(folder, DIGIT_SHAPE))).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('draws the losses where there are no samples', async () => {
    expect(await drawRunPictures(folder, rows, sampleReader(folder, DIGIT_SHAPE))).toEqual([
      join(folder, 'losses.png'),
    ]);
  });

  it('draws the three pictures from the epochs that have samples, the same bytes each time', async () => {
    writeSamples(1);
    writeSamples(3);
    const paths = await drawRunPictures(folder, rows, sampleReader(folder, DIGIT_SHAPE));
    expect(paths).toEqual(
      ['losses.png', 'evolution.png', 'evolution.gif'].map((name) => join(folder, name)),
    );
    const bytes = paths.map((path) => readFileSync(path));
    await drawRunPictures(folder, rows, sampleReader(folder, DIGIT_SHAPE));
    expect(paths.map((path) => readFileSync(path))).toEqual(bytes);
  });

  it('leaves out a grid that was cut off', async () => {
    const path = join(folder, sampleFile(2));
    const drawn = async () => {
      const paths = await drawRunPictures(folder, rows, sampleReader(folder, DIGIT_SHAPE));
      return paths.map((one) => readFileSync(one));
    };
    const without = await drawn();
    writeSamples(2);
    expect(await drawn()).not.toEqual(without);
    truncateSync(path, 1000);
    expect(await drawn()).toEqual(without);
    rmSync(path);
  });

  it('names a grid of samples that is damaged or none', async () => {
    const path = join(folder, sampleFile(2));
    writeSamples(2);
    const damaged = readFileSync(path);
    damaged[100] ^= 1;
    writeFileWhole(path, damaged);
    await expect(drawRunPictures(folder, rows, sampleReader(folder, DIGIT_SHAPE))).rejects.toThrow(
      `${path} is not a readable PNG file`,
    );
    writeFileWhole(
      path,
      encodePng({ width: 5, height: 5, channels: 1 as const, pixels: new Uint8Array(25) }),
    );
    await expect(drawRunPictures(folder, rows, sampleReader(folder, DIGIT_SHAPE))).rejects.toThrow(
      `${path} is not a grid of images`,
    );
  });
});
