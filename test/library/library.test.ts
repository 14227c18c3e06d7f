import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
/** The built package: its drawings run in a worker, which is a file of its own. */
import {
  evaluate,
  openRun,
  openSweep,
  report,
  resume,
  sweep,
  train,
  UserError,
  writeDataset,
} from '../../dist/index.js';
import { FASTEST } from '../support/backends.js';
import { cli } from '../support/cli.js';
import { differences, runContents } from '../support/run-contents.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const SMALL = { epochs: 2, limit: 60, batchSize: 20, units: 4, latentSize: 6, backend: FASTEST };
const ON = { ...SMALL, threads: 1 };
const FLAGS = `--epochs 2 --limit 60 --batch-size 20 --units 4 --latent-size 6 --backend ${FASTEST} --threads 1`;

const namesIn = (run: string): string[] =>
  readdirSync(run, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('checkpoint'))
    .sort();

it('trains, resumes, opens and draws: the same folder as the command', async () => {
  const [script, command] = [join(folder, 'script'), join(folder, 'command')];
  const epochs: number[] = [];
  const on = { epoch: ({ row }: { row: { epoch: number } }) => void epochs.push(row.epoch) };
  // Undefined options are as good as absent ones.
  const run = await train({ ...ON, outputs: script, name: 'mine', filters: undefined, on });
  expect(run.folder).toBe(join(script, 'mine'));
  await expect(train({ ...ON, outputs: script, name: 'mine' })).rejects.toThrow(
    /--name: \S+mine is there already/,
  );
  expect(epochs).toEqual([1, 2]);
  const { code, stderr } = await cli('train', ...FLAGS.split(' '), '--out', command, '--quiet');
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('gan-mnist:')]);
  const other = join(command, '00001-dense');
  // Whether pictures are drawn in between depends on the clock; at the end all are there.
  expect(namesIn(run.folder)).toEqual(namesIn(other));
  expect(differences(runContents(run.folder), runContents(other))).toEqual([]);

  const stop = new AbortController();
  const step = (): void => stop.abort();
  const halves = await train({
    ...ON,
    outputs: script,
    seed: 2,
    on: { step },
    signal: stop.signal,
  });
  expect(halves.interrupted).toBe(true);
  const description = join(halves.folder, 'options.json');
  const text = readFileSync(description, 'utf8');
  writeFileSync(description, text.replace(/"threads": 1\b/, '"threads": 200'));
  const warnings: string[] = [];
  const warning = (message: string): void => void warnings.push(message);
  expect((await resume({ run: halves.folder, on: { warning } })).epochs).toBe(2);
  expect(warnings[0]).toContain('the run began with 200 threads, of which ');

  const opened = await openRun({ run: 'mine', outputs: script });
  expect(opened.rows.map((row) => row.epoch)).toEqual([1, 2]);
  expect(await opened.generate(3, { seed: 5 })).toHaveLength(3 * 784);
  expect((await report({ run: opened.folder })).at(-1)).toBe(join(opened.folder, 'report.html'));
});

it('plans a sweep and trains one of its runs in this process', async () => {
  const planned = await sweep({ ...SMALL, seed: [1, 2], outputs: join(folder, 'sweep') });
  expect(planned.plan.varied).toEqual(['seed']);
  await planned.runOne(1, { draw: false });
  const again = await openSweep(planned.folder);
  expect(again.status().map(({ state }) => state)).toEqual(['waiting', 'done']);
  expect(again.table().rows[1].slice(0, 3)).toEqual(['1', '2', '2/2']);
  await expect(again.runOne(2)).rejects.toThrow('--index: found 2, expected a whole number');
});

it('stops the runs of a sweep where a follower throws, and throws that on', async () => {
  const planned = await sweep({
    ...SMALL,
    ...{ seed: [1, 2], epochs: 100_000, outputs: join(folder, 'broken') },
  });
  const event = (): void => {
    throw new Error('of the script');
  };
  await expect(planned.run({ jobs: 1, on: { event } })).rejects.toThrow('of the script');
  expect(planned.status().map(({ state }) => state)).toEqual(['stopped', 'waiting']);
});

it.each<[string, () => Promise<unknown>, string]>([
  [
    'an option that no run has',
    () => train({ ...ON, outputs: folder, learningrate: 1 } as object),
    'train: found the unknown option "learningrate"',
  ],
  [
    'one that no sweep has',
    () => sweep({ ...SMALL, outputs: folder, seed: [1, 2], learningrate: 1 } as object),
    'sweep: found the unknown option "learningrate"',
  ],
  [
    'one seed twice',
    () => sweep({ ...SMALL, outputs: folder, seed: [1, 1] }),
    '--seed: found 1 twice, expected other values',
  ],
  [
    'a batch of more images than there are',
    () => sweep({ ...SMALL, outputs: folder, batchSize: [20, 100_000] }),
    'the batch size is 100000; expected a whole number from 1 to ',
  ],
  [
    'no seed',
    () => sweep({ ...SMALL, outputs: folder, seed: [] }),
    '--seed: found no value, expected at least one',
  ],
  [
    'one that resume has not',
    () => resume({ run: 'mine', outputs: join(folder, 'script'), epoch: 3 } as object),
    'resume: found the unknown option "epoch"',
  ],
  [
    'one that evaluate has not',
    () => evaluate({ secondjudge: true } as object),
    'evaluate: found the unknown option "secondjudge"',
  ],
  [
    'no repeats',
    () => evaluate({ repeats: 0 }),
    'evaluate: found repeats = 0, expected a whole number from 1 to 100',
  ],
  [
    'half an image of a digit',
    () => writeDataset({ out: join(folder, 'set'), perDigit: 0.5 }),
    'writeDataset: found perDigit = 0.5, expected a whole number',
  ],
  [
    'a data set without a folder',
    () => writeDataset({} as { out: string }),
    'writeDataset: found out = undefined, expected a folder',
  ],
  [
    'an option of generate where the run is opened',
    () => openRun({ run: 'packaged', backend: 'wasm' } as object),
    'openRun: found the unknown option "backend", expected run, outputs',
  ],
])('refuses %s', async (_, call, message) => {
  const refused = call();
  await expect(refused).rejects.toThrow(UserError);
  await expect(refused).rejects.toThrow(message);
});

it('refuses images and runs at a time that cannot be', async () => {
  const run = await openRun({ run: 'mine', outputs: join(folder, 'script') });
  await expect(run.generate(-1)).rejects.toThrow('generate: found count = -1, expected a whole');
  await expect(run.generate(1, { digit: 10 })).rejects.toThrow(/found digit 10, expected a class/);
  const planned = await sweep({ ...SMALL, seed: [1, 2], outputs: join(folder, 'never') });
  await expect(planned.run({ jobs: 0 })).rejects.toThrow('run: found jobs = 0, expected a whole');
});
