import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import protobuf from 'protobufjs/minimal.js';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/errors.js';
import { loadGenerator } from '../../src/runs/generator.js';
import { checkOwnFiles } from '../../src/runs/own-files.js';
import { EVENT_FILE } from '../../src/drawings/tensorboard.js';
import { drawRun } from '../../src/drawings/drawings.js';
import { readWatched } from '../../src/web/watch/watched.js';
import { FASTEST } from '../support/backends.js';
import { backendOf, resumeSmall, trainSmall } from '../support/small-run.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { touched } from '../support/touched-paths.js';

vi.mock('node:fs', async (original) =>
  (await import('../support/touched-paths.js')).recording(await original<object>()),
);
vi.mock('node:fs/promises', async (original) =>
  (await import('../support/touched-paths.js')).recording(await original<object>()),
);

const folder = temporaryFolder();
/** What a hostile run would like to have read, overwritten or removed. */
const outside = join(folder, 'outside');
const SECRET = 'the secret';

let whole: string;
beforeAll(async () => {
  whole = (await trainSmall(join(folder, 'outputs'), { epochs: 2 })).folder;
});

let count = 0;
let run: string;
beforeEach(() => {
  run = join(folder, `run-${count++}`);
  cpSync(whole, run, { recursive: true });
  mkdirSync(outside, { recursive: true });
  writeFileSync(join(outside, 'secret'), SECRET);
});

/** All that is done with a run is refused, and nothing outside of it is as much as looked at by its path. */
async function expectRefused(): Promise<void> {
  touched.clear();
  const uses = [
    () => resumeSmall(run, { epochs: 3 }),
    ...[FASTEST, 'cpu'].map(
      (backend) => async () => (await loadGenerator(run, await backendOf(backend))).dispose(),
    ),
    () => drawRun(run, [{} as never]),
    async () => readWatched(run),
  ];
  for (const use of uses) {
    const error = await use().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(basename(run));
  }
  expectUntouched();
}

function expectUntouched(): void {
  expect([...touched].filter((path) => path.startsWith(outside))).toEqual([]);
  expect(readdirSync(outside)).toEqual(['secret']);
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe(SECRET);
}

describe.skipIf(process.platform === 'win32')('a run from a stranger', () => {
  it.each([
    'options.json',
    'log.jsonl',
    'losses.csv',
    'losses.png',
    EVENT_FILE,
    'report.html',
    join('model', 'generator.onnx'),
    join('model', 'generator', 'model.json'),
    join('model', 'generator', 'weights.bin'),
    join('samples', 'epoch-0001.png'),
  ])('in which %s is a link out of it is refused', async (path) => {
    const link = join(run, path);
    writeFileSync(link, '');
    renameSync(link, `${link}-before`);
    symlinkSync(join(outside, 'secret'), link);
    await expectRefused();
  });

  it.each(['samples', 'checkpoint', 'model', join('model', 'generator')])(
    'in which %s is a link to a folder elsewhere is refused, and nothing is removed there',
    async (path) => {
      renameSync(join(run, path), join(run, `${basename(path)}-before`));
      symlinkSync(outside, join(run, path));
      await expectRefused();
    },
  );

  it('with a link to nothing is refused: no file is made there', async () => {
    symlinkSync(join(outside, 'new'), join(run, EVENT_FILE));
    await expectRefused();
  });

  it('with a pipe is refused: nobody waits for it', async () => {
    execFileSync('mkfifo', [join(run, 'model', 'more')]);
    await expectRefused();
  });

  it('may have links within, and be one', () => {
    symlinkSync('epoch-0001.png', join(run, 'samples', 'best.png'));
    symlinkSync(run, `${run}-link`);
    checkOwnFiles(`${run}-link`);
  });

  it.each(['../../outside/secret', join(outside, 'secret'), '..\\secret', 'file:///etc/passwd'])(
    'whose model.json has its weights in %s is refused',
    async (elsewhere) => {
      const path = join(run, 'model', 'generator', 'model.json');
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace('"weights.bin"', JSON.stringify(elsewhere)));
      const cpu = await backendOf('cpu');
      touched.clear();
      await expect(loadGenerator(run, cpu)).rejects.toThrow(/its weights are not those/);
      const others = [...touched].filter((one) => !`${one}${sep}`.startsWith(`${run}${sep}`));
      expect(others).toEqual([]);
      expectUntouched();
    },
  );

  it('whose generator.onnx has weights in another file is refused', async () => {
    const path = join(run, 'model', 'generator.onnx');
    writeFileSync(path, Buffer.concat([readFileSync(path), weightsElsewhere('secret')]));
    await expect(loadGenerator(run, await backendOf(FASTEST))).rejects.toThrow(
      /it has parts that gan-mnist does not write into one/,
    );
  });
});

/** A further part of an ONNX graph: a tensor of 4 numbers whose external_data (13) is the file at `location`. */
function weightsElsewhere(location: string): Uint8Array {
  const writer = protobuf.Writer.create();
  const text = (field: number, value: string) => writer.uint32((field << 3) | 2).string(value);
  const number = (field: number, value: number) => writer.uint32(field << 3).uint32(value);
  const open = (field: number) => writer.uint32((field << 3) | 2).fork();
  open(7);
  open(5);
  number(1, 4);
  number(2, 1);
  text(8, 'extra');
  open(13);
  text(1, 'location');
  text(2, location);
  writer.ldelim();
  number(14, 1);
  writer.ldelim();
  writer.ldelim();
  return writer.finish();
}
