import type { Readable } from 'node:stream';
import { open, type Entry, type ZipFile } from 'yauzl';
import { UserError } from '../../errors.js';

/** The most bytes of an array, and of all arrays of an archive. */
export const MOST_ARRAY_BYTES = 2 ** 30;
const MOST_ENTRIES = 1000;

/**
 * The files of a zip archive, of at most a gigabyte together whatever the archive says of them.
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
    let left = MOST_ARRAY_BYTES;
    for (let k = 0; k < MOST_ENTRIES; k++) {
      const entry = await nextEntry(zip, path);
      if (entry === undefined) break;
      if (!wanted(entry.fileName)) continue;
      const bytes = await content(zip, entry, path, left);
      left -= bytes.length;
      entries.set(entry.fileName, bytes);
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

async function content(
  zip: ZipFile,
  entry: Entry,
  path: string,
  left: number,
): Promise<Uint8Array> {
  const name = `${path}: ${entry.fileName}`;
  if (entry.uncompressedSize > left)
    throw new UserError(
      `${name} is too large: it says it has ${entry.uncompressedSize} bytes; expected at most ${MOST_ARRAY_BYTES} in the whole archive`,
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
