import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { runOptions } from '../../src/gan/options.js';
import { RUN_FILES } from '../../src/runs/run-folder.js';
import { tableOf } from '../../src/sweeps/table.js';
import { temporaryFolder } from '../support/temporary-folder.js';

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
