import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodePng } from '../../src/images/png.js';
import { drawComparePng } from '../../src/web/compare-png.js';
import { differences } from '../../src/web/differences.js';
import { readRun } from '../../src/runs/run-data.js';
import { description, rowsTo, writeRun } from './run-fixture.js';

it('names what differs, and nothing else', () => {
  const fast = description({ learningRate: 0.02, limit: 500 });
  expect(differences([description(), fast])).toEqual([
    { name: '--learning-rate', values: ['0.0002', '0.02'] },
    { name: '--limit', values: ['-', '500'] },
  ]);
  expect(differences([fast, fast])).toEqual([]);
});

it('draws runs into one picture, the same bytes each time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gan-mnist-compare-'));
  const runs = ['a & b', 'c'].map((name) =>
    readRun(writeRun(join(folder, name), rowsTo(2)), () => {}),
  );
  const png = await drawComparePng(runs);
  const { width, height } = decodePng(png, 'compare.png');
  expect([width, height]).toEqual([1620, 954]);
  expect(await drawComparePng(runs)).toEqual(png);
  rmSync(folder, { recursive: true });
});
