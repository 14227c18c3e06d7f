import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedEvent } from '../support/events.js';
import { decodePng } from '../../src/images/png.js';
import { differences, runContents } from '../support/run-contents.js';
import { idxDigits, idxLabels } from '../support/sets.js';

/** The built program, as users have it: its drawings run in a worker, which is a file of its own. */
const CLI = [resolve(import.meta.dirname, '../../bin/gan-mnist.js')];
const TINY = ['--units', '2', '--batch-size', '4', '--latent-size', '3', '--backend', 'wasm'];

/** Runs of what stands for the ten of MNIST. */
const DIGITS = 3;
let folder: string;
let data: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gan-mnist-'));
  data = join(folder, 'data');
  writeData(data, DIGITS);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Eight images of each of the first digits, dark to light. */
function writeData(to: string, digits: number): void {
  const labels = Uint8Array.from({ length: digits * 8 }, (_, k) => k % digits);
  const images = Uint8Array.from({ length: labels.length * 784 }, (_, k) => k % 251);
  spawnSync('mkdir', ['-p', to]);
  for (const set of ['train', 't10k']) {
    writeFileSync(join(to, `${set}-images-idx3-ubyte`), idxDigits(images));
    writeFileSync(join(to, `${set}-labels-idx1-ubyte`), idxLabels(labels));
  }
}

const run = (...args: string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [...CLI, ...args], { cwd: folder, encoding: 'utf8' });

interface Event {
  event: string;
  digit?: number;
  epoch?: number;
  message?: string;
  run?: string;
}
const events = ({ stdout }: { stdout: string }): Event[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => checkedEvent(JSON.parse(line)) as Event);

const ROWS = 'outputs/00001-dense-digits';

