import { expect, it } from 'vitest';
import { runOptions } from '../../src/gan/options.js';
import { repeatCommand } from '../../src/web/repeat-command.js';
import { description } from './run-fixture.js';

const commandOf = (options: Record<string, unknown>): string =>
  repeatCommand({ ...description(), options: runOptions(options) });

it('leaves out what is as it would be by default, also where other options say what that is', () => {
  expect(commandOf({})).toBe('gan-mnist train --backend wasm --threads 1');
  expect(commandOf({ model: 'conv', seed: 7, batchSize: 64 })).toBe(
    'gan-mnist train --model conv --seed 7 --backend wasm --threads 1',
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
