import { closeSync, createReadStream, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../errors.js';
import { explained, explainFileError } from '../../files/explain.js';
import { isStray } from '../../files/stray.js';
import { isGzip } from '../bounded-read.js';
import { otherContent, startOfFile } from '../other-content.js';
import type { DataPath } from './reader.js';
import { isZip, zipChunks, zipNames } from './zip.js';

const CHUNK_BYTES = 1 << 20;
const PACKED = /\.(gz|zip)$/i;
/** A CSV file, also compressed: train.csv, train.csv.gz, train.csv.zip. */
export const CSV_NAME = /\.[ct]sv(\.gz|\.zip)?$/i;

/** A CSV file, wherever it lies. */
export interface CsvFile {
  /** For messages. */
  readonly path: string;
  /** What is in it, from its start, decompressed; each chunk holds until the next one is asked for. */
  chunks(): AsyncIterable<Uint8Array>;
}

/**
 * The CSV files of a data set: one, or the training and the test file of a folder or a zip archive.
 *
 * @throws UserError where it is not clear which they are.
 */
export async function csvFiles(at: DataPath): Promise<{ train: CsvFile; test?: CsvFile }> {
  if (at.kind === 'folder') {
    const { train, test } = namesOfParts(at.names, at.path)!;
    const file = async (name: string): Promise<CsvFile> => await fileAt(join(at.path, name));
    return { train: await file(train), ...(test !== undefined && { test: await file(test) }) };
  }
  if (!isZip(at.start)) return { train: await fileAt(at.path) };
  const names = await namesInZip(at.path);
  const parts = namesOfParts(names, at.path);
  const what = otherContent(at.start)!.replace(' (unpack it)', ' without a CSV file (unpack it)');
  if (parts === undefined)
    throw new UserError(`${at.path} is ${what}; expected a zip archive with train.csv`);
  const file = (name: string): CsvFile => ({
    path: join(at.path, name),
    chunks: () => explainedChunks(at.path, zipChunks({ path: at.path }, name)),
  });
  return { train: file(parts.train), ...(parts.test !== undefined && { test: file(parts.test) }) };
}

/** Whether a folder with these names in it has CSV files. */
export const hasCsvFiles = (names: readonly string[], folder: string): boolean =>
  namesOfParts(names, folder) !== undefined;

/** train.csv, mnist_train.csv, emnist-letters-train.csv, or the only file there is; and the one to test with. */
function namesOfParts(
  all: readonly string[],
  where: string,
): { train: string; test?: string } | undefined {
  const named = all.filter((name) => CSV_NAME.test(name));
  // One that lies there unpacked as well is read so.
  const names = named.filter(
    (name) => !PACKED.test(name) || !named.includes(name.replace(PACKED, '')),
  );
  const trains = names
    .filter((name) => /train/i.test(basename(name)))
    .sort((a, b) => a.length - b.length);
  if (trains.length > 1)
    throw new UserError(
      `${where} has several CSV files of training images; expected one: name it, as --data ${join(where, trains[0])}`,
    );
  const train = trains.at(0) ?? (names.length === 1 ? names[0] : undefined);
  if (train === undefined) return undefined;
  const test = names.find((name) => name !== train && /test|val/i.test(basename(name)));
  return { train, ...(test !== undefined && { test }) };
}

/** A file of one CSV, whose bytes say whether it is compressed: browsers decompress some files and keep their names. */
async function fileAt(path: string): Promise<CsvFile> {
  // Asked before it is opened: opening a pipe waits for its writer.
  if (!explained('read', path, () => statSync(path).isFile()))
    throw new UserError(`${path} is not a file; expected a line for each image`);
  const start = startOfFile(path);
  if (isZip(start)) return (await csvFiles({ kind: 'file', path, start })).train;
  return {
    path,
    chunks: () => explainedChunks(path, isGzip(start) ? unzippedChunks(path) : plainChunks(path)),
  };
}

async function namesInZip(path: string): Promise<string[]> {
  try {
    const names = await zipNames({ path });
    return names.filter((name) => !name.split('/').some(isStray));
  } catch (error) {
    throw explainFileError(error, 'read', path);
  }
}

async function* explainedChunks(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw explainFileError(error, 'read', path);
  }
}

async function* plainChunks(path: string): AsyncGenerator<Uint8Array> {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const buffer = new Uint8Array(Math.min(CHUNK_BYTES, size + 1));
    for (;;) {
      const count = readSync(descriptor, buffer);
      if (count === 0) return;
      yield buffer.subarray(0, count);
    }
  } finally {
    closeSync(descriptor);
  }
}

async function* unzippedChunks(path: string): AsyncGenerator<Uint8Array> {
  // What goes wrong in either comes out of the iteration.
  const unzipped = pipeline(createReadStream(path), createGunzip(), () => {});
  try {
    for await (const chunk of unzipped) yield chunk as Uint8Array;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.startsWith('Z_')) throw error;
    throw new UserError(`${path} is damaged: expected whole gzip data, found ${message}`);
  }
}
