import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parseNpy } from '../../src/data/npy.js';
import { tilesOfGrid } from '../../src/images/grid.js';
import { findSource } from '../../src/commands/sample-source.js';
import { startCli, type Outcome } from '../support/cli.js';
import { eventsOf } from '../support/events.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { description, writeRun } from '../web/run-fixture.js';

/** Where there is no run: all is of the generator in the package. */
const cwd = temporaryFolder();
const sample = (...args: string[]): Promise<Outcome> =>
  startCli(['sample', ...args, '--threads', '1'], { cwd }).outcome;

const PIXELS = 784;

/** The images of a grid that was written. */
function imagesOf(file: string): Uint8Array {
  const { data, width, height } = decode(readFileSync(join(cwd, file)));
  const grid = { width, height, channels: 1 as const, pixels: new Uint8Array(data) };
  return tilesOfGrid(grid, [28, 28, 1]);
}

function arraysOf(file: string): Record<string, { shape: readonly number[]; values: number[] }> {
  const entries = unzipSync(readFileSync(join(cwd, file)));
  return Object.fromEntries(
    Object.entries(entries).map(([name, bytes]) => {
      const { shape, values } = parseNpy(bytes, name);
      return [name, { shape, values: Array.from(values as ArrayLike<number>) }];
    }),
  );
}

describe('sample --class', () => {
  it.each([
    [['cat', 'dog'], 'class-dog-'],
    [['../cat', 'dog'], 'class-1-'],
  ])(
    'names the file after the class, by its number where names are no plain ones: %o',
    (classes, label) => {
      const run = join(temporaryFolder(), '00001-dense');
      const { data, ...described } = description({ conditional: true });
      writeRun(run, [], { ...described, data: { ...data, classes } });
      expect(findSource({ run, class: 'dog' }).label).toBe(label);
    },
  );
});

describe('sample --seeds', () => {
  it('has an image for each, the one that its seed alone gives', async () => {
    expect(
      (await sample('packaged', '--seeds', '3..5,9', '--digit', '7', '--out', 'a.png')).code,
    ).toBe(0);
    const all = imagesOf('a.png');
    expect(all.length).toBe(4 * PIXELS);
    for (const [k, seed] of [3, 4, 5, 9].entries()) {
      await sample('--n', '1', '--digit', '7', '--seed', String(seed), '--out', 'one.png');
      expect(imagesOf('one.png')).toEqual(all.slice(k * PIXELS, (k + 1) * PIXELS));
    }
  });

  it('has with --each-digit the same z in each row', async () => {
    await sample('--seeds', '1,2', '--each-digit', '--out', 'rows.png');
    await sample('--seeds', '2', '--digit', '4', '--out', 'one.png');
    const rows = imagesOf('rows.png');
    expect(rows.length).toBe(20 * PIXELS);
    expect(rows.slice(9 * PIXELS, 10 * PIXELS)).toEqual(imagesOf('one.png'));
  });

  it('contradicts --n and --seed', async () => {
    for (const other of ['--n', '--seed']) {
      const { code, stderr } = await sample('--seeds', '0..3', other, '4');
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining(`--seeds and ${other}: found both`),
      ]);
    }
  });
});

describe('sample --format', () => {
  it('npz has what numpy.load reads: the images of the grid and their labels', async () => {
    const { code, stdout } = await sample('--n', '12', '--out', 'set.npz', '--json');
    expect(code).toBe(0);
    const { images, labels } = {
      images: arraysOf('set.npz')['images.npy'],
      labels: arraysOf('set.npz')['labels.npy'],
    };
    expect(images.shape).toEqual([12, 28, 28]);
    expect(labels.values).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect(eventsOf(stdout)[0]).toMatchObject({ format: 'npz', labels: labels.values });
    await sample('--n', '12', '--out', 'grid.png');
    expect(Uint8Array.from(images.values)).toEqual(imagesOf('grid.png'));
  });

  it('files is a folder with a PNG for each, which is replaced as a whole; no other folder is', async () => {
    const files = ['--format', 'files', '--out', 'each', '--digit', '3'];
    expect((await sample('--n', '3', ...files)).code).toBe(0);
    expect(readdirSync(join(cwd, 'each')).sort()).toEqual([
      '0000-3.png',
      '0001-3.png',
      '0002-3.png',
      'images.json',
    ]);
    const { width, height } = decode(readFileSync(join(cwd, 'each', '0001-3.png')));
    expect([width, height]).toEqual([28, 28]);
    expect((await sample('--n', '2', ...files)).code).toBe(0);
    expect(readdirSync(join(cwd, 'each'))).toHaveLength(3);
    writeFileSync(join(cwd, 'mine.txt'), '');
    const { code, stderr } = await sample('--n', '2', '--format', 'files', '--out', '.');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/is not empty and has no images\.json/),
    ]);
  });
});

it('sample --latent-scale widens z: at next to none all images of a digit are one', async () => {
  await sample('--n', '4', '--digit', '3', '--latent-scale', '0.0001', '--out', 'same.png');
  const all = imagesOf('same.png');
  const differences = all.slice(PIXELS).map((tone, k) => Math.abs(tone - all[k % PIXELS]));
  expect(Math.max(...differences)).toBeLessThanOrEqual(1);
});

it('a run is named with or without --run, not twice', async () => {
  const { code, stderr } = await sample('packaged', '--run', 'packaged');
  expect([code, stderr]).toEqual([
    2,
    'gan-mnist: RUN and --run: found packaged and packaged, expected one run\n',
  ]);
});
