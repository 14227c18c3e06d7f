import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backends/index.js';
import { runDataset } from '../../src/commands/dataset.js';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { RunError, UserError } from '../../src/errors.js';
import { cacheFolder } from '../../src/files/cache-folder.js';
import { toBytes } from '../../src/images/grid.js';
import { Random } from '../../src/data/random.js';
import { loadGenerator } from '../../src/runs/generator.js';
import { recordingConsole, trainRuns, writeFewDigits } from './run-fixtures.js';
import { FASTEST } from '../support/backends.js';

const home = process.cwd();
let folder: string;
let runs: Awaited<ReturnType<typeof trainRuns>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gan-mnist-'));
  process.chdir(folder);
  writeFewDigits(1300, 300);
  runs = await trainRuns();
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const dataset = async (given: Parameters<typeof runDataset>[0]) => {
  const recorded = recordingConsole();
  await runDataset({ backend: FASTEST, threads: 1, ...given }, recorded.console);
  return recorded;
};

describe('dataset of models of single digits', () => {
  it('labels the images by their models, and writes what the models make', async () => {
    const { emitted, said } = await dataset({ run: runs.digits, perDigit: 12, out: 'a', seed: 3 });
    expect(emitted[0]).toMatchObject({
      out: 'a',
      run: runs.digits,
      format: 'idx',
      seed: 3,
      labels: { source: 'model', drawn: 140 },
      counts: { train: Array(10).fill(12), test: Array(10).fill(2) },
    });
    expect(said.at(-2)).toMatch(
      /^120 training and 20 test images of .*that the models were asked for or trained on$/,
    );
    expect(said.at(-1)).toBe('data set: a');
    const { train } = await loadImages('a');
    const pixels = pixelsOf(train);
    const generator = await loadGenerator(
      join(runs.digits, 'digit-4'),
      await loadBackend(FASTEST, 1),
    );
    const images = toBytes(await generator.draw(12, new Random(3, 'data set digit 4')));
    const fours = [...train.labels!.keys()].filter((k) => train.labels![k] === 4);
    fours.forEach((place, k) =>
      expect(pixels.subarray(784 * place, 784 * place + 784)).toEqual(
        images.subarray(784 * k, 784 * k + 784),
      ),
    );
    await generator.dispose();
  });

  it('names the digests of the models', async () => {
    const { emitted } = await dataset({ run: runs.digits, counts: '2:3', out: 'b', format: 'npz' });
    const { models } = emitted[0] as { models: Record<string, string> };
    expect(Object.keys(models)).toHaveLength(10);
    const name = join('digit-7', 'model', 'generator.onnx');
    const digest = createHash('sha256')
      .update(readFileSync(join(runs.digits, name)))
      .digest('hex');
    expect(models[name]).toBe(digest);
  });

  it('refuses a digit that the run has no model of', async () => {
    const partial = join('outputs', '00003-dense-digits');
    cpSync(runs.digits, partial, { recursive: true });
    for (let digit = 0; digit < 10; digit++)
      if (digit !== 5) rmSync(join(partial, `digit-${digit}`), { recursive: true });
    await expect(dataset({ run: partial, counts: '5:2,6:1', out: 'c' })).rejects.toThrow(
      new UserError(
        `--counts: the run ${partial} has no model of 6, expected digits of 5, as in --counts 5:6000`,
      ),
    );
    await expect(dataset({ run: partial, perDigit: 5, out: 'c' })).rejects.toThrow(
      /^--per-digit: /,
    );
    await dataset({ run: partial, counts: '5:2', out: 'c' });
    expect([...(await loadImages('c')).train.labels!]).toEqual([5, 5]);
    rmSync(join(partial, 'digit-5'), { recursive: true });
    await expect(dataset({ run: partial, counts: '5:2', out: 'd' })).rejects.toThrow(UserError);
    rmSync(partial, { recursive: true });
  });

  it('warns of models that are not trained to their end', async () => {
    const partial = join('outputs', '00004-dense-digits');
    cpSync(runs.digits, partial, { recursive: true });
    rmSync(join(partial, 'digit-5', 'log.jsonl'));
    const warning = `${partial} is not trained to its end of 1 epochs (digit 5: 0): gan-mnist train --resume ${partial} goes on`;
    const { said } = await dataset({ run: partial, counts: '5:1', out: 'unfinished' });
    expect(said).toContain(warning);
    const { said: others } = await dataset({ run: partial, counts: '6:1', out: 'finished' });
    expect(others).not.toContain(warning);
    rmSync(partial, { recursive: true });
  });

  it('scales z by a factor, which the manifest names: 1 for the uniform z of the dense models', async () => {
    const given = { run: runs.digits, counts: '3:2', seed: 6 };
    const { emitted } = await dataset({ ...given, out: 'plain' });
    expect(emitted[0]).toMatchObject({ latentScale: 1 });
    const scaled = await dataset({ ...given, out: 'scaled', latentScale: 0.5 });
    expect(scaled.emitted[0]).toMatchObject({ latentScale: 0.5 });
    const backend = await loadBackend(FASTEST, 1);
    const generator = await loadGenerator(join(runs.digits, 'digit-3'), backend);
    const z = new Float32Array(2 * generator.latentSize);
    new Random(6, 'data set digit 3').uniform(z);
    const images = toBytes(await generator.images(z.map((x) => x / 2)));
    expect(pixelsOf((await loadImages('scaled')).train)).toEqual(images);
    expect(pixelsOf((await loadImages('plain')).train)).not.toEqual(images);
    await generator.dispose();
  });

  it('scales a normal z by 1.15', async () => {
    const normal = join('outputs', '00005-dense-digits');
    cpSync(runs.digits, normal, { recursive: true });
    for (let digit = 0; digit < 10; digit++) {
      const path = join(normal, `digit-${digit}`, 'options.json');
      writeFileSync(path, readFileSync(path, 'utf8').replace('"uniform"', '"normal"'));
    }
    const { emitted } = await dataset({ run: normal, counts: '3:2', out: 'normal' });
    expect(emitted[0]).toMatchObject({ latentScale: 1.15 });
    rmSync(normal, { recursive: true });
  });

  it('has nothing to be confident of', async () => {
    const given = { run: runs.digits, perDigit: 5, out: 'd', minConfidence: 0.5 };
    await expect(dataset(given)).rejects.toThrow(/^--min-confidence: found it with the run/);
  });
});