describe('train --each-digit', () => {
  it('refuses what cannot be, before anything is made', () => {
    const refused: [string[], RegExp][] = [
      [['--digit', '10'], /there is no 10 among the 60000 images; expected a class from 0 to 9/],
      [['--each-digit', '--digit', '3'], /--digit and --each-digit: found both/],
      [['--each-digit', '--jobs', '0'], /--jobs: found "0", expected a whole number from 1 to 256/],
      [['--jobs', '2'], /--jobs: found it without --each-digit/],
    ];
    for (const [args, message] of refused) {
      const { status, stderr } = run('train', ...args);
      expect(stderr).toMatch(message);
      expect(status).toBe(2);
    }
    writeData(join(folder, 'nine'), 9);
    const { status, stderr } = run('train', '--data', 'nine', '--digit', '9', ...TINY);
    expect(stderr).toMatch(/there is no 9 among the 72 images; expected a class from 0 to 8/);
    expect(status).toBe(2);
    expect(readdirSync(folder)).not.toContain('outputs');
  });

  it('trains a run of each digit in one folder and tells of each', () => {
    const result = run(
      'train',
      '--each-digit',
      '--jobs',
      '3',
      '--threads',
      '3',
      '--data',
      data,
      '--epochs',
      '1',
      '--json',
      ...TINY,
    );
    expect(result.stderr).not.toMatch(/gan-mnist:/);
    expect(result.status).toBe(0);
    const heard = events(result);
    for (let digit = 0; digit < DIGITS; digit++) {
      const mine = heard.filter((event) => event.digit === digit && event.event !== 'warned');
      expect(mine.map(({ event }) => event)).toEqual(['started', 'epoch', 'done']);
      expect(readdirSync(join(folder, ROWS, `digit-${digit}`))).toEqual(
        expect.arrayContaining([
          'checkpoint',
          'log.jsonl',
          'losses.csv',
          'model',
          'options.json',
          'samples',
        ]),
      );
    }
    expect(heard.at(-1)).toMatchObject({ event: 'done', command: 'train', run: ROWS });
    const text = readFileSync(join(folder, ROWS, 'digit-2', 'options.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ options: { digit: 2 }, backend: { threads: 1 } });
  });

  it('gives a digit the bytes that --digit alone gives it', () => {
    expect(
      run('train', '--digit', '2', '--threads', '1', '--data', data, '--epochs', '1', ...TINY)
        .status,
    ).toBe(0);
    const weights = (of: string): Buffer =>
      readFileSync(join(folder, of, 'model/generator/weights.bin'));
    expect(weights('outputs/00002-dense-digit-2').equals(weights(`${ROWS}/digit-2`))).toBe(true);
  });

  it('goes on with what is missing or unfinished; one that fails is named, and the others finish', () => {
    rmSync(join(folder, ROWS, 'digit-1'), { recursive: true });
    writeFileSync(join(folder, ROWS, 'digit-2', 'options.json'), '{');
    const broken = run('train', '--resume', ROWS, '--jobs', '2', '--json');
    expect(broken.status).toBe(1);
    expect(broken.stderr).toMatch(/digit 2 failed.*--resume/);
    const heard = events(broken);
    expect(new Set(heard.map(({ digit }) => digit))).toEqual(new Set([1, 2, undefined]));
    expect(heard.find(({ event }) => event === 'failed')).toMatchObject({
      digit: 2,
      message: expect.stringMatching(/options\.json/) as string,
    });

    rmSync(join(folder, ROWS, 'digit-2'), { recursive: true });
    const further = run('train', '--resume', ROWS, '--epochs', '2', '--jobs', '2');
    expect(further.status).toBe(0);
    for (let digit = 0; digit < DIGITS; digit++)
      expect(further.stdout).toMatch(new RegExp(`digit ${digit}  epoch 2/2`));
    expect(further.stdout).not.toMatch(/digit 0 {2}epoch 1\/2/);
    expect(further.stdout).toMatch(/digit 2 {2}epoch 1\/2/);
  });

  it('stops all and saves at an interrupt, and says how to go on', async () => {
    const child = spawn(
      process.execPath,
      [...CLI, 'train', '--resume', ROWS, '--epochs', '100000', '--jobs', '2', '--json'],
      { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    let stdout = '';
    let sent = false;
    child.stdout.on('data', (some: Buffer) => {
      stdout += some.toString();
      if (sent || stdout.split('"event":"epoch"').length < 4) return;
      sent = true;
      child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(130);
    const heard = events({ stdout });
    const started = heard.filter(({ event }) => event === 'started');
    expect(
      heard.filter(({ event, digit }) => event === 'interrupted' && digit !== undefined),
    ).toHaveLength(started.length);
    expect(heard.at(-1)).toMatchObject({ event: 'interrupted', command: 'train' });
  });

  it('goes on after an interrupt to the bytes of an undisturbed training', async () => {
    // Of two digits: one is under way when it is interrupted, and one has not begun.
    writeData(join(folder, 'two'), 2);
    const training = ['train', '--each-digit', '--epochs', '4', '--jobs', '1', '--data', 'two'];
    const [whole, halves] = ['whole', 'halves'];
    expect(run(...training, ...TINY, '--out', whole).status).toBe(0);
    const args = [...CLI, ...training, ...TINY, '--json', '--out', halves];
    const child = spawn(process.execPath, args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
    expect(run('train', '--resume', '--jobs', '1', '--out', halves).status).toBe(0);
    for (let digit = 0; digit < 2; digit++) {
      const [a, b] = [whole, halves].map((outputs) =>
        runContents(join(folder, outputs, '00001-dense-digits', `digit-${digit}`)),
      );
      expect(differences(a, b)).toEqual([]);
    }
  });

  it('refuses fewer epochs than are done, which changes nothing', () => {
    const file = join(folder, ROWS, 'sweep.json');
    const before = readFileSync(file, 'utf8');
    const { status, stderr } = run('train', '--resume', ROWS, '--epochs', '1');
    expect(stderr).toMatch(/--epochs: found 1, expected at least the \d+ that .* has done/);
    expect(status).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('refuses a second process on the folder, which changes nothing', async () => {
    const long = ['--epochs', '100000', '--jobs', '1'];
    const args = [...CLI, 'train', '--resume', ROWS, ...long, '--json'];
    const child = spawn(process.execPath, args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const { status, stderr } = run('train', '--resume', ROWS, '--epochs', '200000');
    expect(stderr).toMatch(new RegExp(`in use by process ${child.pid}:`));
    expect(status).toBe(2);
    const { runs } = JSON.parse(readFileSync(join(folder, ROWS, 'sweep.json'), 'utf8')) as {
      runs: { options: { epochs: number } }[];
    };
    expect(runs[0].options.epochs).toBe(100000);
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
  });
});

describe('sample', () => {
  const size = (file: string): [number, number] => {
    const { width, height } = decodePng(readFileSync(join(folder, file)), file);
    return [width, height];
  };

  it('draws one digit from the run that has it', () => {
    const { status, stdout } = run('sample', '--n', '4', '--digit', '1', '--json', '--run', ROWS);
    expect(status).toBe(0);
    expect(events({ stdout })[0].run).toBe(`${ROWS}/digit-1`);
    const single = run('sample', '--n', '4', '--digit', '2', '--json');
    expect(events(single)[0].run).toBe('outputs/00002-dense-digit-2');
    const other = run('sample', '--digit', '1', '--run', 'outputs/00002-dense-digit-2');
    expect(other.stderr).toMatch(/a model of the digit 2, expected a run of 1/);
    expect(other.status).toBe(2);
  });

  it('draws a row a digit', () => {
    expect(run('sample', '--n', '12', '--each-digit', '--out', 'rows.png').status).toBe(0);
    const [width, height] = size('rows.png');
    expect(Math.round((4 * height) / width)).toBe(DIGITS); // 4 columns of square tiles
    expect(run('sample', '--n', '13', '--each-digit').stderr).toMatch(
      /--n: found 13, expected a multiple of 3/,
    );
    expect(run('sample', '--digit', '3', '--each-digit').status).toBe(2);
  });
});
