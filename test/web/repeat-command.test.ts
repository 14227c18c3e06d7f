import { expect, it } from 'vitest';
import { runOptions } from '../../src/gan/options.js';
import { repeatCommand, repeatSweepCommand } from '../../src/web/repeat-command.js';
import { description } from './run-fixture.js';

const commandOf = (options: Record<string, unknown>): string =>
  repeatCommand({ ...description(), options: runOptions(options) });

it('leaves out what is as it would be by default, also where other options say what that is', () => {
  expect(commandOf({})).toBe('gan-mnist train --backend wasm --threads 1');
  expect(commandOf({ model: 'conv', seed: 7, batchSize: 64 })).toBe(
    'gan-mnist train --model conv --seed 7 --backend wasm --threads 1',
  );
  expect(commandOf({ model: 'conv', filters: 2 })).toBe(
    'gan-mnist train --model conv --filters 2 --backend wasm --threads 1',
  );
  expect(commandOf({ model: 'conv', digit: 3, epochs: 12 })).toBe(
    'gan-mnist train --model conv --digit 3 --backend wasm --threads 1',
  );
  expect(commandOf({ preset: 'cfcv' })).toBe(
    'gan-mnist train --preset cfcv --backend wasm --threads 1',
  );
  expect(commandOf({ steps: 600, epochs: 3 })).toBe(
    'gan-mnist train --steps 600 --backend wasm --threads 1',
  );
  expect(commandOf({ conditional: false })).toContain('--no-conditional');
});

it('quotes a path as a shell reads it', () => {
  const { data, ...rest } = description();
  const folder = "/my $digits/it's";
  expect(repeatCommand({ ...rest, data: { ...data, folder, reading: { size: 32 } } })).toContain(
    `--data '/my $digits/it'\\''s' --size 32`,
  );
});

it('is that of a sweep where its runs are all combinations', () => {
  const { options: all, ...rest } = description();
  const { seed, learningRate, ...options } = { ...all, epochs: 5 };
  void [seed, learningRate];
  const shared = { ...rest, options: options as typeof all };
  const varied = ['seed', 'learningRate'];
  const planned = ['1, 0.001', '1, 0.002', '2, 0.001', '2, 0.002'];
  expect(repeatSweepCommand(shared, { varied, planned })).toBe(
    'gan-mnist sweep new --seed 1,2 --learning-rate 0.001,0.002 --epochs 5 --backend wasm --threads 1',
  );
  expect(repeatSweepCommand(shared, { varied, planned: planned.slice(1) })).toBeUndefined();
});
