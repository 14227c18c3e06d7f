import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tmpdir } from 'node:os';
import { parseLog } from '../../src/runs/log.js';
import { resumeSmall, trainSmall } from '../support/small-run.js';

const outputs = mkdtempSync(join(tmpdir(), 'gan-mnist-values-'));
afterAll(() => rmSync(outputs, { recursive: true }));

it('of a run of one image are finite, and it goes on', async () => {
  const { folder } = await trainSmall(outputs, { limit: 1, batchSize: 1, epochs: 2 });
  await resumeSmall(folder, { epochs: 3 });
  const text = readFileSync(join(folder, 'log.jsonl'), 'utf8');
  const { rows, damaged } = parseLog(text);
  expect([rows.length, damaged]).toEqual([3, []]);
  for (const { measures } of rows) expect(measures['diversity']).toSatisfy(Number.isFinite);
  expect(text).not.toContain('null');
});

it('that earlier versions could not write as numbers are no damage', () => {
  const line =
    '{"epoch":1,"step":1,"discriminatorLoss":1,"generatorLoss":1,"lastDiscriminatorLoss":1,"lastGeneratorLoss":1,"diversity":null,"seconds":1,"imagesPerSecond":1,"time":"2026-01-01T00:00:00.000Z"}\n';
  const { rows, damaged } = parseLog(line);
  expect(damaged).toEqual([]);
  expect(rows[0].measures).toEqual({});
});
