import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import typescript from 'typescript';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProgress, type Progress } from '../../src/terminal/progress.js';
import { VirtualTerminal } from './virtual-terminal.js';

const summary = {
  lines: ['2 epochs in 4s'],
  paths: { samples: 'run/samples', losses: 'run/losses.png' },
};
const row = {
  epoch: 1,
  scalars: { discriminatorLoss: 1.25, generatorLoss: 0.875 },
  imagesPerSecond: 28500.4,
};
const base = { colors: 0, quiet: false, json: false, batchSize: 100 } as const;

/** A display with a clock that the test moves. */
function setUp(columns: number) {
  const terminal = new VirtualTerminal(columns);
  const clock = { seconds: 0 };
  const progress = createProgress({
    ...base,
    stream: terminal.stream,
    totalEpochs: 20,
    stepsPerEpoch: 600,
    now: () => clock.seconds,
  });
  const stepTo = (epoch: number, step: number, seconds: number) => {
    clock.seconds = seconds;
    progress.step({ epoch, step, scalars: { discriminatorLoss: 1.2, generatorLoss: 0.9 } });
  };
  return { terminal, progress, stepTo };
}

const open: Progress[] = [];
afterEach(() => {
  open.splice(0).forEach((progress) => progress.close());
  vi.unstubAllEnvs();
});

