import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { runOptions } from '../../src/gan/options.js';
import { RUN_FILES } from '../../src/runs/run-folder.js';
import { tableOf, tableText } from '../../src/sweeps/table.js';
import { temporaryFolder } from '../support/small-run.js';

const table = {
  columns: ['run', 'seed', 'discriminator loss', 'generator loss'],
  rows: [
    ['0', '1', '1.0991', '0.9112'],
    ['11', '20', '1.1', '-'],
  ],
};

it('is as wide as its columns are, in columns', () => {
  expect(tableText(table)).toBe(
    [
      'run  seed  discriminator loss  generator loss',
      '  0     1              1.0991          0.9112',
      ' 11    20                 1.1               -',
    ].join('\n'),
  );
});

it.each([29, 31, 40])('stands in parts where the window has %i columns', (width) => {
  const text = tableText(table, width);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
  expect(text).toBe(
    [
      'run  seed  discriminator loss',
      '  0     1              1.0991',
      ' 11    20                 1.1',
      '',
      'run  generator loss',
      '  0          0.9112',
      ' 11               -',
    ].join('\n'),
  );
});

it('leaves a column alone that is wider than the window', () => {
  expect(tableText(table, 10).split('\n\n')).toHaveLength(3);
});

it('has what an evaluation found of the models as they are, and nothing of others', () => {
  const folder = temporaryFolder();
  const digest = createHash('sha256').update('weights').digest('hex');
  const evaluated = (name: string, model: string): void => {
    const write = (file: string, text: string): void => {
      const path = join(folder, name, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    };
    const figures = { recognised: { value: 0.97, unit: 'share' } };
    const models = { [RUN_FILES.generatorOnnx]: digest };
    write(RUN_FILES.generatorOnnx, model);
    write(RUN_FILES.evaluation, JSON.stringify({ models, verdict: [], figures }));
  };
  evaluated('seed-1', 'weights');
  evaluated('seed-2', 'those of a longer training');
  const runs = [1, 2].map((seed) => ({ name: `seed-${seed}`, options: runOptions({ seed }) }));
  const { columns, rows } = tableOf({
    ...{ folder, varied: ['seed'], runs },
    ...{ backend: 'wasm', threads: 1 },
  });
  expect(columns).toEqual(['run', 'seed', 'epochs', 'recognised']);
  expect(rows.map((row) => row[3])).toEqual(['0.9700', '-']);
});
