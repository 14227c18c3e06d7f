import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { listRuns } from '../../src/runs/run-folder.js';
import { newOwner } from '../../src/files/lease-owner.js';
import { HAS_NATIVE } from '../support/backends.js';
import { BIN, startCli, type RunningCli } from '../support/cli.js';
import { eventsOf } from '../support/events.js';
import { hasNamespaces } from '../support/namespaces.js';
import { preloaded } from '../support/preload.js';
import { differences, runContents } from '../support/run-contents.js';
import { resumeSmall, trainSmall } from '../support/small-run.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let count = 0;
const fresh = (): string => join(folder, String(count++));
/** The rate of an epoch does not depend on how many there are. */
const SMALL =
  '--limit 200 --batch-size 20 --units 4 --latent-size 6 --threads 1 --learning-rate-decay 0'.split(
    ' ',
  );
/** Only what is saved at the end is saved. */
const LONG = [...SMALL, '--epochs', '5000', '--checkpoint-every', '5000'];

const running = new Set<RunningCli>();
afterEach(() => {
  for (const { child } of running) child.kill('SIGKILL');
  running.clear();
});

async function underWay(
  out: string,
  wrap: string[] = [],
  more: string[] = [],
): Promise<RunningCli> {
  const training = startCli(['train', ...LONG, '--out', out, ...more], { wrap });
  running.add(training);
  while (!/epoch +2\/|"epoch":2/.test(training.stdout())) await sleep(20);
  return training;
}

describe('a training that gets a signal saves', () => {
  it.each([
    ...['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGXCPU', 'SIGINT', 'SIGALRM'],
    // macOS does not have it.
    ...(process.platform === 'linux' ? ['SIGPWR'] : []),
    // As clusters announce the end and then ask for it, and a limit on processor time says it every second.
    ...['SIGUSR1 SIGTERM', 'SIGXCPU SIGXCPU SIGXCPU', 'SIGTERM SIGHUP'],
  ])('%s', async (names) => {
    const out = fresh();
    const { child, outcome } = await underWay(out);
    for (const name of names.split(' ')) child.kill(name as NodeJS.Signals);
    const { code, stdout, stderr } = await outcome;
    expect([code, stderr]).toEqual([
      130,
      'stopping after this step and saving; again to leave at once\n',
    ]);
    expect(stdout).toMatch(/interrupted and saved after .*\ngan-mnist train --resume .* goes on/);
    const [run] = listRuns(out);
    const done = Number(/after (\d+) epochs/.exec(stdout)?.[1]);
    expect(readdirSync(run)).not.toContain('lock');
    await resumeSmall(run, { epochs: done + 1 });
    const whole = await trainSmall(fresh(), { epochs: done + 1, seed: undefined });
    const others = differences(runContents(whole.folder), runContents(run));
    // Those that a training of the library's inner part does not draw.
    expect(others.toSorted()).toEqual(['evolution.gif', 'evolution.png', 'losses.png']);
  });

  it.runIf(hasNamespaces())('also as the first process of a container', async () => {
    const out = fresh();
    const training = await underWay(out, ['unshare', '-rpf', '--mount-proc']);
    const inner = execFileSync('pgrep', ['-P', String(training.child.pid)], { encoding: 'utf8' });
    process.kill(Number(inner), 'SIGTERM');
    const { code, stdout } = await training.outcome;
    expect([code, stdout]).toEqual([130, expect.stringContaining('interrupted and saved')]);
    expect(readdirSync(listRuns(out)[0])).not.toContain('lock');
  });

  it('and when its terminal is closed', async () => {
    const out = fresh();
    const command = `${process.execPath} ${BIN} train ${LONG.join(' ')} --out ${out}`;
    // script(1) gives it a terminal, which is gone when script is killed.
    const terminal = spawn('script', ['-qfec', command, '/dev/null'], { stdio: 'ignore' });
    while (!existsSync(join(out, '00001-dense', 'samples', 'epoch-0002.png'))) await sleep(20);
    terminal.kill('SIGKILL');
    const lock = join(out, '00001-dense', 'lock');
    while (existsSync(lock)) await sleep(20);
    expect(readdirSync(join(out, '00001-dense', 'checkpoint')).length).toBeGreaterThan(1);
  });
});

