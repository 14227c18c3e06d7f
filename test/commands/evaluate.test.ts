import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runEvaluate } from '../../src/commands/evaluate.js';
import { UserError } from '../../src/errors.js';
import type { Evaluation } from '../../src/evaluation/evaluate.js';
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

const small = { backend: FASTEST, threads: 1, perDigit: 20, images: 200, epochs: 1 } as const;

describe('evaluate', () => {
  it('writes what it found into the run, with confusion matrices, and the same again', async () => {
    const { console, said, emitted } = recordingConsole();
    await runEvaluate({ ...small, run: runs.digits }, console);
    const path = join(runs.digits, 'evaluation', 'evaluation.json');
    const text = readFileSync(path, 'utf8');
    const written = JSON.parse(text) as Evaluation & { run: string; models: object };
    expect(written).toMatchObject({
      run: runs.digits,
      options: { perDigit: 20, images: 200, epochs: 1, seed: 1 },
      data: { source: 'digits' },
      recognition: { kind: 'per-digit', images: 200 },
      usefulness: { tstr: { trainedOn: 200, testedOn: 300 }, labels: { source: 'model' } },
      frechet: { dimensions: 128, extractor: written.classifier.digest },
    });
    expect(Object.keys(written.models)).toHaveLength(10);
    expect(emitted[0]).toMatchObject({ file: path, ...written });
    for (const name of ['tstr', 'baseline', 'trts']) {
      const png = decode(readFileSync(join(runs.digits, 'evaluation', `confusion-${name}.png`)));
      expect([png.width, png.height]).toEqual([664, 680]);
    }
    expect(said.join('\n')).toMatch(/trained on synthetic, tested on real +\d+\.\d/);
    expect(said.join('\n')).toMatch(/Frechet distance/);
    // The ten models are one: what is learnt from them is no better than guessing.
    if ('unavailable' in written.usefulness) throw new Error(written.usefulness.unavailable);
    expect(written.usefulness.tstr.accuracy).toBeLessThan(0.35);
    await runEvaluate({ ...small, run: runs.digits }, recordingConsole().console);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('takes the newest run', async () => {
    const { console, emitted } = recordingConsole();
    await runEvaluate({ ...small }, console);
    expect(emitted[0].run).toBe(runs.digits);
  });

  it.each<[string, Parameters<typeof runEvaluate>[0], RegExp]>([
    ['a run that is none', { run: 'nowhere' }, /^--run: found no run in nowhere/],
    ['a data folder that is none', { data: 'nothing' }, /data folder nothing/],
    ['the backend cpu', { backend: 'cpu' }, /^--backend: found cpu/],
    ['a confidence without a classifier’s labels', { minConfidence: 0.5 }, /^--min-confidence/],
  ])('refuses %s', async (_, given, message) => {
    const refused = runEvaluate({ ...small, ...given }, recordingConsole().console);
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(message);
  });
});
