import type { Readable } from 'node:stream';
import { fromBuffer, open, type Entry, type ZipFile } from 'yauzl';
import { UserError } from '../../errors.js';

/** How a zip archive with files in it begins. */
const START = [0x50, 0x4b, 0x03, 0x04];
const MOST_ENTRIES = 1000;

export const isZip = (start: Uint8Array): boolean => START.every((byte, k) => start[k] === byte);

/** An archive by its name for messages, and its bytes where they have been read. */
export interface Archive {
  readonly path: string;
  readonly bytes?: Uint8Array;
}

/**
 * The files of a zip archive, of at most so many bytes together whatever the archive says of them.
 *
 * @param wanted whether a file is to be read, by its name.
 * @throws UserError where it is no whole archive.
 */
export async function zipEntries(
  archive: Archive,
  wanted: (name: string) => boolean,
  mostBytes: number,
): Promise<Map<string, Uint8Array>> {
  using zip = await openZip(archive);
  const entries = new Map<string, Uint8Array>();
  let left = mostBytes;
  for await (const entry of zip.entries()) {
    const name = `${archive.path}: ${entry.fileName}`;
    if (!wanted(entry.fileName)) continue;
    if (entry.uncompressedSize > left)
      throw new UserError(
        `${name} is too large: it says it has ${entry.uncompressedSize} bytes; expected at most ${mostBytes} in the whole archive`,
      );
    const chunks: Uint8Array[] = [];
    for await (const chunk of zip.chunksOf(entry)) chunks.push(chunk);
    const bytes = new Uint8Array(Buffer.concat(chunks));
    left -= bytes.length;
    entries.set(entry.fileName, bytes);
  }
  return entries;
}

/** The names of the files of an archive. @throws as {@link zipEntries}. */
export async function zipNames(archive: Archive): Promise<string[]> {
  using zip = await openZip(archive);
  const names: string[] = [];
  for await (const { fileName } of zip.entries()) names.push(fileName);
  return names;
}

/** The bytes of a file of an archive, some at a time. @throws as {@link zipEntries}. */
export async function* zipChunks(archive: Archive, name: string): AsyncGenerator<Uint8Array> {
  using zip = await openZip(archive);
  for await (const entry of zip.entries()) {
    if (entry.fileName !== name) continue;
    yield* zip.chunksOf(entry);
    return;
  }
  throw new UserError(`${archive.path} has no file ${name} any more`);
}

async function openZip({ path, bytes }: Archive): Promise<OpenZip> {
  const options = { lazyEntries: true, autoClose: false };
  const file = await new Promise<ZipFile>((resolve, reject) => {
    const done = (error: Error | null, zip: ZipFile): void =>
      error ? reject(damaged(path, error)) : resolve(zip);
    if (bytes === undefined) open(path, options, done);
    else fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), options, done);
  });
  return new OpenZip(file, path);
}

class OpenZip implements Disposable {
  constructor(
    private readonly zip: ZipFile,
    private readonly path: string,
  ) {}

  [Symbol.dispose](): void {
    this.zip.close();
  }

  /** The first thousand. */
  async *entries(): AsyncGenerator<Entry> {
    for (let k = 0; k < MOST_ENTRIES; k++) {
      const entry = await this.next();
      if (entry === undefined) return;
      yield entry;
    }
  }

  private next(): Promise<Entry | undefined> {
    const { zip, path } = this;
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

  /** yauzl checks that there are as many bytes as the archive says. */
  async *chunksOf(entry: Entry): AsyncGenerator<Uint8Array> {
    const name = `${this.path}: ${entry.fileName}`;
    try {
      const stream = await new Promise<Readable>((resolve, reject) =>
        this.zip.openReadStream(entry, (error, opened) =>
          error ? reject(error) : resolve(opened),
        ),
      );
      for await (const chunk of stream) yield chunk as Uint8Array;
    } catch (error) {
      throw damaged(name, error);
    }
  }
}

function damaged(name: string, error: unknown): Error {
  if (error instanceof UserError) return error;
  const { message, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return error as Error;
  return new UserError(`${name} is no whole zip archive: ${message}`, { cause: error });
}
