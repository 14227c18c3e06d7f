import { closeSync, openSync, readSync } from 'node:fs';
import { RunError } from '../../errors.js';
import { explained } from '../../files/explain.js';
import { removeFile } from '../../files/remove.js';
import { writeAll } from '../../files/write-all.js';
import { bytesOf, imagesInMemory, type ImageSet, type ImageShape } from '../image-set.js';

/** Takes images one after another and then gives them as a set. */
export interface PixelStore {
  /** @param image [height, width, channels] */
  add(image: Uint8Array): void;
  /** @param labels one for each image that was added; absent where there are none. */
  finish(classes: readonly string[], labels: readonly number[] | undefined): ImageSet;
}

/** Keeps images in memory. @param most images at most. */
export function memoryStore(shape: ImageShape, most: number): PixelStore {
  const size = bytesOf(shape);
  const pixels = new Uint8Array(most * size);
  let count = 0;
  return {
    add: (image) => pixels.set(image, size * count++),
    finish: (classes, labels) =>
      imagesInMemory({
        pixels: pixels.subarray(0, size * count),
        shape,
        classes,
        ...(labels && { labels }),
      }),
  };
}

/** What is written at once. */
const BLOCK_BYTES = 1 << 20;

/** Writes images into a file that is read by index afterwards, so that memory stays small however many they are. */
export class PixelFile {
  private readonly descriptor: number;
  private readonly block = new Uint8Array(BLOCK_BYTES);
  private filled = 0;
  private isOpen = true;

  /** @param path of a new file. */
  constructor(private readonly path: string) {
    this.descriptor = explained('write', path, () => openSync(path, 'wx'));
  }

  write(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const some = bytes.subarray(from, from + this.block.length - this.filled);
      this.block.set(some, this.filled);
      this.filled += some.length;
      from += some.length;
      if (this.filled === this.block.length) this.flush();
    }
  }

  private flush(): void {
    const block = this.block.subarray(0, this.filled);
    explained('write', this.path, () => writeAll(this.descriptor, block));
    this.filled = 0;
  }

  close(): void {
    this.flush();
    this.isOpen = false;
    closeSync(this.descriptor);
  }

  /** Gives it up. */
  remove(): void {
    if (this.isOpen) closeSync(this.descriptor);
    removeFile(this.path);
  }
}

/** Images of a file of pixels. */
export class FileSet implements ImageSet {
  private readonly descriptor: number;

  /** @param first place of the set's first image among the file's. */
  constructor(
    private readonly path: string,
    readonly shape: ImageShape,
    private readonly first: number,
    readonly count: number,
    readonly classes: readonly string[],
    readonly labels: Uint16Array | undefined,
  ) {
    this.descriptor = explained('read', path, () => openSync(path, 'r'));
  }

  read(indices: ArrayLike<number>, into: Uint8Array): void {
    const size = bytesOf(this.shape);
    for (let k = 0; k < indices.length; k++) {
      // Neighbours are read at once.
      let count = 1;
      while (k + count < indices.length && indices[k + count] === indices[k] + count) count++;
      this.readBytes(into, k * size, count * size, (this.first + indices[k]) * size);
      k += count - 1;
    }
  }

  private readBytes(into: Uint8Array, at: number, length: number, position: number): void {
    for (let done = 0; done < length;) {
      const some = explained('read', this.path, () =>
        readSync(this.descriptor, into, at + done, length - done, position + done),
      );
      if (some === 0) throw new RunError(`${this.path} is cut off: it was changed while in use`);
      done += some;
    }
  }
}
