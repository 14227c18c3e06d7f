import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { RunError } from '../../src/errors.js';
import { listCheckpoints } from '../../src/runs/checkpoint.js';
import { decodeTensors, encodeTensors } from '../../src/runs/safetensors.js';
import { readRunDescription } from '../../src/runs/run-description.js';
import { resume } from '../../src/training/resume.js';
import { differences, runContents } from '../support/run-contents.js';
import { backendOf, mnist, resumeSmall, trainSmall } from '../support/small-run.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { COMPILED, FASTEST, HAS_NATIVE } from '../support/backends.js';

const folder = temporaryFolder();
let count = 0;
const fresh = (): string => join(folder, String(count++));

describe.each(COMPILED)('an interrupted run on %s', (backend) => {
  let expected: Record<string, string>;
  beforeAll(async () => {
    expected = runContents((await trainSmall(fresh(), {}, { backend })).folder);
  });

  it('is the same when it is trained twice', async () => {
    const again = runContents((await trainSmall(fresh(), {}, { backend })).folder);
    expect(differences(expected, again)).toEqual([]);
    expect(Object.keys(again).sort()).toEqual([
      'checkpoint',
      'log.jsonl',
      'losses.csv',
      join('model', 'discriminator', 'model.json'),
      join('model', 'discriminator', 'weights.bin'),
      join('model', 'generator.onnx'),
      join('model', 'generator', 'model.json'),
      join('model', 'generator', 'weights.bin'),
      'real.png',
      join('samples', 'epoch-0001.png'),
      join('samples', 'epoch-0002.png'),
      join('samples', 'epoch-0003.png'),
      'walk.png',
    ]);
  });

  it.each([
    ['in the middle of an epoch', [14]],
    ['before the end of the first epoch', [3]],
    ['at an epoch’s end', [10]],
    ['just before an epoch’s end', [19]],
    ['twice in one epoch', [12, 4]],
    ['three times', [1, 13, 9]],
  ])('goes on as if nothing had been: %s', async (_, stops) => {
    const [first, ...later] = stops;
    const begun = await trainSmall(fresh(), {}, { backend, steps: first });
    expect(begun.interrupted).toBe(true);
    for (const steps of later) await resumeSmall(begun.folder, {}, { backend, steps });
    const { interrupted } = await resumeSmall(begun.folder, {}, { backend });
    expect(interrupted).toBe(false);
    expect(differences(expected, runContents(begun.folder))).toEqual([]);
  });

  it('goes on from the checkpoint before a damaged one, which is named', async () => {
    const { folder: run } = await trainSmall(fresh(), {}, { backend, steps: 24 });
    const [, newest] = listCheckpoints(join(run, 'checkpoint'));
    truncateSync(newest, statSync(newest).size - 1);
    // Killed while it wrote: parts of files under temporary names.
    writeFileSync(`${newest}.999999999-0badcafe.tmp`, 'part');
    writeFileSync(join(run, 'losses.csv.999999999-0badcafe.tmp'), 'part');
    appendFileSync(join(run, 'log.jsonl'), '{"epoch":3,"st');
    const warned: string[] = [];
    await resumeSmall(run, {}, { backend, on: { warning: (text) => warned.push(text) } });
    expect(warned.filter((text) => text.includes(newest))).toHaveLength(1);
    expect(differences(expected, runContents(run))).toEqual([]);
    expect(
      listCheckpoints(join(run, 'checkpoint')).map((path) => /-(\d+)-/.exec(path)![1]),
    ).toEqual(['00000020', '00000030']);
  });

  it('goes on beyond its end as if that had been its end', async () => {
    const options = { sampleEvery: 3, learningRateDecay: 0 };
    const longer = await trainSmall(fresh(), { ...options, epochs: 7 }, { backend });
    const { folder: run } = await trainSmall(fresh(), { ...options, epochs: 4 }, { backend });
    expect(readdirSync(join(run, 'samples'))).toEqual(['epoch-0003.png', 'epoch-0004.png']);
    await resumeSmall(run, { epochs: 7 }, { backend });
    expect(differences(runContents(longer.folder), runContents(run))).toEqual([]);
    expect(readRunDescription(run).options.epochs).toBe(7);
  });

  it('needs no checkpoint of every epoch', async () => {
    const how = { backend, checkpointEvery: 2 };
    const { folder: run } = await trainSmall(fresh(), {}, { ...how, steps: 15 });
    await resumeSmall(run, {}, { backend });
    expect(differences(expected, runContents(run))).toEqual([]);
  });
});

