import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { UserError } from '../../errors.js';
import { explainFileError } from '../../files/explain.js';
import { MAXIMUM_IMAGES } from '../data-set.js';
import { folderEntries } from '../folder-entries.js';
import { indexLabels } from '../labels.js';
import { otherContent, startOfFile } from '../other-content.js';
import { readCached, type KnownFile } from '../pictures/picture-cache.js';
import type { PictureEntry, PictureList } from '../pictures/read-pictures.js';
import { parquetColumns, type ParquetColumns } from './parquet-columns.js';
import type { DataPath, Reader } from './reader.js';

const NAME = /\.parquet$/i;
const DEEPEST = 2;
/** The most bytes of a row group, which is read at once. */
const MOST_GROUP_BYTES = 2 ** 30;

/** Parquet files as Hugging Face stores images: a PNG, JPEG or WebP in each row, and its class. */
export const parquetReader: Reader = {
  name: 'parquet',
  takes:
    'Parquet files with a column of pictures, as Hugging Face stores them (train-*.parquet, test-*.parquet)',
  recognises: (at) => (at.kind === 'file' ? NAME.test(at.path) : filesIn(at.path, 0).length > 0),
  read: async (at, context) => {
    const { train, test } = partsOf(at);
    const [first, second] = [await openAll(train), await openAll(test)];
    if (first.length === 0)
      throw new UserError(
        `${at.path} has no Parquet file of training images; expected train-*.parquet`,
      );
    const labels = [await labelsOf(first), second.length > 0 ? await labelsOf(second) : []];
    const isLabelled = first.every(({ columns }) => columns.label !== undefined);
    const names = first[0].columns.classes ?? context.known?.classes;
    const indices = isLabelled
      ? indexLabels(labels, names, at.path)
      : { classes: [], labels: [undefined, undefined] };
    const parts = {
      train: asList(first, indices.labels[0]),
      ...(second.length > 0 && { test: asList(second, indices.labels[1]) }),
      classes: indices.classes,
    };
    return readCached(parts, [...first, ...second], context);
  },
};

/** The Parquet files of a folder, also those of its `data`. */
function filesIn(folder: string, depth: number): string[] {
  const { files, folders } = folderEntries(folder);
  const below = depth < DEEPEST ? folders : [];
  return [
    ...files.filter((name) => NAME.test(name)).map((name) => join(folder, name)),
    ...below.flatMap((name) => filesIn(join(folder, name), depth + 1)),
  ].sort();
}

/** By the names of files: what is not for testing is for training. */
function partsOf(at: DataPath): { train: string[]; test: string[] } {
  if (at.kind === 'file') return { train: [at.path], test: [] };
  const files = filesIn(at.path, 0);
  const named = (pattern: RegExp): string[] =>
    files.filter((path) => pattern.test(path.slice(at.path.length)));
  const [train, test, validation] = [
    named(/(^|[\W_])train/i),
    named(/(^|[\W_])test/i),
    named(/(^|[\W_])val/i),
  ];
  return {
    train: train.length > 0 ? train : files.filter((path) => !test.includes(path)),
    test: test.length > 0 ? test : train.length > 0 ? validation : [],
  };
}

interface OpenFile extends KnownFile {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly columns: ParquetColumns;
}

async function openAll(paths: readonly string[]): Promise<OpenFile[]> {
  const files: OpenFile[] = [];
  for (const path of paths) files.push(await open(path));
  const rows = files.reduce((sum, { metadata }) => sum + Number(metadata.num_rows), 0);
  if (rows > MAXIMUM_IMAGES)
    throw new UserError(
      `${paths[0]} and the like have ${rows} rows; expected at most ${MAXIMUM_IMAGES}`,
    );
  return files;
}

async function open(path: string): Promise<OpenFile> {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet');
  try {
    const { size, mtimeMs } = statSync(path);
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    checkGroups(metadata, path);
    const columns = parquetColumns(metadata, path);
    return { path, bytes: size, changed: mtimeMs, file, metadata, columns };
  } catch (error) {
    throw damaged(path, error);
  }
}

