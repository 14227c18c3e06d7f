import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SLOW } from '../support/slow.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)];

/** A folder of a user who has installed the package. */
const cwd = temporaryFolder();
mkdirSync(join(cwd, 'node_modules'));
for (const name of ['@tensorflow', 'gan-mnist'])
  symlinkSync(
    name === 'gan-mnist' ? ROOT : join(ROOT, 'node_modules', name),
    join(cwd, 'node_modules', name),
    'dir',
  );

const snippets = PAGES.filter((page) => page.endsWith('.md')).flatMap((page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```(?:js|javascript|ts|typescript)\n([\s\S]*?)^```$/gm)].map(
    ([, code], k) => ({ title: `${page}, ${k + 1}`, code }),
  );
});

describe('what stands as JavaScript in', () => {
  it('the README is several programs', () => {
    expect(snippets.filter(({ title }) => title.startsWith('README')).length).toBeGreaterThan(2);
  });

  // Of each page the first one always.
  const now = snippets.filter(({ title }) => SLOW || title.endsWith(', 1'));
  it.each(now)('$title runs', ({ code }) => {
    const file = join(cwd, 'snippet.mjs');
    writeFileSync(file, code);
    const { status, stderr } = spawnSync(process.execPath, [file], { cwd, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});
