import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logLines, parseLog, refusedName, rowText, type LogRow } from '../../src/runs/log.js';
import { readLog } from '../../src/runs/run-data.js';
import { RunLog } from '../../src/runs/run-log.js';
import { scalarsOf } from '../../src/training/scalars.js';

/** A line as gan-mnist 0.1 wrote it. */
const OLD =
  '{"epoch":1,"step":600,"discriminatorLoss":1.25,"generatorLoss":0.5,"lastDiscriminatorLoss":1.5,"lastGeneratorLoss":0.25,"diversity":0.75,"seconds":2,"imagesPerSecond":30000,"time":"2026-01-01T00:00:00.000Z"}\n';

const row = (epoch: number, measures: LogRow['measures'] = {}): LogRow => ({
  epoch,
  step: 10 * epoch,
  scalars: { criticLoss: epoch + 0.5, gradientNorm: epoch },
  last: { criticLoss: 2, gradientNorm: 3 },
  measures,
  seconds: 1,
  imagesPerSecond: 100,
  time: '2026-01-01T00:00:00.000Z',
});

describe('a log', () => {
  it('reads what gan-mnist 0.1 wrote, and writes the same bytes', () => {
    const { rows, damaged } = parseLog(OLD);
    expect(damaged).toEqual([]);
    expect(rows[0].scalars).toEqual({ discriminatorLoss: 1.25, generatorLoss: 0.5 });
    expect(rows[0].last).toEqual({ discriminatorLoss: 1.5, generatorLoss: 0.25 });
    expect(rows[0].measures).toEqual({ diversity: 0.75 });
    expect(logLines(rows)).toBe(OLD);
    expect(rowText(rows[0])).toBe(
      'discriminator loss 1.2500, generator loss 0.5000, diversity 0.75 (real: 1)',
    );
  });

  it('is read with the mark and the line ends of an editor on Windows', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gan-mnist-log-'));
    const text = logLines([row(1), row(2)]);
    writeFileSync(join(folder, 'log.jsonl'), `\ufeff${text.replaceAll('\n', '\r\n')}`);
    expect(readLog(folder)).toEqual(parseLog(text));
    rmSync(folder, { recursive: true });
  });

  it('carries any numbers by name', () => {
    const rows = [row(1), row(2, { diversity: 0.5, frechetDistance: 12 })];
    expect(parseLog(logLines(rows))).toEqual({ rows, damaged: [] });
    expect(rowText(rows[1])).toBe(
      'critic loss 2.5000, gradient norm 2.0000, diversity 0.50 (real: 1), frechet distance 12.00',
    );
  });

  it.each(['epoch', 'time', 'lastLoss', 'Loss', 'a b', '__proto__', 'constructor', ''])(
    'has no number named "%s"',
    (name) => expect(refusedName(name)).toMatch(/^a(nother)? name/),
  );

  it('refuses a step that returns an array, by name', () => {
    expect(() => scalarsOf({ loss: new Float32Array(2) })).toThrow(
      'the training step returns 2 numbers as loss, expected a single one',
    );
    expect(() => scalarsOf({ epoch: new Float32Array(1) })).toThrow(
      'the training step returns "epoch", expected another name',
    );
  });
});

describe('losses.csv', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'gan-mnist-log-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const csv = (): string => readFileSync(join(folder, 'losses.csv'), 'utf8');

  it('has the columns of gan-mnist 0.1', async () => {
    await RunLog.begin(folder, parseLog(OLD).rows);
    expect(csv()).toBe(
      'epoch,step,discriminator_loss,generator_loss,last_discriminator_loss,last_generator_loss,diversity\n1,600,1.25,0.5,1.5,0.25,0.75\n',
    );
  });

  it('gets a column when there is a new number, and is the same whether written at once or by epochs', async () => {
    const rows = [row(1), row(2, { diversity: 0.5 }), row(3), row(4, { frechetDistance: 12 })];
    const log = await RunLog.begin(folder, []);
    for (const one of rows) await log.add(one);
    const byEpochs = csv();
    expect(byEpochs.split('\n')).toEqual([
      'epoch,step,critic_loss,gradient_norm,last_critic_loss,last_gradient_norm,diversity,frechet_distance',
      '1,10,1.5,1,2,3,,',
      '2,20,2.5,2,2,3,0.5,',
      '3,30,3.5,3,2,3,,',
      '4,40,4.5,4,2,3,,12',
      '',
    ]);
    await RunLog.begin(folder, rows);
    expect(csv()).toBe(byEpochs);
    expect(readFileSync(join(folder, 'log.jsonl'), 'utf8')).toBe(logLines(rows));
  });
});