/** Before anything is read by what the file says. */
function checkGroups({ row_groups: groups, num_rows: rows }: FileMetaData, path: string): void {
  let sum = 0;
  for (const { num_rows: own, columns, total_byte_size: bytes } of groups) {
    sum += Number(own);
    const all = columns.reduce(
      (total, { meta_data: data }) => total + Number(data?.total_uncompressed_size ?? 0),
      0,
    );
    if (Number(own) < 0 || Number(bytes) > MOST_GROUP_BYTES || all > MOST_GROUP_BYTES || all < 0)
      throw new UserError(
        `${path} has a row group of ${own} rows and ${Math.max(all, Number(bytes))} bytes; expected at most ${MOST_GROUP_BYTES} bytes`,
      );
  }
  if (sum !== Number(rows))
    throw new UserError(`${path} says it has ${rows} rows and has ${sum}; expected the same`);
}

/** The rows of a file, a row group at a time. */
async function* rowsOf(
  { path, file, metadata }: OpenFile,
  columns: string[],
): AsyncGenerator<Record<string, unknown>> {
  const { parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  let rowStart = 0;
  for (const { num_rows: count } of metadata.row_groups) {
    const rowEnd = rowStart + Number(count);
    let rows: Record<string, unknown>[];
    try {
      rows = await parquetReadObjects({
        file,
        metadata,
        columns,
        rowStart,
        rowEnd,
        compressors,
        utf8: false,
      });
    } catch (error) {
      throw damaged(path, error);
    }
    if (rows.length !== Number(count))
      throw new UserError(`${path} is damaged: a row group of ${count} rows has ${rows.length}`);
    yield* rows;
    rowStart = rowEnd;
  }
}

async function labelsOf(files: readonly OpenFile[]): Promise<number[] | string[]> {
  const labels: (number | string)[] = [];
  for (const one of files) {
    const { label } = one.columns;
    if (label === undefined) continue;
    for await (const row of rowsOf(one, [label])) {
      const value = row[label];
      if (typeof value === 'number' || typeof value === 'bigint') labels.push(Number(value));
      else if (typeof value === 'string') labels.push(value);
      else if (value instanceof Uint8Array) labels.push(new TextDecoder().decode(value));
      else
        throw new UserError(
          `${one.path}, row ${labels.length + 1}: the label is ${String(value)}; expected a number or a name`,
        );
    }
  }
  return labels.every((label) => typeof label === 'number') ? labels : labels.map(String);
}

function asList(files: readonly OpenFile[], labels: Uint16Array | undefined): PictureList {
  return {
    count: files.reduce((sum, { metadata }) => sum + Number(metadata.num_rows), 0),
    async *each(): AsyncGenerator<PictureEntry> {
      let place = 0;
      for (const one of files) {
        let number = 0;
        for await (const row of rowsOf(one, [one.columns.image])) {
          number++;
          const name = `${one.path}, row ${number}`;
          const label = labels?.[place++];
          yield {
            name,
            ...(label !== undefined && { label }),
            bytes: () => bytesOf(row[one.columns.image], name),
          };
        }
      }
    },
  };
}

/** The bytes of a picture: a column of bytes, or a struct of bytes and path. */
function bytesOf(value: unknown, name: string): Uint8Array {
  const bytes = value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null)?.bytes;
  if (bytes instanceof Uint8Array) return bytes;
  throw new UserError(`${name} has no bytes of a picture; expected a PNG, JPEG or WebP file`);
}

function damaged(path: string, error: unknown): Error {
  if (error instanceof UserError) return error;
  const { message, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return explainFileError(error, 'read', path);
  const found = otherContent(startOfFile(path)) ?? message;
  return new UserError(`${path} is no whole Parquet file: ${found}`, { cause: error });
}
