import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evaluated } from '../../src/cli/result-events.js';
import { runEvaluate } from '../../src/commands/evaluate.js';
import { Interrupted, UserError } from '../../src/errors.js';
import type { Evaluation } from '../../src/evaluation/evaluation.js';
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
      frechet: { dimensions: 128, extractor: written.classifier!.digest },
    });
    expect(Object.keys(written.models)).toHaveLength(10);
    expect(emitted[0]).toMatchObject({ file: path, ...written });
    for (const name of ['tstr', 'baseline', 'trts']) {
      const png = decode(readFileSync(join(runs.digits, 'evaluation', `confusion-${name}.png`)));
      expect([png.width, png.height]).toEqual([680, 680]);
    }
    expect(existsSync(join(runs.digits, 'evaluation', 'nearest.png'))).toBe(true);
    // The console breaks a warning itself, to the width of the terminal.
    const few =
      'digits has 300 test images of what is evaluated: distances between so few say little';
    expect(said[1]).toBe(few);
    const text80 = said.filter(
      (line) => line !== few && !/^(evaluat|picture|report|training|trained)/.test(line),
    );
    for (const line of text80.join('\n').split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(said.join('\n')).toMatch(/trained on these, tested on real, % +\d+\.\d/);
    expect(said.join('\n')).toMatch(/Frechet distance to real test images +\d/);
    // What people ask first is said before anything is trained on the digits.
    const first = said.findIndex((line) => line.startsWith('These are no digits'));
    const training = said.findIndex((line) => line.includes('synthetic images'));
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(training);
    expect(said.findIndex((line) => line.startsWith('evaluation: '))).toBeGreaterThan(training);
    expect(written.verdict[0]).toMatchObject({ kind: 'bad' });
    expect(readFileSync(join(runs.digits, 'report.html'), 'utf8')).toContain(
      'trained on these, tested on real',
    );
    // The ten models are one: what is learnt from them is no better than guessing.
    if ('unavailable' in written.usefulness) throw new Error(written.usefulness.unavailable);
    expect(written.usefulness.tstr.accuracy).toBeLessThan(0.35);
    await runEvaluate({ ...small, run: runs.digits }, recordingConsole().console);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('fails as a gate, with everything written', async () => {
    const { console, emitted } = recordingConsole(true);
    const quick = { ...small, run: runs.all, quick: true } as const;
    const failed = runEvaluate({ ...quick, require: 'recognised:99.9,98' }, console);
    await expect(failed).rejects.toThrow(
      /^--require: recognised is .*%, expected at least 99.90%; tstr was not measured, expected at least 98.00%$/,
    );
    await expect(failed).rejects.toMatchObject({ exitCode: 3 });
    expect(emitted[0]).toMatchObject({
      unmet: [expect.stringMatching(/^recognised/), expect.any(String)],
    });
    expect(existsSync((emitted[0] as Evaluated).file)).toBe(true);
    await runEvaluate({ ...quick, require: 'copies:100' }, console);
    expect(emitted[1]).toMatchObject({ unmet: [] });
  });

  it('measures again with the next seeds, and gives standard errors', async () => {
    const { console, said, emitted } = recordingConsole();
    await runEvaluate({ ...small, run: runs.digits, repeats: 2, quick: true }, console);
    const { figures } = emitted[0] as unknown as Evaluation;
    expect(figures.recognised!.values).toHaveLength(2);
    expect(figures.recognised!.standardError).toBeGreaterThanOrEqual(0);
    expect(figures.tstr).toBeUndefined();
    expect(said.join('\n')).toMatch(/Means of 2 repeats, with their/);
  });

  it('stops at the signal and writes nothing', async () => {
    const { console } = recordingConsole();
    const reason = new Interrupted('interrupted');
    const stopped = { ...console, interruptions: () => AbortSignal.abort(reason) };
    rmSync(join(runs.all, 'evaluation'), { recursive: true, force: true });
    await expect(runEvaluate({ ...small, run: runs.all }, stopped)).rejects.toBe(reason);
    expect(existsSync(join(runs.all, 'evaluation'))).toBe(false);
  });

  it('takes the newest run', async () => {
    const { console, emitted } = recordingConsole();
    await runEvaluate({ ...small }, console);
    expect(emitted[0]).toMatchObject({ event: 'done', command: 'evaluate', run: runs.digits });
  });

  it.each<[string, Parameters<typeof runEvaluate>[0], RegExp]>([
    ['a requirement that is none', { require: 'high' }, /^--require: found "high"/],
    ['a run that is none', { run: 'nowhere' }, /^--run: found no run in nowhere/],
    ['a data folder that is none', { data: 'nothing' }, /cannot read the data nothing/],
    ['the backend cpu', { backend: 'cpu' }, /^--backend: found cpu/],
    ['a confidence without a classifier’s labels', { minConfidence: 0.5 }, /^--min-confidence/],
  ])('refuses %s', async (_, given, message) => {
    const refused = runEvaluate({ ...small, ...given }, recordingConsole().console);
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(message);
  });
});