/** 10 steps an epoch. */
const CONV = {
  ...{ model: 'conv', units: undefined, digit: 7 },
  ...{ filters: 2, baseChannels: 4, batchSize: 20 },
};

describe.each(COMPILED)('an interrupted convolutional run on %s', (backend) => {
  let expected: Record<string, string>;
  beforeAll(async () => {
    expected = runContents((await trainSmall(fresh(), CONV, { backend })).folder);
  });

  it('goes on as if nothing had been: at an epoch’s end, and twice in the next', async () => {
    const { folder: run } = await trainSmall(fresh(), CONV, { backend, steps: 10 });
    for (const steps of [4, 3]) await resumeSmall(run, {}, { backend, steps });
    expect((await resumeSmall(run, {}, { backend })).interrupted).toBe(false);
    expect(differences(expected, runContents(run))).toEqual([]);
  });

  it('goes on as if nothing had been: while it wrote a checkpoint', async () => {
    const { folder: run } = await trainSmall(fresh(), CONV, { backend, steps: 24 });
    const [, newest] = listCheckpoints(join(run, 'checkpoint'));
    renameSync(newest, `${newest}.999999999-0badcafe.tmp`);
    await resumeSmall(run, {}, { backend });
    expect(differences(expected, runContents(run))).toEqual([]);
  });
});

