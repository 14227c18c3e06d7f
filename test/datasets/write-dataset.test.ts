import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { readFileSync, readlinkSync, renameSync, rmSync, statSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import yauzl from 'yauzl';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { partsOf } from '../../src/datasets/counts.js';
import { FORMATS, type Format } from '../../src/datasets/format.js';
import type { Manifest } from '../../src/datasets/manifest.js';
import { writeDataset } from '../../src/datasets/write-dataset.js';
import { Interrupted, UserError } from '../../src/errors.js';
import { Lease } from '../../src/files/lease.js';
import { newOwner } from '../../src/files/lease-owner.js';
import { DIGIT_SHAPE, TEN } from '../support/sets.js';
import { numberedSource, readNumbered } from './numbered-source.js';

const COUNTS = partsOf([7, 30, 0, 1, 0, 0, 0, 0, 12, 50]);
const TRAIN = 100;
const TEST = 2 + 5 + 1 + 2 + 9;
const made = {
  run: 'outputs/00001-dense',
  models: { 'model/generator.onnx': 'abc' },
  latentScale: 1,
  library: 'x',
};

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'gan-mnist-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (format: Format, out: string, force = false, source = numberedSource()) =>
  writeDataset(source, {
    out,
    force,
    format,
    shape: DIGIT_SHAPE,
    classes: TEN,
    counts: COUNTS,
    seed: 5,
    made,
  });

type Image = { label: number; pixels: ArrayLike<number> };
const split = (labels: ArrayLike<number>, images: Uint8Array): Image[] =>
  Array.from(labels, (label, k) => ({ label, pixels: images.subarray(784 * k, 784 * k + 784) }));

/** The entries of a zip file, by a reader that is not the writer's. */
function unzip(path: string): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      const entries = new Map<string, Buffer>();
      zip.on('entry', (entry: yauzl.Entry) =>
        zip.openReadStream(entry, (failure, stream) => {
          if (failure) return reject(failure);
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.on('end', () => {
            entries.set(entry.fileName, Buffer.concat(chunks));
            zip.readEntry();
          });
        }),
      );
      zip.on('end', () => resolve(entries));
      zip.on('error', reject);
      zip.readEntry();
    });
  });
}

