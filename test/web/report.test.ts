import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drawLossesPng } from '../../src/charts/losses-chart.js';
import { UserError } from '../../src/errors.js';
import { gridImage, tilesOfGrid } from '../../src/images/grid.js';
import { decodePng, encodePng } from '../../src/images/png.js';
import { readSampleGrid } from '../../src/images/sample-grid.js';
import { logLines } from '../../src/runs/log.js';
import { GRID_FILES, RUN_FILES, sampleFile } from '../../src/runs/run-folder.js';
import { drawRun } from '../../src/drawings/drawings.js';
import { bundled } from '../../src/vendor.js';
import { reportPage } from '../../src/web/report.js';
import { resultsTable } from '../../src/web/results-table.js';
import type { Evaluation } from '../../src/evaluation/evaluation.js';
import { readRun } from '../../src/runs/run-data.js';
import { description, row, rowsTo, writeDigitRuns, writeRun } from './run-fixture.js';
import { DIGIT_SHAPE } from '../support/sets.js';

let folder: string;
let warnings: string[];
const warn = (message: string) => warnings.push(message);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gan-mnist-report-'));
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const SCRIPT = readFileSync(bundled('page.js'), 'utf8');
/** The page but for its script, which is half a megabyte of others'. */
const pageOf = async (): Promise<string> =>
  (await reportPage(readRun(folder, warn))).replace(SCRIPT, '');

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
  it('carries every epoch of a short run once, small', async () => {
    writeRun(folder, rowsTo(3));
    const found = images(await pageOf());
    expect(found.length).toBe(3);
    // The last one stands in the page itself, before the data of the others.
    const last = decodePng(Buffer.from(found[0], 'base64'), 'frame');
    const digits = readSampleGrid(join(folder, sampleFile(3)), DIGIT_SHAPE);
    expect(
      tilesOfGrid(last, DIGIT_SHAPE, 1).every((tone, i) => Math.abs(tone - digits[i]) <= 8),
    ).toBe(true);
  });

  it('carries at most a hundred epochs', async () => {
    writeRun(folder, rowsTo(130));
    expect(images(await pageOf()).length).toBe(100);
  });

  it('has the real images and the walk that lie beside the samples', async () => {
    writeRun(folder, rowsTo(1));
    for (const file of Object.values(GRID_FILES))
      copyFileSync(join(folder, sampleFile(1)), join(folder, file));
    const page = await pageOf();
    expect(page).toContain('alt="64 real images"');
    expect(page).toMatch(/data-width="28"\s+data-height="28"\s+data-columns="8"\s+data-count="64"/);
  });

  it('shows images of any size, colour and class names', async () => {
    const shape = [12, 8, 3] as const;
    const described = description({ conditional: true });
    const data = { ...described.data, shape, classes: ['cat', '<b id=dog>'] };
    writeRun(folder, [], { ...described, data });
    writeFileSync(join(folder, 'log.jsonl'), logLines(rowsTo(1)));
    const tones = Uint8Array.from({ length: 64 * 12 * 8 * 3 }, (_, k) => k % 256);
    writeFileSync(join(folder, sampleFile(1)), encodePng(gridImage(tones, shape, 8)));
    const page = await pageOf();
    const { width, height, channels } = decodePng(Buffer.from(images(page)[0], 'base64'), 'x');
    expect([width, height, channels]).toEqual([8 * 9 + 1, 8 * 13 + 1, 3]);
    expect(page).toContain('width="73"');
    expect(page).not.toContain('<b id');
  });

  it('has a picture of each chart for who runs no scripts, its numbers as a table, and the lines that the text explains', async () => {
    writeRun(folder, rowsTo(3));
    const page = await pageOf();
    const charts = [...page.matchAll(/<figure class="chart" id="([^"]+)"[^]*?<\/figure>/g)];
    expect(charts.map(([, id]) => id)).toEqual(['chart-diversity-of-the-samples', 'chart-losses']);
    for (const [text] of charts) {
      expect(text).toMatch(/<svg [^]*<\/svg>/);
      expect(text.match(/<tr>/g)?.length).toBe(4);
    }
    const [, [losses]] = charts;
    // Of labels smoothed by 0 (the option's default): 2 ln 2 and ln 2.
    expect(losses).toContain('discriminator undecided: 1.39');
    expect(losses).toContain('generator undecided: 0.693');
  });

  it('loads nothing, and runs its own script alone', async () => {
    writeRun(folder, rowsTo(2));
    const page = await pageOf();
    expect(page).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)="(?!data:)/);
    expect(page).toContain('default-src &#39;none&#39;');
    const digest = createHash('sha256').update(SCRIPT).digest('base64');
    expect(page).toContain(`script-src &#39;sha256-${digest}&#39;`);
    expect(page.match(/<script>/g)?.length).toBe(1);
  });

  it('says what the numbers of its loss mean', async () => {
    const { options, ...rest } = description();
    writeRun(folder, rowsTo(1), { ...rest, options: { ...options, loss: 'hinge' } });
    expect(await pageOf()).toContain('by how much real stays below 1');
    writeRun(folder, rowsTo(1), { ...rest, options: { ...options, loss: 'own' } });
    expect(await pageOf()).toContain('Those of the script that trained this run');
    expect(await pageOf()).not.toContain('cross-entropy');
  });

  it('holds texts of the run escaped', async () => {
    const bad = '</script><b id=x>';
    const described = description();
    const data = { ...described.data, source: bad };
    writeRun(folder, rowsTo(1), { ...described, data, createdAt: bad });
    const page = await pageOf();
    expect(page).not.toContain('<b id=x>');
    expect(page).toContain('&#60;/script&#62;&#60;b id=x');
  });

  it('links files that are there, and the runs before and after it that have a report', async () => {
    const outputs = folder;
    const names = ['00001-dense', '00002-dense', '00003-dense'];
    for (const name of names) writeRun(join(outputs, name), rowsTo(1));
    writeFileSync(join(outputs, names[0], 'report.html'), '');
    const page = await reportPage(readRun(join(outputs, names[1]), warn));
    expect(page).toContain('href="../00001-dense/report.html"');
    expect(page).not.toContain('00003-dense');
    expect(page).toContain('href="log.jsonl"');
    expect(page).not.toContain('href="losses.csv"');
  });

  it('shows an evaluation, and says when it is damaged', async () => {
    writeRun(folder, rowsTo(1));
    mkdirSync(join(folder, 'evaluation'));
    const path = join(folder, 'evaluation', 'evaluation.json');
    const tstr = { what: 'any', value: 0.95123456, standardError: 0.001, values: [1, 2] };
    const figures: Pick<Evaluation, 'figures'> = {
      figures: { tstr: { ...tstr, unit: 'share', better: 'higher', real: { value: 0.993 } } },
    };
    writeFileSync(path, JSON.stringify(figures));
    expect(await pageOf()).toMatch(
      /trained on these, tested on real<\/th>\s*<td>95\.12% ± 0\.10%<\/td>\s*<td>99\.30%</,
    );
    expect(await pageOf()).toMatch(/figures tstr value<\/th>\s*<td>0\.95123</);
    for (const wrong of ['[1]', '{"figures":[]}', '{"figures":{"tstr":3}}', 'null']) {
      writeFileSync(path, wrong);
      expect(await pageOf()).not.toContain('tested on real');
    }
    writeFileSync(path, '{"tr');
    expect(await pageOf()).toContain('is not JSON: evaluate the run again');
  });
});

