import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listCheckpoints } from '../../src/runs/checkpoint.js';
import { listRuns } from '../../src/runs/run-folder.js';
import { BIN, cli, STACK, startCli, type RunningCli } from '../support/cli.js';
import { differences, runContents } from '../support/run-contents.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let count = 0;
const fresh = (): string => join(folder, String(count++));

/** At rates that do not fall: a run that goes on beyond its end is then as if that had been its end. */
const SMALL =
  '--limit 200 --batch-size 20 --units 4 --latent-size 6 --threads 1 --learning-rate-decay 0'.split(
    ' ',
  );
/** Longer than any test waits. */
const LONG = [...SMALL, '--epochs', '5000', '--checkpoint-every', '5000'];
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f]/;

let outputs: string;
let printed: string;
beforeAll(async () => {
  outputs = fresh();
  const { code, stdout } = await cli('train', ...SMALL, '--epochs', '2', '--out', outputs);
  expect(code).toBe(0);
  printed = stdout;
});

/** Trainings that a failed test has left. */
const running = new Set<RunningCli>();
afterEach(() => {
  for (const { child } of running) child.kill('SIGKILL');
  running.clear();
});

async function until(is: () => boolean): Promise<void> {
  while (!is()) await sleep(20);
}

/** A training that has done some steps. */
async function underWay(out: string, ...more: string[]): Promise<RunningCli> {
  const training = startCli(['train', ...LONG, '--out', out, ...more]);
  running.add(training);
  await until(() => /epoch +2\//.test(training.stdout()));
  return training;
}

describe('what is printed', () => {
  it('is plain lines where it is no terminal', () => {
    expect(printed).not.toMatch(CONTROL);
    expect(printed).toMatch(/epoch 1\/2 .*\nepoch 2\/2 /);
    expect(printed).toContain(join(outputs, '00001-dense', 'model'));
  });

  it('has no colours with NO_COLOR, and some with FORCE_COLOR', async () => {
    const resume = ['train', '--resume', '--out', outputs, '--epochs'];
    const plain = await startCli([...resume, '3'], { env: { NO_COLOR: '1' } }).outcome;
    expect(plain.stdout).not.toMatch(CONTROL);
    const colored = await startCli([...resume, '4'], { env: { FORCE_COLOR: '1' } }).outcome;
    expect(colored.stdout).toMatch(CONTROL);
  });

  it('has no colours in a pipe where --color asks for images in colour', async () => {
    const plan = ['sweep', 'new', '--color', 'gray', '--seed', '1,2', '--out', fresh()];
    const { code, stdout, stderr } = await startCli(plan).outcome;
    expect(code).toBe(0);
    expect(stdout + stderr).not.toMatch(CONTROL);
  });

  it('is JSON lines and nothing else with --json', async () => {
    const { code, stdout } = await cli(
      'train',
      ...SMALL,
      '--epochs',
      '2',
      '--out',
      fresh(),
      '--json',
    );
    expect(code).toBe(0);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(events.map(({ event }) => event).filter((one) => one !== 'warned')).toEqual([
      'started',
      'epoch',
      'epoch',
      'done',
    ]);
    const run = join(outputs, '00001-dense');
    const sampled = await cli('sample', '--run', run, '--json', '--out', `${fresh()}.png`);
    expect(JSON.parse(sampled.stdout)).toMatchObject({ run, n: 64, seed: 1, columns: 8 });
  });

  it('is the bare path with --quiet', async () => {
    const file = `${fresh()}.png`;
    const run = join(outputs, '00001-dense');
    const { stdout, stderr } = await cli('sample', '--run', run, '--quiet', '--out', file);
    expect([stdout, stderr]).toEqual([`${file}\n`, '']);
    expect(existsSync(file)).toBe(true);
  });

  it('says so where a finished run is resumed, which is left as it is', async () => {
    const run = join(outputs, '00001-dense');
    const times = (): unknown =>
      readdirSync(run, { recursive: true, encoding: 'utf8' })
        .sort()
        .filter((name) => statSync(join(run, name)).isFile())
        .map((name) => [name, statSync(join(run, name)).mtimeMs]);
    const before = times();
    const { code, stdout } = await cli('train', '--resume', '--out', outputs);
    expect(code).toBe(0);
    expect(times()).toEqual(before);
    expect(stdout).toMatch(/has done its \d epochs, nothing is left to do; --epochs/);
  });
});

describe('a run that was killed before its last drawing', () => {
  it('is drawn when it is resumed', async () => {
    const run = join(outputs, '00001-dense');
    const before = runContents(run);
    writeFileSync(join(run, 'losses.png'), 'old');
    rmSync(join(run, 'evolution.gif'));
    writeFileSync(join(run, 'report.html.999999999-0badcafe.tmp'), 'part');
    await cli('train', '--resume', '--out', outputs);
    expect(differences(before, runContents(run))).toEqual([]);
    expect(Object.keys(before)).toContain('evolution.gif');
  });
});

describe.skipIf(process.platform === 'win32')('the process', () => {
  it('leaves at once on a second signal, and the run goes on from its checkpoint', async () => {
    const out = fresh();
    const { child, outcome } = await underWay(out);
    child.kill('SIGINT');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect((await outcome).code).toBe(130);
    const resumed = await cli('train', '--resume', '--out', out, '--epochs', '1', '--quiet');
    expect([0, 2]).toContain(resumed.code);
    expect(resumed.stderr).not.toMatch(STACK);
  });

  it('keeps a second process off its run', async () => {
    const out = fresh();
    const { child, outcome } = await underWay(out);
    const [run] = listRuns(out);
    const { code, stderr } = await cli('train', '--resume', run);
    expect(code).toBe(2);
    expect(stderr).toContain(`${run} is in use by process ${child.pid}: wait for it or stop it`);
    child.kill('SIGKILL');
    await outcome;
    const resumes = await Promise.all(
      [1, 2].map(() => cli('train', '--resume', run, '--epochs', '8', '--quiet')),
    );
    // Started together after a kill, so both find a dead lock: one has it, or they follow one another.
    expect(resumes.map((one) => one.code).filter((one) => one === 0).length).toBeGreaterThan(0);
    for (const one of resumes)
      if (one.code !== 0) expect(one.stderr).toMatch(/in use by process \d+/);
    const again = fresh();
    await cli('train', ...SMALL, '--epochs', '8', '--out', again);
    expect(differences(runContents(run), runContents(listRuns(again)[0]))).toEqual([]);
  });

  it('gives trainings that start together different numbers', async () => {
    const out = fresh();
    const all = Array.from({ length: 4 }, () =>
      cli('train', ...SMALL, '--epochs', '1', '--out', out),
    );
    for (const { code } of await Promise.all(all)) expect(code).toBe(0);
    expect(listRuns(out)).toEqual([1, 2, 3, 4].map((number) => join(out, `0000${number}-dense`)));
    const [first, ...others] = listRuns(out).map(runContents);
    for (const other of others) expect(differences(first, other)).toEqual([]);
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('saves and ends quietly when nobody reads any more', async () => {
    const out = fresh();
    const child = spawn(process.execPath, [BIN, 'train', ...LONG, '--out', out], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdout.destroy();
    expect(await ended).toBe(130);
    expect(stderr).not.toMatch(STACK);
    expect(listCheckpoints(join(listRuns(out)[0], 'checkpoint')).length).toBeGreaterThan(0);
  });

  it('ends with 0 when a reader has seen enough of what needs no saving', () => {
    const text = execFileSync('sh', ['-c', `"${process.execPath}" "${BIN}" --help | head -1; :`]);
    expect(text.toString()).toMatch(/^Usage: gan-mnist/);
  });

  it.skipIf(!existsSync('/dev/full'))('says where its output cannot be written', () => {
    const script = `"${process.execPath}" "${BIN}" data --json --out "${fresh()}.png" > /dev/full`;
    const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    return new Promise<void>((resolve) =>
      child.on('close', (code) => {
        expect(stderr).toContain('gan-mnist: cannot write to stdout: the disk is full\n');
        expect(code).toBe(1);
        resolve();
      }),
    );
  });

  it('ends with 2 where there is no run, or a damaged one', async () => {
    const cwd = fresh();
    mkdirSync(cwd);
    const none = await startCli(['evaluate'], { cwd }).outcome;
    expect(none.stderr).toMatch(
      /^gan-mnist: found no run in outputs, expected one made by gan-mnist train.*\n$/,
    );
    expect(none.code).toBe(2);
    const run = join(cwd, 'outputs', '00001-dense');
    mkdirSync(run, { recursive: true });
    writeFileSync(join(run, 'options.json'), '{}');
    const damaged = await startCli(['sample'], { cwd }).outcome;
    expect(damaged.stderr).toMatch(
      /^gan-mnist: outputs.00001-dense.options.json: found no options, expected.*\n$/,
    );
    expect(damaged.code).toBe(2);
  });
});