/** https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
function parseNpy(bytes: Buffer): { shape: number[]; data: Uint8Array } {
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00');
  const headerBytes = 10 + bytes.readUInt16LE(8);
  expect(headerBytes % 64).toBe(0);
  const header = bytes.subarray(10, headerBytes).toString('latin1');
  const match = /^\{'descr': '\|u1', 'fortran_order': False, 'shape': \(([\d, ]+)\), \} *\n$/.exec(
    header,
  );
  const shape = match![1].split(',').filter((x) => x.trim() !== '');
  return { shape: shape.map(Number), data: bytes.subarray(headerBytes) };
}

const READ: Record<Format, (out: string) => Promise<{ train: Image[]; test: Image[] }>> = {
  idx: async (out) => {
    const { train, test } = await loadImages(out);
    return {
      train: split(train.labels!, pixelsOf(train)),
      test: split(test!.labels!, pixelsOf(test!)),
    };
  },
  csv: async (out) => {
    const part = (name: string): Image[] => {
      const [header, ...lines] = readFileSync(join(out, name), 'utf8').trimEnd().split('\n');
      expect(header).toMatch(/^label,pixel0,pixel1,.*,pixel783$/);
      return lines.map((line) => {
        const [label, ...pixels] = line.split(',').map(Number);
        expect(pixels).toHaveLength(784);
        return { label, pixels };
      });
    };
    return { train: part('train.csv'), test: part('test.csv') };
  },
  png: async (out) => {
    const part = (name: string): Image[] =>
      readdirSync(join(out, name)).flatMap((digit) =>
        readdirSync(join(out, name, digit)).map((file) => {
          const png = decode(readFileSync(join(out, name, digit, file)));
          expect([png.width, png.height, png.channels, png.depth]).toEqual([28, 28, 1, 8]);
          return { label: Number(digit), pixels: png.data };
        }),
      );
    return { train: part('train'), test: part('test') };
  },
  npz: async (out) => {
    const entries = await unzip(join(out, 'digits.npz'));
    expect([...entries.keys()]).toEqual(['x_train.npy', 'y_train.npy', 'x_test.npy', 'y_test.npy']);
    const part = (name: string, count: number): Image[] => {
      const images = parseNpy(entries.get(`x_${name}.npy`)!);
      const labels = parseNpy(entries.get(`y_${name}.npy`)!);
      expect([images.shape, labels.shape]).toEqual([[count, 28, 28], [count]]);
      return split(labels.data, images.data);
    };
    return { train: part('train', TRAIN), test: part('test', TEST) };
  },
  parquet: async (out) => {
    const part = async (name: string): Promise<Image[]> => {
      const file = await asyncBufferFromFile(join(out, `${name}-00000-of-00001.parquet`));
      const { key_value_metadata: pairs } = await parquetMetadataAsync(file);
      expect(JSON.parse(pairs!.find(({ key }) => key === 'huggingface')!.value!)).toMatchObject({
        info: { features: { label: { names: TEN, _type: 'ClassLabel' } } },
      });
      const rows = (await parquetReadObjects({ file, utf8: false })) as {
        image: { bytes: Uint8Array; path: string };
        label: bigint;
      }[];
      return rows.map(({ image, label }) => {
        const png = decode(image.bytes);
        expect([png.width, png.height, png.channels, png.depth]).toEqual([28, 28, 1, 8]);
        return { label: Number(label), pixels: png.data };
      });
    };
    return { train: await part('train'), test: await part('test') };
  },
};

describe.each(FORMATS)('a data set as %s', (format) => {
  it('holds the counts that were asked for, each image once and with its label', async () => {
    const out = join(folder, format);
    await write(format, out);
    const { train, test } = await READ[format](out);
    expect([train.length, test.length]).toEqual([TRAIN, TEST]);
    for (const [images, counts] of [
      [train, COUNTS.train],
      [test, COUNTS.test],
    ] as const) {
      const found = new Array<number>(10).fill(0);
      for (const { label, pixels } of images) {
        expect(readNumbered(pixels).digit).toBe(label);
        found[label]++;
      }
      expect(found).toEqual(counts);
    }
    const numbers = [...train, ...test].map(({ pixels }) => readNumbered(pixels).number);
    expect(new Set(numbers).size).toBe(TRAIN + TEST);
  });

  it('is the same bytes twice, with the digests of all files in its manifest', async () => {
    const [one, two] = [join(folder, `${format}-1`), join(folder, `${format}-2`)];
    await write(format, one);
    await write(format, two);
    const text = readFileSync(join(one, 'manifest.json'), 'utf8');
    expect(readFileSync(join(two, 'manifest.json'), 'utf8')).toBe(text);
    const manifest = JSON.parse(text) as Manifest;
    const digest = (path: string): string =>
      createHash('sha256').update(readFileSync(path)).digest('hex');
    for (const { name, sha256, bytes } of manifest.files) {
      expect(digest(join(two, name))).toBe(sha256);
      expect(readFileSync(join(two, name))).toHaveLength(bytes);
    }
    expect(manifest).toMatchObject({ format, ...made, seed: 5, counts: COUNTS });
    if (format !== 'png') return;
    const sums = readFileSync(join(two, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    expect(sums).toHaveLength(TRAIN + TEST);
    for (const line of sums.slice(0, 20)) {
      const [sum, name] = line.split('  ');
      expect(digest(join(two, name))).toBe(sum);
    }
  });
});

describe('the order of a data set', () => {
  it('is mixed', async () => {
    const out = join(folder, 'mixed');
    await write('idx', out);
    const labels = [...(await loadImages(out)).train.labels!];
    expect(labels).not.toEqual(labels.toSorted((a, b) => a - b));
    // Every tenth has some of the most frequent digit: 50 of 100 are nines.
    for (let k = 0; k < 100; k += 10) expect(labels.slice(k, k + 10)).toContain(9);
  });
});

describe('where a data set goes', () => {
  it('is refused without force where there is one, and replaced with it', async () => {
    const out = join(folder, 'twice');
    await write('idx', out);
    await expect(write('csv', out)).rejects.toThrow(
      new UserError(
        `--out: found another data set in ${out}, expected a new or empty folder (--force replaces the data set)`,
      ),
    );
    expect(existsSync(join(out, 't10k-labels-idx1-ubyte'))).toBe(true);
    await write('csv', out, true);
    expect(readdirSync(out).toSorted()).toEqual(['manifest.json', 'test.csv', 'train.csv']);
    await write('png', out, true);
    await write('idx', out, true);
    expect(readdirSync(out)).toHaveLength(5);
  });

  it('is refused even with force where there is anything else', async () => {
    const out = join(folder, 'papers');
    mkdirSync(out);
    writeFileSync(join(out, 'thesis.txt'), 'years of work');
    await expect(write('idx', out, true)).rejects.toThrow(/found thesis\.txt in .* did not write/);
    const mixed = join(folder, 'mixed-with-papers');
    await write('idx', mixed);
    writeFileSync(join(mixed, 'notes.txt'), 'mine');
    await expect(write('idx', mixed, true)).rejects.toThrow(/found notes\.txt/);
    const alien = join(folder, 'alien');
    mkdirSync(alien);
    writeFileSync(join(alien, 'manifest.json'), '{"kind": "web app", "files": []}');
    await expect(write('idx', alien, true)).rejects.toThrow(/found manifest\.json/);
    const file = join(folder, 'file');
    writeFileSync(file, 'x');
    await expect(write('idx', file, true)).rejects.toThrow(UserError);
  });

  it('may be an empty folder, and is made with its parents', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await write('csv', empty);
    await write('csv', join(folder, 'deep', 'er'));
    expect(readdirSync(join(folder, 'deep'))).toEqual(['er']);
  });

  it.each(FORMATS)(
    'holds nothing, and nothing is beside it, where %s fails half-way',
    async (format) => {
      const inner = join(folder, `failing-${format}`);
      mkdirSync(inner);
      const failing = write(format, join(inner, 'set'), false, numberedSource(105));
      await expect(failing).rejects.toThrow('the source failed');
      expect(readdirSync(inner)).toEqual([]);
    },
  );

  it('has nothing beside it that a dead process left', async () => {
    const inner = join(folder, 'left');
    const out = join(inner, 'set');
    mkdirSync(inner);
    for (const name of ['.set-unfinished-dead', '.set-unfinished-alive', '.other-unfinished-dead'])
      mkdirSync(join(inner, name));
    const dead = { ...newOwner(), pid: spawnSync(process.execPath, ['--version']).pid };
    for (const name of ['.set-unfinished-dead', '.other-unfinished-dead'])
      writeFileSync(join(inner, name, 'lock'), JSON.stringify(dead));
    const lease = await Lease.take(join(inner, '.set-unfinished-alive'));
    await write('csv', out);
    lease.release();
    expect(readdirSync(inner).toSorted()).toEqual(
      ['.other-unfinished-dead', '.set-unfinished-alive', 'set'].toSorted(),
    );
  });

  /** An exchange as a process left it that was killed after so many of its moves: those of the old entries, then the new ones'. */
  async function killedWithin(out: string, moves: number): Promise<void> {
    await write('csv', out);
    const fresh = join(folder, 'fresh');
    await write('idx', fresh);
    const sealFirst = (names: string[]): string[] => [
      'manifest.json',
      ...names.filter((name) => name !== 'manifest.json').toSorted(),
    ];
    const before = sealFirst(readdirSync(out));
    const after = sealFirst(readdirSync(fresh)).toReversed();
    const aside = join(out, '.replacing-1');
    const hidden = join(out, '.unfinished-1');
    renameSync(fresh, hidden);
    mkdirSync(aside);
    writeFileSync(join(aside, '.new.json'), JSON.stringify(after));
    for (const name of before.slice(0, moves)) renameSync(join(out, name), join(aside, name));
    if (moves <= before.length) return;
    const all = join(out, '.replaced-1');
    renameSync(aside, all);
    for (const name of after.slice(0, moves - before.length - 1))
      renameSync(join(hidden, name), join(out, name));
  }

  it.each(Array.from({ length: 10 }, (_, moves) => moves))(
    'is the old one or the new one where a process was killed after %s of the moves between them',
    async (moves) => {
      const out = join(folder, `moves-${moves}`);
      await killedWithin(out, moves);
      writeFileSync(join(out, '.DS_Store'), 'mine');
      await expect(write('idx', out)).rejects.toThrow(/--force replaces/);
      const whole = moves === 9 ? 'train-images-idx3-ubyte' : 'train.csv';
      const names = readdirSync(out);
      expect(names).toContain(whole);
      expect(names).toHaveLength(moves === 9 ? 6 : 4);
      await write('png', out, true);
      expect(readdirSync(out).toSorted()).toEqual(
        ['.DS_Store', 'SHA256SUMS', 'manifest.json', 'test', 'train'].toSorted(),
      );
    },
  );

  it('stays the same folder, with its mode, where it was there', async () => {
    const out = join(folder, 'same');
    mkdirSync(out);
    chmodSync(out, 0o2775);
    const link = join(folder, 'link');
    symlinkSync('same', link);
    const { ino, mode } = statSync(out);
    await write('csv', link);
    await write('idx', link, true);
    expect(readlinkSync(link)).toBe('same');
    expect([statSync(out).ino, statSync(out).mode]).toEqual([ino, mode]);
    expect(readdirSync(out)).toContain('t10k-labels-idx1-ubyte');
  });

  it('is where a link leads that led to nothing', async () => {
    symlinkSync('far/away', join(folder, 'dangling'));
    await write('csv', join(folder, 'dangling'));
    expect(readdirSync(join(folder, 'far', 'away'))).toContain('train.csv');
  });

  it('keeps the one that is there where its replacement fails or is interrupted', async () => {
    const inner = join(folder, 'kept');
    const out = join(inner, 'set');
    await write('csv', out);
    const before = readFileSync(join(out, 'manifest.json'), 'utf8');
    await expect(write('idx', out, true, numberedSource(3))).rejects.toThrow('failed');
    const signal = AbortSignal.abort();
    const request = {
      out,
      force: true,
      format: 'idx',
      shape: DIGIT_SHAPE,
      classes: TEN,
      counts: COUNTS,
      seed: 5,
      made,
      signal,
    } as const;
    await expect(writeDataset(numberedSource(), request)).rejects.toThrow(Interrupted);
    expect(readFileSync(join(out, 'manifest.json'), 'utf8')).toBe(before);
    expect(readdirSync(inner)).toEqual(['set']);
  });
});