describe('of ten runs', () => {
  it('is one page: a row of samples and a line a digit, and what is missing', async () => {
    writeDigitRuns(folder, { 0: 3, 1: 0, 4: 2 });
    const page = await pageOf();
    expect(page).toContain('2 GANs, one for each digit');
    expect(page).toMatch(/Neither network has won: |The discriminator has won: 0/);
    expect(page).toContain('No epoch yet: 1, 2, 3, 5, 6, 7, 8, 9');
    const last = decodePng(Buffer.from(images(page)[0], 'base64'), 'grid');
    const tiles = tilesOfGrid(last, DIGIT_SHAPE, 1);
    expect(tiles.length).toBe(100 * 784);
    const of = (digit: number, epoch: number) =>
      readSampleGrid(join(folder, `digit-${digit}`, sampleFile(epoch)), DIGIT_SHAPE).subarray(
        0,
        10 * 784,
      );
    // In 16 tones.
    const isLike = (row: Uint8Array, digit: number, epoch: number): boolean =>
      of(digit, epoch).every((tone, i) => Math.abs(tone - row[i]) <= 8);
    expect(isLike(tiles.subarray(0, 10 * 784), 0, 3)).toBe(true);
    expect(isLike(tiles.subarray(40 * 784, 50 * 784), 4, 2)).toBe(true);
    expect(tiles.subarray(50 * 784).every((tone) => tone === 0)).toBe(true);
    expect(await pageOf()).toBe(page);
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
      /has no finished epoch yet, expected .* log of a run: train it with gan-mnist sweep run /,
    );
  });
});

