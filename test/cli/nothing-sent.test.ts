import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { cli, startCli } from '../support/cli.js';
import { HAS_NATIVE } from '../support/backends.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const SMALL = '--limit 200 --batch-size 20 --units 4 --latent-size 6 --threads 1 --quiet'.split(
  ' ',
);

function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-f', '-qq', '-e', 'trace=none', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log('not traced: strace is not installed, or may not trace here');
    return false;
  }
}

/** What the calls of a trace say that a process did outside of a folder: sockets but those of its own pipes, and files written. */
function outside(trace: string, inside: string): string[] {
  const network = /\b(connect|sendto|sendmsg|bind)\(/;
  const local = /AF_UNIX|AF_NETLINK/;
  const written =
    /\b(?:open|openat|creat)\((?:AT_FDCWD, )?"([^"]+)".*O_(?:WRONLY|RDWR|CREAT)|\b(?:mkdir|unlink|rename)(?:at)?\((?:AT_FDCWD, )?"([^"]+)"/;
  return trace.split('\n').filter((line) => {
    if (network.test(line)) return !local.test(line);
    const path = written.exec(line)?.slice(1).find(Boolean);
    return (
      path !== undefined && !path.startsWith('/dev/') && !resolve(inside, path).startsWith(inside)
    );
  });
}

/** As it is for a user: this process has loaded the library itself, and so has turned it off for its children. */
const homeAt = (HOME: string): NodeJS.ProcessEnv => ({ HOME, ORT_DISABLE_TELEMETRY: undefined });

const COMMANDS = (inside: string): string[][] => [
  ['train', ...SMALL, '--epochs', '2', '--out', join(inside, 'outputs')],
  ['sample', '--run', join(inside, 'outputs', '00001-dense'), '--out', join(inside, 'grid.png')],
];

/** The other commands, in the folder of {@link COMMANDS}. */
const OTHERS: readonly string[][] = [
  ...['data', 'runs', 'report', 'explain', 'interpolate --steps 2'],
  ...['evaluate --quick --images 200', 'dataset --per-digit 2 --out set'],
  ...['compare 00001-dense a-copy', 'project grid.png'],
  ...['sweep new --seed 1,2 --limit 200 --batch-size 20 --units 4 --epochs 1'],
  ...[
    'sweep run outputs/00002-dense-sweep --jobs 2',
    'sweep run outputs/00002-dense-sweep --index 0',
  ],
  ...['sweep status', 'sweep table', 'sweep script --for slurm', 'runs remove 00001-dense --yes'],
].map((line) => line.split(' '));

describe('nothing is sent', () => {
  it.runIf(hasStrace())('no look-up, no connection, no file outside the run', async () => {
    const inside = join(folder, 'traced');
    for (const name of ['home', 'outputs']) mkdirSync(join(inside, name), { recursive: true });
    for (const args of [...COMMANDS(inside), ...OTHERS]) {
      if (args[0] === 'compare')
        cpSync(join(inside, 'outputs/00001-dense'), join(inside, 'outputs/a-copy'), {
          recursive: true,
        });
      const trace = join(folder, 'calls.trace');
      const wrap = ['strace', '-f', '-qq', '-s', '300', '-e', 'trace=network,file', '-o', trace];
      const env = homeAt(join(inside, 'home'));
      const { code, stderr } = await startCli(args, { wrap, env, cwd: inside }).outcome;
      expect([args, code, stderr]).toEqual([args, 0, expect.any(String)]);
      expect(outside(readFileSync(trace, 'utf8'), inside)).toEqual([]);
      expect(readdirSync(join(inside, 'home'))).toEqual([]);
    }
  });

  it('nothing is left in the home folder', async () => {
    const inside = join(folder, 'plain');
    const home = join(inside, 'home');
    mkdirSync(home, { recursive: true });
    for (const args of COMMANDS(inside)) {
      const { code, stderr } = await startCli(args, { env: homeAt(home) }).outcome;
      expect([code, stderr]).toEqual([0, expect.not.stringContaining('onnxruntime')]);
    }
    expect(readdirSync(home, { recursive: true })).toEqual([]);
  });

  it('and without a home folder nothing is said of it', async () => {
    const inside = join(folder, 'homeless');
    const [train] = COMMANDS(inside);
    const { code, stderr } = await startCli(train, { env: homeAt('/nonexistent') }).outcome;
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('onnxruntime')]);
    expect((await cli('report', join(inside, 'outputs', '00001-dense'))).code).toBe(0);
  });

  it.runIf(HAS_NATIVE)('native refuses a thread in which it cannot be turned off', async () => {
    const entry = new URL('../../dist/index.js', import.meta.url).href;
    const script = `import('${entry}').then(({ loadBackend }) => loadBackend('native', 1)).then(
      () => require('node:worker_threads').parentPort.postMessage('loaded'),
      (error) => require('node:worker_threads').parentPort.postMessage(error.message))`;
    const said = (env: NodeJS.ProcessEnv): Promise<unknown> =>
      new Promise((done, failed) =>
        new Worker(script, { eval: true, env }).once('message', done).once('error', failed),
      );
    expect(await said({})).toMatch(/telemetry cannot be turned off from a worker thread: set ORT_/);
    expect(await said({ ORT_DISABLE_TELEMETRY: '1' })).toBe('loaded');
  });
});