describe('resume', () => {
  let run: string;
  beforeAll(async () => {
    run = (await trainSmall(fresh())).folder;
  });

  it('leaves a finished run as it is', async () => {
    const all = (): unknown[] =>
      readdirSync(run, { recursive: true, encoding: 'utf8' })
        .sort()
        .map((path) => [
          path,
          statSync(join(run, path)).isFile() && statSync(join(run, path)).mtimeMs,
        ]);
    const before = all();
    const { rows, seconds } = await resumeSmall(run);
    expect([rows.length, seconds]).toEqual([3, 0]);
    expect(all()).toEqual(before);
  });

  it('names the epochs whose lines of the log are damaged, and goes on without them', async () => {
    const damaged = fresh();
    cpSync(run, damaged, { recursive: true });
    const log = join(damaged, 'log.jsonl');
    writeFileSync(log, readFileSync(log, 'utf8').replace('{"epoch":2,', '{"epoch":'));
    const warned: string[] = [];
    const on = { warning: (text: string) => void warned.push(text) };
    const { epochs, rows } = await resumeSmall(damaged, { epochs: 4 }, { on });
    expect(warned.join('\n')).toMatch(/no whole line of epoch 2 is left/);
    expect([epochs, rows.map((row) => row.epoch)]).toEqual([4, [1, 3, 4]]);
    expect(readdirSync(join(damaged, 'samples'))).toHaveLength(4);
  });

  it('leaves the user’s own files among the samples alone', async () => {
    const own = fresh();
    cpSync(run, own, { recursive: true });
    writeFileSync(join(own, 'samples', 'mine.png'), 'mine');
    mkdirSync(join(own, 'samples', 'best'));
    writeFileSync(join(own, 'samples', 'epoch-0009.png'), 'of an epoch to come');
    await resumeSmall(own, { epochs: 4 });
    expect(readdirSync(join(own, 'samples')).sort()).toEqual([
      'best',
      ...[1, 2, 3, 4].map((epoch) => `epoch-000${epoch}.png`),
      'mine.png',
    ]);
  });

  it('reads checkpoints of gan-mnist 0.1, which hold the rows of the log', async () => {
    const old = fresh();
    cpSync(run, old, { recursive: true });
    const folderOf = join(old, 'checkpoint');
    const [path] = listCheckpoints(folderOf).slice(-1);
    const { tensors, metadata } = decodeTensors(new Uint8Array(readFileSync(path)), path);
    const { epochs, ...rest } = JSON.parse(metadata['gan-mnist']) as Record<string, unknown>;
    expect(epochs).toBe(3);
    const rows = readFileSync(join(old, 'log.jsonl'), 'utf8').trim().split('\n');
    const header = { ...rest, rows: rows.map((line) => JSON.parse(line) as unknown) };
    const bytes = encodeTensors(tensors, { 'gan-mnist': JSON.stringify(header) });
    for (const other of listCheckpoints(folderOf)) rmSync(other);
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    writeFileSync(join(folderOf, `step-00000030-${digest}.safetensors`), bytes);
    const expected = fresh();
    cpSync(run, expected, { recursive: true });
    for (const one of [old, expected]) await resumeSmall(one, { epochs: 5 });
    expect(differences(runContents(expected), runContents(old))).toEqual([]);
  });

  it('refuses to end before what is done', async () => {
    await expect(resumeSmall(run, { epochs: 2 })).rejects.toThrow(
      /--epochs: found 2, expected at least the 3/,
    );
  });

  it('refuses other data', async () => {
    const name = 'train-images-idx3-ubyte';
    const other = { ...mnist, digests: { ...mnist.digests, [name]: 'f'.repeat(64) } };
    const context = { mnist: other, backend: await backendOf(FASTEST) };
    await expect(resume({ folder: run }, context)).rejects.toThrow(
      new RegExp(`${name} has the SHA-256 f+, expected ba891046`),
    );
  });

  it('refuses a run without a whole checkpoint, naming each', async () => {
    const damaged = fresh();
    cpSync(run, damaged, { recursive: true });
    for (const path of listCheckpoints(join(damaged, 'checkpoint'))) writeFileSync(path, 'no');
    const warned: string[] = [];
    const on = { warning: (text: string) => void warned.push(text) };
    await expect(resumeSmall(damaged, {}, { on })).rejects.toThrow(/found no whole checkpoint/);
    expect(warned).toHaveLength(2);
  });

  it('passes over a checkpoint of other options', async () => {
    const [small, large] = [fresh(), await trainSmall(fresh(), { units: 5, epochs: 4 })];
    cpSync(run, small, { recursive: true });
    for (const path of listCheckpoints(join(large.folder, 'checkpoint')))
      cpSync(path, join(small, 'checkpoint', path.split(/[\\/]/).at(-1)!));
    const warned: string[] = [];
    const on = { warning: (text: string) => void warned.push(text) };
    await resumeSmall(small, {}, { on });
    expect(warned.join()).toMatch(/does not fit the run's options/);
  });

  it.skipIf(!HAS_NATIVE)(
    'says when the numbers will not be those of the backend that it began on',
    async () => {
      const warned: string[] = [];
      const on = { warning: (text: string) => void warned.push(text) };
      await resumeSmall(run, {}, { backend: 'wasm', on });
      expect(warned.join()).toMatch(/the run began with onnxruntime-node .* last digits/);
    },
  );

  it('refuses options.json that says what no run can have', async () => {
    const hostile = fresh();
    cpSync(run, hostile, { recursive: true });
    const path = join(hostile, 'options.json');
    const text = readFileSync(path, 'utf8');
    for (const [from, to] of [
      ['"units": 4', '"units": 1e9'],
      ['"threads": 1', '"threads": -1'],
      [`"${FASTEST}"`, '"gpu"'],
      ['"checkpointEvery": 1', '"checkpointEvery": 0'],
      ['"source": ', '"folder": 7, "source": '],
    ]) {
      expect(text).toContain(from);
      writeFileSync(path, text.replace(from, to));
      await expect(resumeSmall(hostile)).rejects.toThrow(path);
    }
  });
});

describe('a run whose folder is deleted while it trains', () => {
  it.each(['', 'checkpoint'])('says so, also while parts of it are there: %j', async (part) => {
    let gone = '';
    const deleted = trainSmall(
      fresh(),
      { epochs: 50 },
      {
        on: {
          started: ({ folder: run }) => void (gone = join(run, part)),
          epoch: () => rmSync(gone, { recursive: true, force: true }),
        },
      },
    );
    await expect(deleted).rejects.toThrow(RunError);
    await expect(deleted).rejects.toThrow(`${gone.replace(/\/$/, '')} is gone: it was deleted or`);
  });
});
