import type { ImageShape, LabelledSet } from '../data/image-set.js';
import type { WrittenFile } from './streamed-file.js';

export const FORMATS = ['idx', 'png', 'csv', 'npz', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

/** The two parts of a data set. */
export const PARTS = ['train', 'test'] as const;
export type Part = (typeof PARTS)[number];

/** How many images there are of each class, in their order. */
export type Counts = readonly number[];

/** What is known of a data set before its first image. */
export interface Layout {
  readonly shape: ImageShape;
  readonly classes: readonly string[];
  readonly counts: Readonly<Record<Part, Counts>>;
}

/** Writes a data set of one format: all of `train`, a block at a time, then all of `test`. */
export interface FormatWriter {
  add(part: Part, block: LabelledSet): void;
  /** Ends all files. */
  finish(): WrittenFile[];
  /** Closes all files as they are. */
  abandon(): void;
}

/** @param folder exists and is empty. */
export type OpenFormat = (folder: string, layout: Layout) => FormatWriter;

export const sumOf = (counts: Counts): number => counts.reduce((sum, count) => sum + count, 0);

/** What each part has, by its name. */
export const forEachPart = <T>(make: (part: Part) => T): Record<Part, T> =>
  Object.fromEntries(PARTS.map((part) => [part, make(part)])) as Record<Part, T>;
