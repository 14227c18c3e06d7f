import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

let outputs: string;
beforeAll(() => (outputs = mkdtempSync(join(tmpdir(), 'gan-mnist-pictures-'))));
afterAll(() => rmSync(outputs, { recursive: true }));

const run = (...words: string[]): string =>
  execFileSync(process.execPath, ['bin/gan-mnist.js', ...words], { encoding: 'utf8' });

it('draws a resumed run as an uninterrupted one, byte for byte', () => {
  const rate = ['--learning-rate-decay', '0']; // which would fall otherwise over another run
  const options = ['--limit', '300', '--batch-size', '100', '--threads', '1', '--out', outputs];
  run('train', '--epochs', '3', ...rate, ...options);
  run('train', '--epochs', '1', ...rate, ...options);
  run('train', '--resume', '00002-dense', '--epochs', '3', '--out', outputs, '--threads', '1');
  for (const name of ['losses.png', 'evolution.png', 'evolution.gif']) {
    const [whole, resumed] = ['00001-dense', '00002-dense'].map((folder) =>
      readFileSync(join(outputs, folder, name)),
    );
    expect(resumed.equals(whole), name).toBe(true);
  }
  const report = readFileSync(join(outputs, '00002-dense', 'report.html'), 'utf8');
  expect(report).toContain('after 3 of 3 epochs (9 steps)');
});
