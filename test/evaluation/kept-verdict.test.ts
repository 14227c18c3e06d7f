import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { evaluatedFigures, verdictOf } from '../../src/evaluation/kept-verdict.js';
import { Lease } from '../../src/files/lease.js';
import { RUN_FILES } from '../../src/runs/run-folder.js';
import { description, rowsTo } from '../web/run-fixture.js';

const MODEL = 'the weights of a generator';
const FINDING = { kind: 'good', title: 'These are cats', text: 'All of them.' };

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'gan-mnist-verdict-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function writeEvaluation(evaluation: object = {}): void {
  const models = {
    [RUN_FILES.generatorOnnx]: createHash('sha256').update(MODEL).digest('hex'),
  };
  write(RUN_FILES.generatorOnnx, MODEL);
  write(RUN_FILES.evaluation, JSON.stringify({ models, verdict: [FINDING], ...evaluation }));
}

const first = (): string =>
  verdictOf({ folder, rows: rowsTo(8), description: description() })[0].title;

it('is what an evaluation found of the models as they are', () => {
  writeEvaluation();
  expect(first()).toBe('These are cats');
});

it('has figures, which runs are listed with', () => {
  expect(evaluatedFigures(folder)).toEqual({});
  writeEvaluation({ figures: { recognised: { value: 0.97, unit: 'share' } } });
  expect(evaluatedFigures(folder)).toEqual({ recognised: 0.97 });
});

it('is none of an evaluation of other models', () => {
  writeEvaluation();
  write(RUN_FILES.generatorOnnx, 'other weights');
  expect(first()).toBe('Not judged yet');
});

it('is none of an evaluation of images that are drawn otherwise than the run draws them', () => {
  writeEvaluation({ latentScale: 1.3, usualLatentScale: 1 });
  expect(first()).toBe('Not judged yet');
  writeEvaluation({ latentScale: 1.15, usualLatentScale: 1.15 });
  expect(first()).toBe('These are cats');
});

it('is none of an evaluation while the run is trained on', async () => {
  writeEvaluation();
  const lease = await Lease.take(folder);
  expect(first()).toBe('Not judged yet');
  lease.release();
  expect(first()).toBe('These are cats');
});

it.each([{ verdict: 'good' }, { verdict: [{ kind: 'any' }] }, { models: [] }])(
  'passes over what no evaluation has: %o',
  (wrong) => {
    writeEvaluation(wrong);
    expect(first()).toBe('Not judged yet');
  },
);

it('passes over what is no JSON', () => {
  writeEvaluation();
  write(RUN_FILES.evaluation, '{"verd');
  expect(first()).toBe('Not judged yet');
});
