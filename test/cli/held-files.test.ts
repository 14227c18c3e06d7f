import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cli, STACK, startCli } from '../support/cli.js';
import { failing, preloaded } from '../support/preload.js';
import { differences, runContents } from '../support/run-contents.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let count = 0;
const fresh = (): string => join(folder, String(count++));
const SMALL =
  '--limit 200 --batch-size 20 --units 4 --latent-size 6 --threads 1 --learning-rate-decay 0'.split(
    ' ',
  );
const runIn = (outputs: string): string => join(outputs, '00001-dense');

let undisturbed: string;
beforeAll(async () => {
  undisturbed = fresh();
  expect((await cli('train', ...SMALL, '--epochs', '4', '--out', undisturbed)).code).toBe(0);
});

const expectSame = (outputs: string): void =>
  expect(differences(runContents(runIn(undisturbed)), runContents(runIn(outputs)))).toEqual([]);

describe('a file that somebody has open', () => {
  it('for a moment (EPERM, EACCES, EBUSY) is waited for', async () => {
    const outputs = fresh();
    const env = failing([
      { call: 'rename', path: 'weights\\.bin$', code: 'EPERM', from: 3, to: 5 },
      { call: 'rename', path: 'weights\\.bin$', code: 'EACCES', from: 8, to: 10 },
      { call: 'rename', path: 'weights\\.bin$', code: 'EBUSY', from: 13, to: 15 },
    ]);
    const args = ['train', ...SMALL, '--epochs', '4', '--out', outputs];
    const outcome = await startCli(args, { env }).outcome;
    expect([outcome.code, outcome.stderr]).toEqual([0, expect.not.stringContaining('cannot')]);
    expectSame(outputs);
  });

  it('for long ends no training: losses.csv is behind, and then whole again', async () => {
    const outputs = fresh();
    const env = failing([{ call: 'open', path: 'losses\\.csv$', code: 'EBUSY', from: 1, to: 9 }]);
    const args = ['train', ...SMALL, '--epochs', '4', '--out', outputs];
    const { code, stderr } = await startCli(args, { env }).outcome;
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /cannot write .*losses\.csv: another program has it open.*; the training goes on, and its next epoch tries again/,
    );
    expectSame(outputs);
  });

  it('and is the log: that is said before an epoch is trained that it could not take', async () => {
    const outputs = fresh();
    cpSync(undisturbed, outputs, { recursive: true });
    const env = failing([{ call: 'open', path: 'log\\.jsonl$', code: 'EACCES', from: 2 }]);
    const args = ['train', '--resume', runIn(outputs), '--epochs', '5'];
    const { code, stderr } = await startCli(args, { env }).outcome;
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^gan-mnist: cannot write .*log\.jsonl: permission denied\n$/m),
    ]);
    expectSame(outputs);
  });

  it('and is the log, for a moment, is waited for', async () => {
    const outputs = fresh();
    // It is opened in the draft, when the training begins, and for each epoch.
    const env = failing([
      { call: 'open', path: 'log\\.jsonl$', code: 'EACCES', from: 3, to: 5 },
      { call: 'open', path: 'log\\.jsonl$', code: 'EBUSY', from: 8, to: 9 },
    ]);
    const args = ['train', ...SMALL, '--epochs', '4', '--out', outputs];
    const { code, stderr } = await startCli(args, { env }).outcome;
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('cannot')]);
    expectSame(outputs);
  });

  it('and is an old checkpoint, stays until the next epoch', async () => {
    const outputs = fresh();
    const env = failing([{ call: 'unlink', path: 'step-.*\\.safetensors$', code: 'EBUSY', to: 1 }]);
    const args = ['train', ...SMALL, '--epochs', '4', '--out', outputs];
    const { code, stderr } = await startCli(args, { env }).outcome;
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/cannot remove .*step-00000000-.*; the training goes on/),
    ]);
    expectSame(outputs);
  });

  it('and is the lock, which cannot be removed at the end, costs nothing', async () => {
    const outputs = fresh();
    const env = failing([{ call: 'unlink', path: 'lock$', code: 'EROFS' }]);
    const args = ['train', ...SMALL, '--epochs', '2', '--out', outputs];
    const { code, stdout, stderr } = await startCli(args, { env }).outcome;
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('cannot')]);
    expect(stdout).toMatch(/done after 2 epochs/);
    const resume = ['train', '--resume', '--epochs', '4', '--out', outputs];
    const again = await cli(...resume);
    expect([again.code, again.stderr]).toEqual([0, expect.stringMatching(/is taken over from/)]);
    expectSame(outputs);
  });

  it.each(['report\\.html$', 'losses\\.png$', 'evolution\\.gif$'])(
    'and is drawn (%s) costs a warning: the summary is printed and the exit code is 0',
    async (path) => {
      const outputs = fresh();
      const env = failing([{ call: 'rename', path, code: 'EIO' }]);
      const args = ['train', ...SMALL, '--epochs', '2', '--out', outputs];
      const { code, stdout, stderr } = await startCli(args, { env }).outcome;
      expect(code).toBe(0);
      expect(stderr).toMatch(/are not drawn: cannot write .*; the run is whole without, and gan-/);
      expect(stdout).toMatch(/done after 2 epochs/);
      expect(existsSync(join(runIn(outputs), 'lock'))).toBe(false);
    },
  );

  it('and is the report: no path to it is given, and the warning is an event too', async () => {
    const outputs = fresh();
    const env = failing([{ call: 'rename', path: 'report\\.html$', code: 'EIO' }]);
    const args = ['train', ...SMALL, '--epochs', '2', '--json', '--out', outputs];
    const { code, stdout } = await startCli(args, { env }).outcome;
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(0);
    expect(events).toContainEqual(
      expect.objectContaining({
        event: 'warned',
        message: expect.stringMatching(
          /the report are not drawn: cannot write .*report\.html/,
        ) as unknown,
      }),
    );
    expect(events.at(-1)).toMatchObject({
      event: 'done',
      paths: { model: join(runIn(outputs), 'model') },
    });
    expect(events.at(-1)).not.toHaveProperty('paths.report');
  });

  it('keeps what a command has computed beside it', async () => {
    const out = join(folder, 'grid.png');
    writeFileSync(out, 'held');
    const env = failing([
      { call: 'rename', path: 'grid\\.png$', code: 'EPERM' },
      { call: 'open', path: 'grid\\.png$', code: 'EPERM' },
    ]);
    const args = ['sample', '--run', runIn(undisturbed), '--n', '4', '--out', out];
    const { code, stderr } = await startCli(args, { env }).outcome;
    const kept = join(folder, 'grid.new.png');
    expect([code, stderr]).toEqual([
      2,
      `gan-mnist: cannot write ${out}: operation not permitted; what was to be written is in ${kept}\n`,
    ]);
    expect(readFileSync(out, 'utf8')).toBe('held');
    expect(readFileSync(kept).subarray(1, 4).toString()).toBe('PNG');
  });
});