describe('progress on a terminal', () => {
  it('shows both bars, the losses, the speed and the time left', async () => {
    const { terminal, progress, stepTo } = setUp(80);
    open.push(progress);
    stepTo(2, 100, 10);
    stepTo(2, 300, 11);
    expect(await terminal.lines()).toEqual([
      'epoch 2/20 ███████████░░░░░░░░░░░░  50%',
      'run        █░░░░░░░░░░░░░░░░░░░░░░   7%',
      'discriminator loss 1.2000',
      'generator loss     0.9000',
      '20,000 images/s    56s left', // 200 steps a second of 100 images; 11,100 steps to go
    ]);
  });

  it.each([80, 40, 41, 30, 12, 3])('keeps every line inside %i columns', async (columns) => {
    const { terminal, progress, stepTo } = setUp(columns);
    open.push(progress);
    stepTo(2, 100, 10);
    stepTo(19, 599, 3600);
    const lines = await terminal.lines();
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line.length).toBeLessThan(columns);
  });

  it('draws at most 15 frames a second', () => {
    const { terminal, progress, stepTo } = setUp(80);
    open.push(progress);
    for (let step = 1; step <= 600; step++) stepTo(1, step, step * 0.005); // 3 seconds
    const frames = terminal.written.split('\x1b[?2026h').length - 1;
    expect(frames).toBeGreaterThan(30);
    expect(frames).toBeLessThanOrEqual(45);
  });

  it('leaves nothing behind when the window changes, and keeps what stood above', async () => {
    const { terminal, progress, stepTo } = setUp(80);
    open.push(progress);
    progress.message('a message');
    let step = 0;
    for (const columns of [80, 40, 100, 60, 40, 80, 40]) {
      await terminal.resize(columns);
      stepTo(1, ++step, step);
      stepTo(1, ++step, step);
      const lines = await terminal.lines();
      expect(lines).toHaveLength(6);
      expect(lines[0]).toBe('a message');
      expect(lines[1]).toMatch(/^epoch 1\/20 /);
    }
  });

  it('does no harm while the new width is not known yet', async () => {
    const { terminal, progress, stepTo } = setUp(80);
    open.push(progress);
    progress.message('a message');
    stepTo(1, 1, 1);
    await terminal.resize(20, false);
    stepTo(1, 2, 2);
    await terminal.resize(20);
    stepTo(1, 3, 3);
    const lines = await terminal.lines();
    expect(lines[0]).toBe('a message');
    expect(lines.slice(-5)).toEqual([
      'epoch 1/20 ░░░░   0',
      'run        ░░░░   0',
      'discriminator loss ',
      'generator loss     ',
      '100 images/s       ',
    ]);
  });

  it('says that the run is drawn, in the place of speed and time left', async () => {
    const { terminal, progress, stepTo } = setUp(80);
    open.push(progress);
    stepTo(20, 300, 10);
    stepTo(20, 600, 11);
    progress.drawing();
    const said = [
      'epoch 20/20 ██████████████████████ 100%',
      'run         ██████████████████████ 100%',
      'discriminator loss 1.2000',
      'generator loss     0.9000',
      'drawing the pictures and the report',
    ];
    expect(await terminal.lines()).toEqual(said);
    await terminal.resize(60);
    expect(await terminal.lines()).toEqual(said);
  });

  it('writes messages above the bars, which stay, and the summary instead of them', async () => {
    const { terminal, progress, stepTo } = setUp(40);
    stepTo(1, 600, 1);
    progress.epoch(row, []);
    progress.message('first\nsecond '.padEnd(60, '.'));
    expect((await terminal.lines()).slice(0, 4)).toEqual([
      'first',
      `second ${'.'.repeat(33)}`,
      '.'.repeat(14),
      'epoch 1/20 ███████████████████████ 100%',
    ]);
    progress.done(summary);
    expect((await terminal.lines()).slice(3)).toEqual([
      '2 epochs in 4s',
      '  samples  run/samples',
      '  losses   run/losses.png',
    ]);
    expect(terminal.listenerCount('resize')).toBe(0);
  });

  it('hides the cursor while it draws and gives it back', () => {
    const { terminal, progress, stepTo } = setUp(80);
    stepTo(1, 1, 1);
    expect(terminal.written).toContain('\x1b[?25l');
    progress.close();
    progress.close();
    expect(terminal.written.split('\x1b[?25h')).toHaveLength(2);
    expect(terminal.written).toMatch(/\x1b\[\?25h$/); // eslint-disable-line no-control-regex
  });

  it('leaves Ctrl-C alone, and gives the cursor back when nobody handles it', async () => {
    const { stdout, signal } = await runWithLiveLines(`
      new LiveLines(process.stdout).draw(['one', 'two']);
      setInterval(() => {}, 1000);
      process.kill(process.pid, 'SIGINT');`);
    expect(signal).toBe('SIGINT');
    expect(stdout).toMatch(/two.*\n\x1b\[\?25h$/s); // eslint-disable-line no-control-regex
  });

  it('leaves Ctrl-C to the handler of the caller', async () => {
    const { stdout, signal } = await runWithLiveLines(`
      const lines = new LiveLines(process.stdout);
      lines.draw(['one', 'two']);
      process.on('SIGINT', () => { lines.close(); console.log('saved'); process.exit(130); });
      setInterval(() => {}, 1000);
      process.kill(process.pid, 'SIGINT');`);
    expect(signal).toBeNull();
    expect(stdout).toMatch(/\x1b\[\?25hsaved\n$/); // eslint-disable-line no-control-regex
  });
});

describe('progress elsewhere', () => {
  /** What a display writes into a pipe. */
  function piped(options: { quiet?: boolean; json?: boolean }, use: (progress: Progress) => void) {
    const stream = new PassThrough();
    use(createProgress({ ...base, ...options, stream, totalEpochs: 2, stepsPerEpoch: 600 }));
    return String(stream.read() ?? '');
  }
  const all = (progress: Progress) => {
    progress.step({ epoch: 1, step: 600, scalars: { discriminatorLoss: 1, generatorLoss: 1 } });
    progress.epoch(row, ['run/samples/epoch-0001.png']);
    progress.message('a message');
    progress.drawing();
    progress.done(summary);
  };

  it('writes a plain line an epoch into a pipe', () => {
    expect(piped({}, all)).toBe(
      [
        'epoch 1/2  discriminator loss 1.2500  generator loss 0.8750  28,500 images/s  run/samples/epoch-0001.png',
        'a message',
        '2 epochs in 4s',
        '  samples  run/samples',
        '  losses   run/losses.png',
        '',
      ].join('\n'),
    );
  });

  it('writes only the final paths when quiet', () => {
    expect(piped({ quiet: true }, all)).toBe('run/samples\nrun/losses.png\n');
  });

  it('writes nothing between the JSON of the caller, and messages to stderr', () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(piped({ json: true }, all)).toBe('');
    expect(stderr.mock.calls).toEqual([['a message\n']]);
    stderr.mockRestore();
  });

  it('moves no cursor on a dumb terminal', async () => {
    vi.stubEnv('TERM', 'dumb');
    const { terminal, progress, stepTo } = setUp(80);
    stepTo(1, 1, 1);
    progress.done(summary);
    expect(terminal.written).not.toContain('\x1b');
  });
});

/** Runs code in a process of its own, since signals and exits are the whole process's. */
function runWithLiveLines(code: string): Promise<{ stdout: string; signal: unknown }> {
  const source = readFileSync('src/terminal/live-lines.ts', 'utf8');
  const { outputText } = typescript.transpileModule(source, {
    compilerOptions: {
      module: typescript.ModuleKind.ESNext,
      target: typescript.ScriptTarget.ES2022,
    },
  });
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--input-type=module', '-e', outputText + code],
      (error, stdout) => {
        resolve({ stdout, signal: error?.signal ?? null });
      },
    );
  });
}
