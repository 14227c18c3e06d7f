import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { REWRITES } from '../../../src/compiler/simplify/simplify.js';

it('has a test for every rewrite', () => {
  const folder = new URL('./', import.meta.url);
  const text = readdirSync(folder)
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n');
  const missing = Object.keys(REWRITES).filter((name) => !text.includes(`rewritten('${name}'`));
  expect(missing).toEqual([]);
});