describe('a folder that takes nothing away again', () => {
  it('is named for what it is, before anything is drawn', async () => {
    const out = join(folder, 'grid-for-ever.png');
    const env = failing([{ call: 'unlink', path: '\\.tmp$', code: 'EPERM' }]);
    const args = ['sample', '--run', runIn(undisturbed), '--n', '4', '--out', out];
    const { code, stderr } = await startCli(args, { env }).outcome;
    expect([code, stderr]).toEqual([
      2,
      `gan-mnist: cannot write ${out}: operation not permitted\n`,
    ]);
  });
});

describe('a file system without', () => {
  it('hard links (EPERM, ENOSYS, ENOTSUP) has runs as any other', async () => {
    const outputs = fresh();
    const env = failing([
      { call: 'link', path: '', code: 'EPERM', to: 1 },
      { call: 'link', path: '', code: 'ENOSYS', from: 2, to: 2 },
      { call: 'link', path: '', code: 'ENOTSUP', from: 3 },
    ]);
    const args = ['train', ...SMALL, '--epochs', '2', '--out', outputs];
    expect((await startCli(args, { env }).outcome).code).toBe(0);
    const resume = ['train', '--resume', '--epochs', '4', '--out', outputs];
    expect((await startCli(resume, { env }).outcome).code).toBe(0);
    expectSame(outputs);
  });
});

