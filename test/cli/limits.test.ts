import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cli, STACK, startCli, type Outcome } from '../support/cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

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
  const within = (megabytes: number, ...args: string[]): Promise<Outcome> =>
    startCli(args, { env: { NODE_OPTIONS: `--max-old-space-size=${megabytes}` } }).outcome;

  it.each([
    ['train', 16, 32],
    ['report', 16, 20],
    ['sample', 11, 12],
  ])('that V8 would end the process for is named: %s', async (command, megabytes, least) => {
    const { code, stderr } = await within(megabytes, command);
    expect([code, stderr]).toEqual([
      1,
      `gan-mnist: the JavaScript heap may have ${megabytes} MB (--max-old-space-size), expected at least ${least} for this command: raise it (NODE_OPTIONS)\n`,
    ]);
  });

  it.each([
    ['train', 32, [...SMALL, '--epochs', '1', '--out', join(folder, 'heap')]],
    ['report', 20, [run]],
    ['sample', 12, ['--run', run, '--out', join(folder, 'heap.png')]],
  ])('is enough where it is not refused: %s', async (command, megabytes, args) => {
    const { code, stderr } = await within(megabytes, command, ...args);
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe.runIf(process.platform === 'linux')('a limit on data (ulimit -d)', () => {
  it.each([
    ['train', 200, 320],
    ['sample', 100, 128],
  ])('that V8 would end the process for is named: %s', async (command, megabytes, least) => {
    const wrap = ['prlimit', `--data=${megabytes * 2 ** 20}`];
    const { code, stderr } = await startCli([command], { wrap }).outcome;
    expect([code, stderr]).toEqual([
      1,
      `gan-mnist: this process may have ${megabytes} MB of data (ulimit -d), expected at least ${least} for this command: raise it\n`,
    ]);
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

describe('the permissions of Node.js', () => {
  const isNew = process.allowedNodeEnvironmentFlags.has('--permission');
  const having = (...flags: string[]): { env: NodeJS.ProcessEnv } => ({
    env: {
      NODE_OPTIONS: [isNew ? '--permission' : '--experimental-permission', ...flags].join(' '),
      NODE_NO_WARNINGS: '1',
    },
  });
  const files = ['--allow-fs-read=*', '--allow-fs-write=*'];
  const all = [...files, '--allow-worker', '--allow-addons'];
  const lack = (flag: string): string => `Node.js' permissions (--permission) lack ${flag} for it`;
  let outputs: string;
  beforeEach(() => (outputs = mkdtempSync(join(folder, 'permitted-'))));
  const train = (...more: string[]): string[] => [
    ...['train', ...SMALL, '--epochs', '1', '--out', outputs],
    ...more,
  ];

  it('are enough to train with files, workers and addons', async () => {
    const { code, stderr } = await startCli(train(), having(...all)).outcome;
    expect([code, stderr]).toEqual([0, '']);
    expect(existsSync(join(outputs, '00001-dense', 'report.html'))).toBe(true);
  });

  it('are named where files may only be read', async () => {
    const { code, stderr } = await startCli(train(), having('--allow-fs-read=*')).outcome;
    expect([code, stderr]).toEqual([
      2,
      `gan-mnist: cannot write ${outputs}: ${lack('--allow-fs-write')}\n`,
    ]);
  });

  it('cost the pictures without workers, and not the training', async () => {
    const { code, stderr } = await startCli(train(), having(...files)).outcome;
    const run_ = join(outputs, '00001-dense');
    expect(code).toBe(0);
    expect(stderr.split('\n')).toEqual([
      expect.stringContaining(`(${lack('--allow-addons')}): use --backend wasm; steps run on wasm`),
      `the pictures and the report are not drawn: ${lack('--allow-worker')}; the run is whole without, and gan-mnist report ${run_} draws them`,
      '',
    ]);
    const report = await startCli(['report', run_], having(...files)).outcome;
    expect([report.code, report.stderr]).toEqual([0, '']);
  });

  it('are looked at once before the runs of a sweep, each of which is a process', async () => {
    const { code, stderr } = await startCli(train('--each-digit'), having(...all)).outcome;
    expect([code, stderr]).toEqual([
      2,
      `gan-mnist: cannot train ${join(outputs, '00001-dense-digits')}, each run in a process: ${lack('--allow-child-process')}\n`,
    ]);
  });

  it.runIf(process.allowedNodeEnvironmentFlags.has('--allow-net'))(
    'are named by what serves a page',
    async () => {
      const { code, stderr } = await startCli(['watch', run, '--port', '0'], having(...all))
        .outcome;
      expect([code, stderr]).toEqual([
        2,
        `gan-mnist: cannot serve a page: ${lack('--allow-net')}\n`,
      ]);
    },
  );
});

describe('an option of Node.js', () => {
  it.each([
    // All that is built in is frozen.
    '--frozen-intrinsics',
    // Errors have no list of calls.
    '--stack-trace-limit=0',
    // An error that native code throws ends the process, though it is caught.
    '--abort-on-uncaught-exception',
    '--no-addons',
    '--disallow-code-generation-from-strings',
    '--disable-proto=throw',
  ])('%s is trained with as it is', async (option) => {
    const env = { NODE_OPTIONS: option, NODE_NO_WARNINGS: '1' };
    const out = join(folder, `with${option}`);
    const args = ['train', ...SMALL, '--epochs', '1', '--backend', 'auto', '--out', out];
    const { code, stderr } = await startCli(args, { env }).outcome;
    const missing: unknown = option === '--no-addons' ? expect.stringContaining('run on wasm') : '';
    expect([code, stderr]).toEqual([0, missing]);
  });
});
