import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tmpdir } from 'node:os';
import { train, writeDataset } from '../../src/index.js';
import { parseLog } from '../../src/runs/log.js';
import { FASTEST } from '../support/backends.js';
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

it('of images of one class have a data set, whose label needs no classifier', async () => {
  const data = join(outputs, 'cats.csv');
  const pixels = Array.from({ length: 64 }, (_, k) => 3 * k).join(',');
  writeFileSync(
    data,
    `label,${Array.from({ length: 64 }, (_, k) => `p${k}`).join(',')}\ncat,${pixels}\ncat,${pixels}\n`,
  );
  const compute = { backend: FASTEST, threads: 1 };
  const small = { batchSize: 2, epochs: 1, units: 4, latentSize: 4, draw: false };
  const { folder: run } = await train({ data, outputs, ...small, ...compute });
  const out = join(outputs, 'set');
  const { labels, counts } = await writeDataset({ run, perDigit: 3, out, ...compute });
  expect([labels.source, counts.train]).toEqual(['model', [3]]);
});