describe('a command that has nothing to save', () => {
  it.runIf(hasNamespaces())('ends also as the first process of a container', async () => {
    const { folder: run } = await trainSmall(fresh(), { epochs: 1 });
    const wrap = ['unshare', '-rpf', '--mount-proc'];
    const watching = startCli(['watch', run, '--port', '0'], { wrap });
    running.add(watching);
    while (!/http/.test(watching.stdout())) await sleep(20);
    const inner = execFileSync('pgrep', ['-P', String(watching.child.pid)], { encoding: 'utf8' });
    process.kill(Number(inner), 'SIGTERM');
    expect((await watching.outcome).code).toBe(143);
  });
});

describe('with --json', () => {
  it('the last line says that a command was interrupted which has nothing to save', async () => {
    const watching = startCli(['watch', '--port', '0', '--json'], { cwd: folder });
    running.add(watching);
    while (!/watching/.test(watching.stdout())) await sleep(20);
    watching.child.kill('SIGTERM');
    const { code, stdout } = await watching.outcome;
    expect(code).toBe(143);
    expect(eventsOf(stdout).at(-1)).toEqual({ event: 'interrupted', message: 'interrupted' });
  });

  it('also of one that is left at once', async () => {
    const { child, outcome, stdout } = await underWay(fresh(), [], ['--json']);
    child.kill('SIGSTOP');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    child.kill('SIGCONT');
    const { code } = await outcome;
    expect(code).toBe(130);
    expect(eventsOf(stdout()).at(-1)).toMatchObject({ event: 'interrupted' });
  });
});

describe('a command that writes nothing', () => {
  /** The native engine is loaded when the command is at work. */
  const isAtWork = (pid: number): boolean =>
    readFileSync(`/proc/${pid}/maps`, 'utf8').includes('onnxruntime');

  it.runIf(existsSync('/proc/self/maps') && HAS_NATIVE)(
    'leaves Ctrl-C to the system, which ends it also while it computes',
    async () => {
      const explaining = startCli(['explain', '--model', 'conv']);
      running.add(explaining);
      while (!isAtWork(explaining.child.pid!)) await sleep(5);
      explaining.child.kill('SIGINT');
      const { signal, stdout, stderr } = await explaining.outcome;
      expect([signal, stdout, stderr]).toEqual(['SIGINT', '', '']);
    },
  );
});

describe('a command that is still being read', () => {
  /** Node.js reads the program for as long as a test wants. */
  const slowly = preloaded(`
    import { register } from 'node:module';
    const hook = \`import { writeSync } from 'node:fs';
      export async function resolve(specifier, context, next) {
        if (!specifier.endsWith('/dist/cli.js')) return next(specifier, context);
        writeSync(2, 'reading');
        return new Promise(() => setInterval(() => {}, 1000));
      }\`;
    register('data:text/javascript,' + encodeURIComponent(hook));`);

  it.each([
    ['SIGUSR1', 138],
    ['SIGUSR2', 140],
    ['SIGHUP', 129],
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends by %s, and opens no debugger', async (name, expected) => {
    const starting = startCli(['train', ...LONG, '--out', fresh()], { env: slowly });
    running.add(starting);
    let said = '';
    starting.child.stderr!.on('data', (text: string) => (said += text));
    while (said === '') await sleep(5);
    starting.child.kill(name);
    const { code, stderr } = await starting.outcome;
    expect([code, stderr]).toEqual([expected, 'reading']);
  });
});

describe('who waits for a lock', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('says so, and ends by %s', async (name) => {
    const { folder: run } = await trainSmall(fresh(), { epochs: 1 });
    writeFileSync(
      join(run, 'lock'),
      JSON.stringify({ ...newOwner(), boot: 'other', host: 'gone' }),
    );
    const { child, outcome } = startCli(['train', '--resume', run, '--epochs', '2']);
    let said = '';
    child.stderr!.on('data', (text: string) => (said += text));
    while (!/on gone: waiting up to 60 s for a sign of life/.test(said)) await sleep(20);
    child.kill(name);
    const { code, stderr } = await outcome;
    expect(code).toBe(130);
    expect(stderr).toContain(`interrupted while waiting for ${run}: nothing was changed`);
  });
});
