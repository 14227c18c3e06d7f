import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cli, STACK, startCli, type Outcome } from '../support/cli.js';
import { temporaryFolder } from '../support/small-run.js';

/** Limits of the machine on a process: addresses (ulimit -v) and threads (ulimit -u). */

const folder = temporaryFolder();
const SMALL = '--limit 200 --batch-size 20 --units 4 --latent-size 6 --threads 1 --quiet'.split(
  ' ',
);
const run = join(folder, 'outputs', '00001-dense');
beforeAll(async () => {
  const args = ['train', ...SMALL, '--epochs', '1', '--out', join(folder, 'outputs')];
  expect((await cli(...args)).code).toBe(0);
});

/** V8 keeps 10 GB of addresses free for each WebAssembly memory. */
const within = (gigabytes: number, args: readonly string[]): Promise<Outcome> =>
  startCli(args, { wrap: ['prlimit', `--as=${gigabytes * 2 ** 30}`] }).outcome;

describe.runIf(process.platform === 'linux')('a limit on addresses', () => {
  const sentence =
    /^gan-mnist: [^\n]*this process may have 7\.0 GB of addresses \(ulimit -v\)[^\n]*NODE_OPTIONS=--disable-wasm-trap-handler[^\n]*\n$/;

  it.each([
    ['train', [...SMALL, '--epochs', '1', '--out', join(folder, 'none')]],
    ['report', [run]],
    [
      'sample',
      ['--run', run, '--backend', 'wasm', '--threads', '2', '--out', join(folder, 'x.png')],
    ],
  ])('is named with what helps, by %s, which ends', async (command, args) => {
    const { code, stderr } = await within(7, [command, ...args]);
    expect([code, stderr.replace(/^--threads: found 2[^\n]*\n/, '')]).toEqual([
      1,
      expect.stringMatching(sentence),
    ]);
    expect(stderr).not.toMatch(STACK);
  });

  it('that leaves no room to draw costs the pictures and not the training', async () => {
    const outputs = join(folder, 'undrawn');
    const args = ['train', ...SMALL, '--epochs', '1', '--out', outputs];
    const { code, stderr } = await within(30, args);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /the report are not drawn: this process may have 30\.0 GB of addresses/,
      ),
    ]);
    expect(existsSync(join(outputs, '00001-dense', 'model', 'generator.onnx'))).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('a limit on open files', () => {
  it('that is too low to read the program is named', async () => {
    const wrap = ['prlimit', '--nofile=32'];
    const { code, stderr } = await startCli(['sample', '--n', '1'], { wrap }).outcome;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^gan-mnist: too many files .*\n$/)]);
  });
});

describe('a limit on the JavaScript heap', () => {
  it('that V8 would end the process for is named', async () => {
    const env = { NODE_OPTIONS: '--max-old-space-size=12' };
    const { code, stderr } = await startCli(['train', '--out', folder], { env }).outcome;
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^gan-mnist: the JavaScript heap may have \d+ MB, expected at least .*\n$/,
      ),
    ]);
  });

  it('is enough at 64 MB', async () => {
    const env = { NODE_OPTIONS: '--max-old-space-size=64' };
    const args = ['train', ...SMALL, '--epochs', '1', '--out', join(folder, 'heap')];
    const { code, stderr } = await startCli(args, { env }).outcome;
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('what Node.js is started without', () => {
  it('is WebAssembly: named', async () => {
    const env = { NODE_OPTIONS: '--jitless' };
    const { code, stderr } = await startCli(['sample', '--out', 'x.png'], { env }).outcome;
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^(Warning: .*\n)?gan-mnist: this Node\.js has no WebAssembly: .*\n$/),
    ]);
  });

  it.runIf(process.platform === 'linux')('is a folder: named', async () => {
    const gone = join(folder, 'gone');
    const wrap = ['sh', '-c', `mkdir ${gone}; cd ${gone}; rmdir ${gone}; exec "$@"`, 'sh'];
    const { code, stderr } = await startCli(['sample', '--n', '1'], { wrap }).outcome;
    expect([code, stderr]).toEqual([
      2,
      'gan-mnist: the folder that this was started in is gone: start it in another one\n',
    ]);
  });
});