describe('dataset of a model of all digits', () => {
  it('labels the images by the classifier, and says how', async () => {
    // So weak a model makes some digits only: whichever the first one is that the classifier sees.
    const made = await dataset({ run: runs.all, perDigit: 2, out: 'e', minConfidence: 0 }).catch(
      (error: unknown) => error,
    );
    if (made instanceof Error) {
      expect(made).toBeInstanceOf(RunError);
      expect(made.message).toMatch(/hardly ever makes the digit \d: \d+ of \d+ images drawn/);
      expect(existsSync('e')).toBe(false);
    } else expect((await loadImages('e')).train.count).toBe(20);
    expect(existsSync(cacheFolder('classifiers'))).toBe(true);
    expect(existsSync('data')).toBe(false);
  });
});

describe('dataset', () => {
  it.each([
    ['counts that do not parse', { counts: '0-9' }, /^--counts: found "0-9"/],
    [
      'both kinds of counts',
      { counts: '0:1', perDigit: 3 },
      /^--counts and --per-digit: found both/,
    ],
    ['a run that is none', { run: 'nowhere' }, /^--run: found no run in nowhere/],
  ])('refuses %s', async (_, given, message) => {
    const refused = dataset({ out: 'f', ...given });
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(message);
    expect(existsSync('f')).toBe(false);
  });

  it('refuses a folder with another data set, unless it is forced', async () => {
    const given = { run: runs.digits, perDigit: 1, out: 'g' };
    await dataset(given);
    await expect(dataset({ ...given, seed: 8 })).rejects.toThrow(/--force replaces/);
    const before = readFileSync(join('g', 'manifest.json'), 'utf8');
    await dataset({ ...given, seed: 8, force: true });
    expect(readFileSync(join('g', 'manifest.json'), 'utf8')).not.toBe(before);
  });
});
