import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PACKAGED_RUN } from '../../src/runs/packaged.js';
import { startCli, type Outcome } from '../support/cli.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'gan-mnist-packaged-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...words: string[]): Promise<Outcome> =>
  startCli([...words, '--threads', '1'], { cwd: folder }).outcome;

describe('the generator in the package', () => {
  it('takes at most 2 MB', () => {
    expect(statSync(join(PACKAGED_RUN, 'model', 'generator.onnx')).size).toBeLessThan(2_000_000);
  });

  it('is what sample draws from where there is no run, and says so; its files are the user’s', async () => {
    const { code, stdout } = await run('sample', '--n', '20', '--each-digit');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /20 samples of the generator in the package, .*\n {2}picture {5}outputs\/packaged\/sample-each-digit-n20-seed1\.png/,
    );
    expect(existsSync(join(folder, 'outputs', 'packaged', 'sample-each-digit-n20-seed1.png'))).toBe(
      true,
    );
    expect(readdirSync(PACKAGED_RUN).sort()).toEqual(['model', 'options.json']);
  });

  it('makes digits that the judge recognises', async () => {
    const { code, stdout } = await run(
      ...['evaluate', '--run', 'packaged', '--quick', '--images', '1000', '--json'],
    );
    expect(code).toBe(0);
    const { figures } = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
      figures: { recognised: { value: number } };
    };
    // 99.3% of 10,000; of 1,000 that is within 0.9% of it but once in a thousand times.
    expect(figures.recognised.value).toBeGreaterThan(0.984);
  });

  it('writes a labelled set when it is named', async () => {
    const set = join(folder, 'set');
    const { code } = await run(
      ...['dataset', '--run', 'packaged', '--per-digit', '6', '--out', set],
    );
    expect(code).toBe(0);
    const manifest = JSON.parse(readFileSync(join(set, 'manifest.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({ run: 'packaged' });
  });

  it.each(['evaluate', 'dataset'])(
    'is not what %s takes where it is not named',
    async (command) => {
      const { code, stderr } = await run(command);
      expect([code, stderr]).toEqual([2, expect.stringContaining('found no run in outputs')]);
    },
  );
});
