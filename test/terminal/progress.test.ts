import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import typescript from 'typescript';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProgress, type Progress } from '../../src/terminal/progress.js';
import { isLiveTerminal, Screen } from '../../src/terminal/screen.js';
import { VirtualTerminal } from './virtual-terminal.js';

const row = {
  epoch: 1,
  scalars: { discriminatorLoss: 1.25, generatorLoss: 0.875 },
  imagesPerSecond: 28500.4,
};

/** A display with a clock that the test moves. */
function setUp(columns: number, rows = 16) {
  const terminal = new VirtualTerminal(columns, rows);
  const clock = { seconds: 0 };
  const now = (): number => clock.seconds;
  const screen = new Screen(terminal.stream, { isLive: true, isXtermJs: true, now });
  const progress = createProgress({
    screen,
    now,
    say: (line) => screen.write(`${line}\n`),
    colors: 0,
    batchSize: 100,
    totalEpochs: 20,
    stepsPerEpoch: 600,
  });
  const stepTo = (epoch: number, step: number, seconds: number) => {
    clock.seconds = seconds;
    progress.step({ epoch, step, scalars: { discriminatorLoss: 1.2, generatorLoss: 0.9 } });
  };
  return { terminal, screen, progress, stepTo };
}

const open: Screen[] = [];
afterEach(() => {
  open.splice(0).forEach((screen) => screen.close());
  vi.unstubAllEnvs();
});

