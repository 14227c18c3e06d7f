import type { Readable } from 'node:stream';
import { open, type Entry, type ZipFile } from 'yauzl';
import { UserError } from '../../errors.js';

/** The most bytes of an array. */
export const MOST_ARRAY_BYTES = 2 ** 30;
const MOST_ENTRIES = 1000;

/**
 * The files of a zip archive, each of at most a gigabyte whatever the archive says of it.
 *
 * @param wanted whether a file is to be read, by its name.
 * @throws UserError where it is no whole archive.
 */
export async function zipEntries(
  path: string,
  wanted: (name: string) => boolean,
): Promise<Map<string, Uint8Array>> {
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    open(path, { lazyEntries: true, autoClose: false }, (error, file) =>
      error ? reject(damaged(path, error)) : resolve(file),
    ),
  );
  try {
    const entries = new Map<string, Uint8Array>();
    for (let k = 0; k < MOST_ENTRIES; k++) {
      const entry = await nextEntry(zip, path);
      if (entry === undefined) break;
      if (wanted(entry.fileName)) entries.set(entry.fileName, await content(zip, entry, path));
    }
    return entries;
  } finally {
    zip.close();
  }
}

function nextEntry(zip: ZipFile, path: string): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      zip.off('entry', onEntry).off('end', onEnd).off('error', onError);
    };
    const onEntry = (entry: Entry): void => {
      done();
      resolve(entry);
    };
    const onEnd = (): void => {
      done();
      resolve(undefined);
    };
    const onError = (error: Error): void => {
      done();
      reject(damaged(path, error));
    };
    zip.on('entry', onEntry).on('end', onEnd).on('error', onError);
    zip.readEntry();
  });
}

async function content(zip: ZipFile, entry: Entry, path: string): Promise<Uint8Array> {
  const name = `${path}: ${entry.fileName}`;
  if (entry.uncompressedSize > MOST_ARRAY_BYTES)
    throw new UserError(
      `${name} is too large: it says it has ${entry.uncompressedSize} bytes; expected at most ${MOST_ARRAY_BYTES}`,
    );
  const stream = await new Promise<Readable>((resolve, reject) =>
    zip.openReadStream(entry, (error, opened) =>
      error ? reject(damaged(path, error)) : resolve(opened),
    ),
  );
  // yauzl checks that there are as many bytes as the archive says.
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  } catch (error) {
    throw damaged(name, error);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function damaged(name: string, error: unknown): Error {
  const { message, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return error as Error;
  return new UserError(`${name} is no whole zip archive: ${message}`, { cause: error });
}
