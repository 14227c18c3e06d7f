import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { tilesOfGrid } from '../../src/images/grid.js';
import { decodePng } from '../../src/images/png.js';
import { readSampleGrid } from '../../src/images/sample-grid.js';
import { sampleFile } from '../../src/runs/run-folder.js';
import { drawRun } from '../../src/drawings/drawings.js';
import { echartsCode } from '../../src/web/page.js';
import { reportPage } from '../../src/web/report.js';
import type { Evaluation } from '../../src/evaluation/evaluate.js';
import { readRun } from '../../src/runs/run-data.js';
import { description, rowsTo, writeDigitRuns, writeRun } from './run-fixture.js';
import { DIGIT_SHAPE } from '../support/sets.js';

let folder: string;
let warnings: string[];
const warn = (message: string) => warnings.push(message);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gan-mnist-report-'));
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The page but for the charts' code, which is a megabyte of others'. */
const pageOf = (): string => reportPage(readRun(folder, warn)).replace(echartsCode(), '');

const images = (page: string): string[] =>
  [...page.matchAll(/data:image\/png;base64,([\w+/=]+)/g)].map(([, data]) => data);

describe('drawRun', () => {
  it('draws pictures and report, the same bytes each time', async () => {
    writeRun(folder, rowsTo(3));
    const paths = await drawRun(folder, rowsTo(3));
    expect(paths).toEqual(
      ['losses.png', 'evolution.png', 'evolution.gif', 'report.html'].map((name) =>
        join(folder, name),
      ),
    );
    const bytes = paths.map((path) => readFileSync(path));
    await drawRun(folder, rowsTo(3));
    expect(paths.map((path) => readFileSync(path))).toEqual(bytes);
  });

  it('draws nothing for a run without an epoch', async () => {
    expect(await drawRun(writeRun(folder, []), [])).toEqual([]);
  });
});

describe('reportPage', () => {
  it('carries every epoch of a short run, small, and the last grid as it is', () => {
    writeRun(folder, rowsTo(3));
    const found = images(pageOf());
    // The grid stands in the page before the script with the frames.
    expect(found.length).toBe(4);
    expect(Buffer.from(found[0], 'base64')).toEqual(readFileSync(join(folder, sampleFile(3))));
    const last = decodePng(Buffer.from(found[3], 'base64'), 'frame');
    const digits = readSampleGrid(join(folder, sampleFile(3)), DIGIT_SHAPE);
    expect(
      tilesOfGrid(last, DIGIT_SHAPE, 1).every((tone, i) => Math.abs(tone - digits[i]) <= 8),
    ).toBe(true);
  });

  it('carries at most a hundred epochs', () => {
    writeRun(folder, rowsTo(130));
    expect(images(pageOf()).length).toBe(101);
  });

  it('loads nothing: no address but those inside the charts’ code', () => {
    writeRun(folder, rowsTo(2));
    const page = pageOf();
    expect(page).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)="(?!data:)/);
    expect(page).toContain('default-src &#39;none&#39;');
  });

  it('says what the numbers of its loss mean', () => {
    const { options, ...rest } = description();
    writeRun(folder, rowsTo(1), { ...rest, options: { ...options, loss: 'hinge' } });
    expect(pageOf()).toContain('by how much real stays below 1');
    writeRun(folder, rowsTo(1), { ...rest, options: { ...options, loss: 'own' } });
    expect(pageOf()).toContain('Those of the script that trained this run');
    expect(pageOf()).not.toContain('cross-entropy');
  });

  it('holds texts of the run escaped', () => {
    const hostile = { ...description(), createdAt: '</script><b id=x>' };
    writeRun(folder, rowsTo(1), hostile);
    const page = pageOf();
    expect(page).not.toContain('<b id=x>');
    expect(page).toContain('&#60;/script&#62;&#60;b id=x');
  });

  it('shows an evaluation, and says when it is damaged', () => {
    writeRun(folder, rowsTo(1));
    mkdirSync(join(folder, 'evaluation'));
    const path = join(folder, 'evaluation', 'evaluation.json');
    const tstr = { what: 'any', value: 0.95123456, standardError: 0.001, values: [1, 2] };
    const figures: Pick<Evaluation, 'figures'> = {
      figures: { tstr: { ...tstr, unit: 'share', better: 'higher', real: { value: 0.993 } } },
    };
    writeFileSync(path, JSON.stringify(figures));
    expect(pageOf()).toMatch(
      /trained on these, tested on real<\/th>\s*<td>95\.12% ± 0\.10% \(real images: 99\.30%\)</,
    );
    expect(pageOf()).toMatch(/figures tstr value<\/th>\s*<td>0\.95123</);
    for (const wrong of ['[1]', '{"figures":[]}', '{"figures":{"tstr":3}}', 'null']) {
      writeFileSync(path, wrong);
      expect(pageOf()).not.toContain('tested on real');
    }
    writeFileSync(path, '{"tr');
    expect(pageOf()).toContain('is not JSON: evaluate the run again');
  });
});

describe('of ten runs', () => {
  it('is one page: a row of samples and a line a digit, and what is missing', () => {
    writeDigitRuns(folder, { 0: 3, 1: 0, 4: 2 });
    const page = pageOf();
    expect(page).toContain('2 GANs, one for each digit');
    expect(page).toMatch(/Neither network has won: |The discriminator has won: 0/);
    expect(page).toContain('No epoch yet: 1, 2, 3, 5, 6, 7, 8, 9');
    const last = decodePng(Buffer.from(images(page)[0], 'base64'), 'grid');
    const tiles = tilesOfGrid(last, DIGIT_SHAPE);
    expect(tiles.length).toBe(100 * 784);
    const of = (digit: number, epoch: number) =>
      readSampleGrid(join(folder, `digit-${digit}`, sampleFile(epoch)), DIGIT_SHAPE).subarray(
        0,
        10 * 784,
      );
    expect(tiles.subarray(0, 10 * 784)).toEqual(of(0, 3));
    expect(tiles.subarray(40 * 784, 50 * 784)).toEqual(of(4, 2));
    expect(tiles.subarray(50 * 784).every((tone) => tone === 0)).toBe(true);
    expect(pageOf()).toBe(page);
  });

  it('has the means of its digits, epoch by epoch', () => {
    writeDigitRuns(folder, { 0: 3, 4: 2 });
    const { rows, description: described } = readRun(folder, warn);
    expect(rows.map((one) => one.scalars['discriminatorLoss'])).toEqual([2, 2, 0]);
    expect(rows.map((one) => one.seconds)).toEqual([1, 1, 0.5]);
    expect(described.options.digit).toBe(undefined);
  });

  it('is refused before any digit has an epoch', () => {
    writeDigitRuns(folder, { 2: 0 });
    expect(() => readRun(folder, warn)).toThrow(
      /has no finished epoch yet, expected .* log of a run/,
    );
  });
});

describe('readRun', () => {
  it('refuses a run without an epoch', () => {
    writeRun(folder, []);
    expect(() => readRun(folder, warn)).toThrow(UserError);
    expect(() => readRun(folder, warn)).toThrow(/has no finished epoch yet/);
  });

  it('skips damaged lines of the log and names them', () => {
    writeRun(folder, rowsTo(2));
    appendFileSync(join(folder, 'log.jsonl'), '{"epoch":3,"st\n');
    expect(readRun(folder, warn).rows.length).toBe(2);
    expect(warnings).toEqual([`${join(folder, 'log.jsonl')}: line 3 is damaged and is skipped`]);
  });
});