describe('what dies beside a training', () => {
  it('the drawing thread: the training finishes and says what is missing', async () => {
    const outputs = fresh();
    const env = preloaded(`
      import { isMainThread, parentPort } from 'node:worker_threads';
      if (!isMainThread) parentPort?.on('message', () => { throw new Error('out of memory'); });`);
    const args = ['train', ...SMALL, '--epochs', '4', '--out', outputs];
    const { code, stdout, stderr } = await startCli(args, { env }).outcome;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/drawing thread died: out of mem/)]);
    expect(stderr).not.toMatch(STACK);
    expect(stdout).toMatch(/done after 4 epochs/);
    expect(existsSync(join(runIn(outputs), 'lock'))).toBe(false);
    expectSameButDrawings(outputs);
  });
});

const DRAWN = ['losses.png', 'evolution.png', 'evolution.gif'];
const expectSameButDrawings = (outputs: string): void =>
  expect(
    differences(runContents(runIn(undisturbed)), runContents(runIn(outputs))).toSorted(),
  ).toEqual(DRAWN.toSorted());

describe('a sample grid that was cut off', () => {
  it.each([0, 10, 1000])('at %s bytes does not stop the run from going on', async (bytes) => {
    const outputs = fresh();
    cpSync(undisturbed, outputs, { recursive: true });
    truncateSync(join(runIn(outputs), 'samples', 'epoch-0001.png'), bytes);
    const { code, stdout, stderr } = await cli(
      'train',
      '--resume',
      runIn(outputs),
      '--epochs',
      '5',
    );
    expect([code, stderr]).toEqual([0, expect.stringMatching(/epoch-0001\.png is no whole PNG/)]);
    expect(stdout).toMatch(/done after 5 epochs/);
    // What is proposed at the end works.
    const report = await cli('report', runIn(outputs));
    expect([report.code, report.stderr]).toEqual([0, expect.stringMatching(/leave it out/)]);
  });
});

describe('what a cloud drive or an archive adds', () => {
  it('stays as it is, and the run goes on to the same bytes', async () => {
    const outputs = fresh();
    const args = ['train', ...SMALL, '--epochs', '2', '--out', outputs];
    expect((await cli(...args)).code).toBe(0);
    const run = runIn(outputs);
    const copies = readdirSync(run, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => {
        const copy = join(parentPath, name.replace(/(\.[^.]+)?$/, ' (conflicted copy)$1'));
        writeFileSync(copy, 'of another machine');
        return copy;
      });
    expect((await cli('train', '--resume', run, '--epochs', '4')).code).toBe(0);
    for (const copy of copies) {
      expect(readFileSync(copy, 'utf8'), copy).toBe('of another machine');
      rmSync(copy);
    }
    expectSame(outputs);
  });
});

describe('what an archive leaves out', () => {
  it('are folders without files, which are made again', async () => {
    const outputs = fresh();
    cpSync(undisturbed, outputs, { recursive: true });
    for (const name of ['samples', 'model'])
      rmSync(join(runIn(outputs), name), { recursive: true });
    const { code, stderr } = await cli('train', '--resume', runIn(outputs), '--epochs', '5');
    expect([code, stderr]).toEqual([0, '']);
    expect(readdirSync(join(runIn(outputs), 'samples'))).toEqual(['epoch-0005.png']);
    const whole = readdirSync(join(runIn(undisturbed), 'model'), { recursive: true });
    expect(readdirSync(join(runIn(outputs), 'model'), { recursive: true }).sort()).toEqual(
      whole.sort(),
    );
  });
});

describe('a folder in the way of what follows from a run', () => {
  it('is named, and the training goes on', async () => {
    const outputs = fresh();
    cpSync(undisturbed, outputs, { recursive: true });
    const events = join(runIn(outputs), 'events.out.tfevents.gan-mnist');
    rmSync(events);
    mkdirSync(events);
    const { code, stderr } = await cli('train', '--resume', runIn(outputs), '--epochs', '5');
    expect([code, stderr]).toEqual([0, expect.stringMatching(/TensorBoard's events end before/)]);
  });
});