describe('the numbers of a run', () => {
  it('are those of its evaluation where there is one of its models, as the verdict is', async () => {
    writeRun(
      folder,
      rowsTo(3).map(({ epoch }) => row(epoch, { recognised: 0.81, coverage: 0.5 })),
    );
    expect(await pageOf()).toMatch(/<dt>recognised<\/dt>\s*<dd>81\.0%<\/dd>/);
    const digest = createHash('sha256').update('weights').digest('hex');
    mkdirSync(join(folder, 'model'));
    mkdirSync(join(folder, 'evaluation'));
    writeFileSync(join(folder, RUN_FILES.generatorOnnx), 'weights');
    const evaluation = {
      models: { [RUN_FILES.generatorOnnx]: digest },
      verdict: [{ kind: 'good', title: 'These are digits', text: 'All of them.' }],
      figures: { recognised: { what: 'recognised', value: 0.97, unit: 'share' } },
    };
    writeFileSync(join(folder, RUN_FILES.evaluation), JSON.stringify(evaluation));
    const run = readRun(folder, warn);
    const page = await pageOf();
    expect(page).toMatch(/<dt>recognised<\/dt>\s*<dd>97\.0%<\/dd>/);
    expect(page).toMatch(/<dt>coverage<\/dt>\s*<dd>50\.0%<\/dd>/);
    const table = resultsTable([{ name: 'this', run }], 'run', folder).text;
    expect(table).toContain('<td>97.0%</td>');
    // A judge says more than losses do.
    expect(table).not.toContain('loss');
  });

  it('are its losses where no judge has measured it', () => {
    writeRun(folder, rowsTo(3));
    const table = resultsTable([{ name: 'this', run: readRun(folder, warn) }], 'run', folder).text;
    expect(table).toContain('discriminator loss');
  });
});

describe('drawing', () => {
  it('lets signals be heard between charts and pictures', async () => {
    writeRun(folder, rowsTo(3));
    // Once before, so that nothing has to be loaded any more.
    const page = await pageOf();
    const charts = page.match(/<figure class="chart"/g)!.length;
    expect(charts).toBeGreaterThan(1);
    const turnsOf = async (work: () => Promise<unknown>): Promise<number> => {
      let turns = 0;
      const turn = (): void => {
        turns++;
        waiting = setImmediate(turn);
      };
      let waiting = setImmediate(turn);
      await work();
      clearImmediate(waiting);
      return turns;
    };
    expect(await turnsOf(pageOf)).toBeGreaterThanOrEqual(charts);
    await drawLossesPng(rowsTo(3));
    expect(await turnsOf(() => drawLossesPng(rowsTo(3)))).toBeGreaterThanOrEqual(2);
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
