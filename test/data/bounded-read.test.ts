import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gunzipBounded, readBounded } from '../../src/data/bounded-read.js';
import { parseIdxImages, parseIdxLabels } from '../../src/data/idx.js';
import { UserError } from '../../src/errors.js';
import { fuzz, FUZZ_TIMEOUT } from '../support/fuzz.js';
import { idxDigits, idxLabels } from '../support/sets.js';

const MEGABYTE = 1 << 20;
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'gan-mnist-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe('readBounded', () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);

  it('reads plain and compressed files, whatever their name', () => {
    for (const name of ['a', 'a.gz']) {
      expect(readBounded(put(name, bytes), 5000)).toEqual(bytes);
      expect(readBounded(put(name, gzipSync(bytes)), 5000)).toEqual(bytes);
    }
  });

  it('refuses one byte more than the maximum', () => {
    const plain = put('b', bytes);
    const packed = put('b.gz', gzipSync(bytes));
    expectUserError(
      () => readBounded(plain, 4999),
      `${plain} is too large: expected at most 4999 bytes`,
    );
    expectUserError(
      () => readBounded(packed, 4999),
      `${packed}, decompressed, is too large: expected at most 4999 bytes`,
    );
  });

  it('does not read a huge file, nor unpack a bomb', () => {
    const huge = put('huge', new Uint8Array(0));
    truncateSync(huge, 2 ** 40);
    expectUserError(() => readBounded(huge, MEGABYTE), /too large/);
    // Gzip files in a row are one gzip file: 512 megabytes in 512 kilobytes.
    const member = gzipSync(new Uint8Array(MEGABYTE));
    const bomb = put('bomb.gz', Buffer.concat(new Array<Uint8Array>(512).fill(member)));
    const before = process.resourceUsage().maxRSS;
    expectUserError(() => readBounded(bomb, MEGABYTE), /too large/);
    // maxRSS is in kilobytes: had all of it been unpacked, it would have grown by 524,288.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(64 * 1024);
  });

  it('refuses damaged gzip data', () => {
    const packed = gzipSync(bytes);
    const cut = put('cut.gz', packed.subarray(0, -9));
    expectUserError(
      () => readBounded(cut, MEGABYTE),
      `${cut} is damaged: expected whole gzip data, found unexpected end of file`,
    );
    const wrong = put('wrong.gz', packed.with(packed.length - 6, packed[packed.length - 6] ^ 1));
    expectUserError(() => readBounded(wrong, MEGABYTE), /wrong\.gz is damaged/);
  });

  it('refuses what is no file', () => {
    const missing = join(folder, 'missing');
    expectUserError(
      () => readBounded(missing, 1),
      `cannot read ${missing}: no such file or folder`,
    );
    const inner = join(folder, 'folder');
    mkdirSync(inner);
    expectUserError(() => readBounded(inner, 1), /folder is not a file; expected/);
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expectUserError(() => readBounded(pipe, 1), /pipe is not a file; expected/);
  });
});

describe('hostile gzip bytes', () => {
  const files = [idxDigits(new Uint8Array(784).fill(9)), idxLabels(Uint8Array.of(3, 1))];
  const damaged = fc
    .record({
      file: fc.constantFrom(...files.map((file) => gzipSync(file))),
      flips: fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
      length: fc.option(fc.nat(60), { nil: undefined }),
    })
    .map(({ file, flips, length }) => {
      const bytes = Uint8Array.from({ length: length ?? file.length }, (_, i) => file[i]);
      for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
      return bytes;
    });

  it('are read or refused with a UserError', { timeout: FUZZ_TIMEOUT }, async () => {
    const any = fc.oneof(damaged, fc.uint8Array({ maxLength: 60 }));
    await fuzz('gzip bytes', any, (bytes) => {
      const unpacked = gunzipBounded(bytes, 'f', 10_000);
      expect(unpacked.length).toBeLessThanOrEqual(10_000);
      orUserError(() => parseIdxLabels(unpacked, 'f'));
      parseIdxImages(unpacked, 'f');
    });
  });
});

function expectUserError(action: () => unknown, message: string | RegExp): void {
  expect(action).toThrow(UserError);
  expect(action).toThrow(typeof message === 'string' ? new UserError(message) : message);
}

function orUserError<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return undefined;
  }
}
