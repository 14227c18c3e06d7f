import type { ReadOptions } from '../read-options.js';
import type { ImageKind, ImageSet } from '../image-set.js';

/** What a path leads to: a folder and the names in it, or a file and its first bytes. */
export type DataPath =
  | { readonly kind: 'folder'; readonly path: string; readonly names: readonly string[] }
  | { readonly kind: 'file'; readonly path: string; readonly start: Uint8Array };

/** What a reader may use besides the path. */
export interface ReadContext extends ReadOptions {
  /** What the set's own manifest says of it, where `gan-mnist dataset` wrote it. */
  readonly known?: ImageKind;
  /** Told how many of how many images are read, where that takes long. */
  readonly progress?: (done: number, all: number) => void;
  readonly signal?: AbortSignal;
}

export interface ReadImages {
  readonly train: ImageSet;
  readonly test?: ImageSet;
  /** What was done to the images or looks wrong, in sentences. */
  readonly remarks?: readonly string[];
}

/** Reads one form of data set. */
export interface Reader {
  /** As `csv`. */
  readonly name: string;
  /** What it takes, for who named something that nobody takes. */
  readonly takes: string;
  /** Whether the path is for this reader; by names and first bytes alone. */
  recognises(at: DataPath): boolean;
  /** @throws UserError that says what is wrong, and where. */
  read(at: DataPath, context: ReadContext): Promise<ReadImages>;
}
