import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { explained } from '../files/explain.js';
import { flushNow } from '../files/flush.js';
import { writeAll } from '../files/write-all.js';

/** A file of a data set, as its manifest names it. */
export interface WrittenFile {
  /** Path in the data set's folder. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file that is written from beginning to end, bit by bit, and whose digest is taken on the way. */
export class StreamedFile {
  private readonly descriptor: number;
  private readonly hash = createHash('sha256');
  private bytes = 0;
  private isOpen = true;

  /** @throws UserError or RunError (a full disk) that names the file, here and in the other methods. */
  constructor(
    private readonly path: string,
    private readonly name: string,
  ) {
    this.descriptor = this.explained(() => openSync(path, 'wx'));
  }

  write(content: Uint8Array | string): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    this.hash.update(bytes);
    this.bytes += bytes.length;
    this.explained(() => writeAll(this.descriptor, bytes));
  }

  /** Closes the file, once it is on the disk. */
  finish(): WrittenFile {
    this.explained(() => flushNow(this.descriptor));
    this.abandon();
    return { name: this.name, bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  /** Closes it as it is, unless it is closed. */
  abandon(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.explained(() => closeSync(this.descriptor));
  }

  private explained<T>(work: () => T): T {
    return explained('write', this.path, work);
  }
}