describe('progress on a terminal', () => {
  it('shows both bars, the losses, the speed and the time left', async () => {
    const { terminal, screen, stepTo } = setUp(80);
    open.push(screen);
    stepTo(2, 100, 10);
    stepTo(2, 300, 11);
    expect(await terminal.lines()).toEqual([
      '',
      `epoch 2/20 ${'█'.repeat(31)}${'░'.repeat(32)}  50%`,
      `run        ${'█'.repeat(4)}${'░'.repeat(59)}   7%`,
      'discriminator loss 1.2000 ▁▁',
      'generator loss     0.9000 ▁▁',
      '20,000 images/s    56s left', // 200 steps a second of 100 images; 11,100 steps to go
    ]);
  });

  it.each([80, 40, 41, 30, 12, 3])('keeps every line inside %i columns', async (columns) => {
    const { terminal, screen, stepTo } = setUp(columns);
    open.push(screen);
    stepTo(2, 100, 10);
    stepTo(19, 599, 3600);
    const lines = await terminal.lines();
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line.length).toBeLessThan(columns);
  });

  it('draws at most 15 frames a second', () => {
    const { terminal, screen, stepTo } = setUp(80);
    open.push(screen);
    for (let step = 1; step <= 600; step++) stepTo(1, step, step * 0.005); // 3 seconds
    const frames = terminal.written.split('\x1b[?2026h').length - 1;
    expect(frames).toBeGreaterThan(30);
    expect(frames).toBeLessThanOrEqual(45);
  });

  it('leaves nothing behind when the window changes, and keeps what stood above', async () => {
    const { terminal, screen, stepTo } = setUp(80);
    open.push(screen);
    screen.write('a message\n');
    let step = 0;
    for (const columns of [80, 40, 100, 60, 40, 80, 40]) {
      await terminal.resize(columns);
      stepTo(1, ++step, step);
      stepTo(1, ++step, step);
      const lines = await terminal.lines();
      expect(lines).toHaveLength(7);
      expect(lines.slice(0, 2)).toEqual(['a message', '']);
      expect(lines[2]).toMatch(/^epoch 1\/20 /);
    }
  });

  it('does no harm while the new width is not known yet', async () => {
    const { terminal, screen, stepTo } = setUp(80);
    open.push(screen);
    screen.write('a message\n');
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
    const { terminal, screen, progress, stepTo } = setUp(80);
    open.push(screen);
    stepTo(20, 300, 10);
    stepTo(20, 600, 11);
    progress.drawing();
    const said = (width: number): string[] => [
      '',
      `epoch 20/20 ${'█'.repeat(width)} 100%`,
      `run         ${'█'.repeat(width)} 100%`,
      'discriminator loss 1.2000 ▁▁',
      'generator loss     0.9000 ▁▁',
      'drawing the pictures and the report',
    ];
    expect(await terminal.lines()).toEqual(said(62));
    await terminal.resize(60);
    expect(await terminal.lines()).toEqual(said(42));
  });

  it('writes messages above the bars, which stay, and the summary instead of them', async () => {
    const { terminal, screen, progress, stepTo } = setUp(40);
    stepTo(1, 600, 1);
    progress.epoch(row, []);
    screen.write(`${'first\nsecond '.padEnd(60, '.')}\n`);
    expect((await terminal.lines()).slice(0, 5)).toEqual([
      'first',
      `second ${'.'.repeat(33)}`,
      '.'.repeat(14),
      '',
      'epoch 1/20 ███████████████████████ 100%',
    ]);
    screen.close();
    screen.write('done after 2 epochs\n');
    expect((await terminal.lines()).slice(3)).toEqual(['done after 2 epochs']);
    expect(terminal.listenerCount('resize')).toBe(0);
  });

  it('gives the terminal to the shell as it was when Ctrl-Z stops the process, and draws all again afterwards', async () => {
    const { terminal, screen, stepTo } = setUp(80);
    open.push(screen);
    screen.write('a message\n');
    stepTo(1, 1, 1);
    const drawn = await terminal.lines();
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    process.emit('SIGTSTP');
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGSTOP']]);
    kill.mockRestore();
    expect(await terminal.lines()).toEqual(['a message']);
    expect(terminal.written).toMatch(/\x1b\[\?25h$/); // eslint-disable-line no-control-regex
    terminal.write('[1]+  Stopped\n');
    stepTo(1, 2, 2);
    expect(await terminal.lines()).toHaveLength(drawn.length + 1);
    screen.close();
    expect(process.listenerCount('SIGTSTP')).toBe(0);
  });

  it('hides the cursor while it draws and gives it back', () => {
    const { terminal, screen, stepTo } = setUp(80);
    stepTo(1, 1, 1);
    expect(terminal.written).toContain('\x1b[?25l');
    screen.close(true);
    screen.close();
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

describe('samples above the bars', () => {
  const shape = [28, 28, 1] as const;
  /** 64 images, each of one tone. */
  const samples = Uint8Array.from({ length: 64 * 784 }, (_, k) => (Math.floor(k / 784) * 4) % 256);

  it.each([
    [80, 24, 14],
    [80, 15, 7], // one row of them
    [80, 10, 0],
    [14, 24, 0],
  ])('in a window of %i columns and %i rows take %i lines', async (columns, rows, expected) => {
    const { terminal, screen, progress, stepTo } = setUp(columns, rows);
    open.push(screen);
    stepTo(1, 1, 1);
    progress.samples(samples, shape);
    const lines = await terminal.lines();
    const bars = lines.findIndex((line) => line.startsWith('epoch 1/20'));
    expect(bars).toBe(expected === 0 ? 1 : expected + 2);
    expect(lines.length).toBeLessThan(rows);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
  });

  it('grow in place: what is drawn anew overwrites them, and what has not changed is not written', async () => {
    const { terminal, screen, progress, stepTo } = setUp(80, 24);
    open.push(screen);
    stepTo(1, 1, 1);
    progress.samples(samples, shape);
    const before = (await terminal.lines())[1];
    const written = terminal.written.length;
    stepTo(1, 2, 2);
    expect(terminal.written.length - written).toBeLessThan(600);
    progress.samples(
      samples.map((tone) => 255 - tone),
      shape,
    );
    const after = await terminal.lines();
    expect(after).toHaveLength(21);
    expect(after[1]).not.toBe(before);
  });
});

describe('progress elsewhere', () => {
  /** What a display says where the cursor cannot be moved. */
  function said(use: (progress: Progress, screen: Screen) => void): string {
    const stream = new PassThrough();
    const screen = new Screen(stream, { isLive: false });
    const progress = createProgress({
      screen,
      say: (line) => screen.write(`${line}\n`),
      colors: 0,
      batchSize: 100,
      totalEpochs: 2,
      stepsPerEpoch: 600,
    });
    use(progress, screen);
    return String(stream.read() ?? '');
  }

  it('is a plain line per epoch', () => {
    const text = said((progress, screen) => {
      progress.step({ epoch: 1, step: 600, scalars: { discriminatorLoss: 1, generatorLoss: 1 } });
      progress.epoch(row, ['run/samples/epoch-0001.png'], 'diversity 0.90 (real: 1)');
      screen.write('a message\n');
      progress.samples(new Uint8Array(64 * 784), [28, 28, 1]);
      progress.drawing();
      screen.close();
    });
    expect(text).toBe(
      'epoch 1/2  discriminator loss 1.2500  generator loss 0.8750  28,500 images/s  run/samples/epoch-0001.png\na message\n',
    );
  });

  it('moves no cursor on a dumb terminal or in a pipe', () => {
    expect(isLiveTerminal({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(isLiveTerminal({}, { TERM: 'xterm' })).toBe(false);
    expect(isLiveTerminal({ isTTY: true }, { TERM: 'xterm' })).toBe(true);
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
