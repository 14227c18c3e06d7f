import { closeSync, openSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import fc from 'fast-check';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { classFolder } from '../../src/data/class-folder.js';
import { loadImages } from '../../src/data/load.js';
import { npyHeader } from '../../src/data/npy.js';
import { UserError } from '../../src/errors.js';
import { html } from '../../src/web/html.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const MEGABYTE = 2 ** 20;
/** What reading may take at most beside what it is to give. */
const BOUND = 150 * MEGABYTE;

/** The sentence with which a file is refused, and that memory did not grow by more than the bound. */
async function refusal(path: string): Promise<string> {
  const before = process.memoryUsage().rss;
  const error: unknown = await loadImages(path).then(
    () => 'it was read',
    (reason: unknown) => reason,
  );
  expect(process.memoryUsage().rss - before).toBeLessThan(BOUND);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

const written = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

const npy = (shape: readonly number[], bytes: Uint8Array): Uint8Array =>
  Buffer.concat([npyHeader('|u1', shape), bytes]);

describe('files that are made to do harm', () => {
  it('is a CSV file of one line of 100 MB', async () => {
    const path = join(folder, 'line.csv');
    closeSync(openSync(path, 'w'));
    truncateSync(path, 100 * MEGABYTE);
    expect(await refusal(path)).toMatch(/line 1 is longer than 1048576 bytes/);
  });

  it('is an NPZ file of arrays that together are larger than memory, each small where it lies', async () => {
    // Zip takes the size from its directory: two gigabytes of zeros would be made of two megabytes.
    const images = npy([4, 8, 8], new Uint8Array(256));
    const zip = Buffer.from(zipSync({ 'x_train.npy': images, 'x_test.npy': images }));
    for (let at = zip.indexOf('PK\x01\x02'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 1))
      zip.writeUInt32LE(0x3f_00_00_00, at + 24);
    expect(await refusal(written('bomb.npz', zip))).toMatch(
      /is too large: it says it has 1056964608 bytes|is no whole zip archive/,
    );
  });

  it('is an NPZ file with a header that lies', async () => {
    for (const shape of [
      [1e12, 28, 28],
      [2 ** 31, 2 ** 31],
      [4, 1e9, 1e9],
    ]) {
      const zip = zipSync({ 'x_train.npy': npy(shape, new Uint8Array(64)) });
      expect(await refusal(written('lie.npz', zip))).toMatch(/is cut off: its header says/);
    }
  });

  it.each<[string, (parquet: ParquetWriter) => void, RegExp]>([
    [
      'more rows than there are',
      (parquet) => (parquet.num_rows = 10n ** 15n),
      /says it has 1000000000000000 rows and has 8|have 1000000000000000 rows/,
    ],
    [
      'a row group of absurd rows',
      (parquet) => {
        parquet.row_groups[0].num_rows = 10n ** 12n;
        parquet.num_rows = 10n ** 12n;
      },
      /have 1000000000000 rows; expected at most 1000000/,
    ],
    [
      'a row group of absurd bytes',
      (parquet) => (parquet.row_groups[0].total_byte_size = 10n ** 13n),
      /has a row group of 8 rows and 10000000000000 bytes; expected at most/,
    ],
    [
      'a column of absurd bytes',
      (parquet) =>
        (parquet.row_groups[0].columns[0].meta_data!.total_uncompressed_size = 10n ** 13n),
      /has a row group of 8 rows and 10000000000000 bytes; expected at most/,
    ],
  ])('is a Parquet file that says it has %s', async (name, lie, message) => {
    const writer = new ByteWriter();
    const schema = [
      { name: 'root', num_children: 1 },
      { name: 'image', type: 'BYTE_ARRAY' as const, repetition_type: 'REQUIRED' as const },
    ];
    const parquet = new ParquetWriter({ writer, schema });
    const data = Array.from({ length: 8 }, (_, k) => Uint8Array.of(k));
    void parquet.write({ columnData: [{ name: 'image', data }] });
    lie(parquet);
    void parquet.finish();
    const path = written(`${name}.parquet`, new Uint8Array(writer.getBuffer()));
    expect(await refusal(path)).toMatch(message);
  });
});

describe('names of classes from somebody’s data', () => {
  const HOSTILE = [
    '../../etc',
    '/etc/passwd',
    'a/b',
    'a\\b',
    '..',
    '.',
    '',
    'con',
    'NUL.txt',
    ' x',
  ];

  it.each(HOSTILE)('are no path as a folder: %j', (name) => {
    expect(classFolder(['cat', name], 1)).toBe('1');
    expect(classFolder(['cat', name], 0)).toBe('0');
  });

  it('are one plain name each, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), (classes) => {
        const folders = classes.map((_, k) => classFolder(classes, k));
        expect(new Set(folders.map((name) => name.toLowerCase())).size).toBe(classes.length);
        for (const name of folders) {
          expect(name).not.toMatch(/[/\\\0]|^\.|^$|[ .]$/);
        }
      }),
    );
  });

  it('are text on a page', () => {
    const name = '<img src=x onerror=alert(1)>';
    expect(html`<p>${name}</p>`.text).not.toContain('<img');
  });
});
