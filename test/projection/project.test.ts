import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Projected } from '../../src/cli/result-events.js';
import { runProject } from '../../src/commands/project.js';
import { pixelsOf } from '../../src/data/image-set.js';
import { Interrupted, UserError } from '../../src/errors.js';
import { gridImage, tilesOfGrid } from '../../src/images/grid.js';
import { decodePng, encodePng } from '../../src/images/png.js';
import { nearestImage } from '../../src/projection/nearest-image.js';
import { Projector } from '../../src/projection/projector.js';
import { loadGenerator } from '../../src/runs/generator.js';
import { recordingConsole } from '../commands/run-fixtures.js';
import { COMPILED, FASTEST } from '../support/backends.js';
import { backendOf, mnist, trainSmall } from '../support/small-run.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const home = process.cwd();
const folder = temporaryFolder();
let run: string;
beforeAll(async () => {
  process.chdir(folder);
  mkdirSync('outputs');
  ({ folder: run } = await trainSmall('outputs', { epochs: 20, units: 16, limit: 1000 }));
});
afterAll(() => process.chdir(home));

describe.each(COMPILED)('projecting on %s', (name) => {
  it("finds again what the generator itself has drawn, or as near as a run's whole way", async () => {
    const backend = await backendOf(name);
    const generator = await loadGenerator(run, backend);
    const drawn = await generator.generate(20, 77);
    await generator.dispose();
    await using projector = await Projector.create(run, backend);
    for (const k of [0, 3, 8]) {
      const target = drawn.slice(k * 784, (k + 1) * 784);
      const found = await projector.project(target);
      const others = Math.min(
        ...[...Array(20).keys()]
          .filter((other) => other !== k)
          .map((other) => distance(target, drawn.subarray(other * 784, (other + 1) * 784))),
      );
      expect(found.error).toBeLessThan(0.5 * others);
      expect(distance(target, found.image)).toBeCloseTo(found.error, 5);
      expect(found.z).toHaveLength(6);
    }
  });

  it('says the same again, and stops at the signal', async () => {
    const backend = await backendOf(name);
    await using projector = await Projector.create(run, backend);
    const target = new Float32Array(784).fill(-1);
    const first = await projector.project(target);
    expect(await projector.project(target)).toEqual(first);
    const reason = new Interrupted('interrupted');
    await expect(projector.project(target, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('the nearest image', () => {
  it('of an image of the set is itself', () => {
    const target = Float32Array.from(pixelsOf(mnist.train, 2345, 1), (v) => v / 127.5 - 1);
    const { index, error } = nearestImage(mnist.train, target);
    expect(index).toBe(2345);
    expect(error).toBeLessThan(1e-6);
  });
});

describe('gan-mnist project', () => {
  it('draws the picture, its image, the training image, the other digits and a walk', async () => {
    const picture = join(folder, 'seven.png');
    const seven = pixelsOf(mnist.test, 0, 1);
    const dark = seven.map((value) => 255 - value);
    writeFileSync(picture, encodePng(gridImage(dark, [28, 28, 1], 1, 5)));
    const { console, emitted, said } = recordingConsole();
    await runProject({ backend: FASTEST, threads: 1, out: 'found.png' }, console, [picture]);
    const [event] = emitted as Projected[];
    expect(event).toMatchObject({ run, picture, file: 'found.png' });
    expect(event.z).toHaveLength(6);
    expect(said[0]).toMatch(
      /seven\.png: the nearest image of outputs.*asked for as \d, differs by/,
    );
    const tiles = tilesOfGrid(decodePng(readFileSync('found.png'), 'grid'), [28, 28, 1]);
    expect(tiles.length / 784).toBe(50);
    expect(tiles.subarray(3 * 784, 10 * 784).every((value) => value === 0)).toBe(true);
  });

  it.each<[string, string[], RegExp]>([
    ['a picture that is not there', ['nothing.png'], /^cannot read the picture nothing\.png/],
    [
      'a file that is none',
      ['outputs/00001-dense/log.jsonl'],
      /^outputs\/00001-dense\/log\.jsonl is no whole/,
    ],
  ])('refuses %s', async (_, pictures, message) => {
    const { console } = recordingConsole();
    const refused = runProject({ backend: FASTEST, threads: 1 }, console, pictures);
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(message);
  });

  it.skipIf(process.platform === 'win32')(
    'takes a pipe, and waits for no writer without an end',
    async () => {
      const { console } = recordingConsole();
      const project = (path: string): Promise<void> =>
        runProject({ backend: FASTEST, threads: 1, out: 'found.png' }, console, [path]);
      execFileSync('mkfifo', ['pipe']);
      await expect(project('pipe')).rejects.toThrow(
        'pipe is no whole PNG, JPEG or WebP picture: empty',
      );
      await expect(project('/dev/zero')).rejects.toThrow(
        '/dev/zero is too large: expected at most',
      );
      writeFileSync('lines.txt', 'no picture\n'.repeat(20_000));
      const writer = spawn('sh', ['-c', 'cat lines.txt > pipe']);
      await expect(project('pipe')).rejects.toThrow('its bytes are of none of PNG, JPEG, WebP');
      await once(writer, 'exit');
      await expect(project('https://example.com/7.png')).rejects.toThrow('it is an address');
    },
  );
});

function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0) / a.length) / 2;
}
