import type { DigitSet } from '../data/mnist.js';
import type { WrittenFile } from './streamed-file.js';

export const FORMATS = ['idx', 'png', 'csv', 'npz'] as const;
export type Format = (typeof FORMATS)[number];

/** The two parts of a data set. */
export const PARTS = ['train', 'test'] as const;
export type Part = (typeof PARTS)[number];

/** How many images there are of each digit, 0 to 9. */
export type Counts = readonly number[];

/** Writes a data set of one format: all of `train`, a block at a time, then all of `test`. */
export interface FormatWriter {
  add(part: Part, block: DigitSet): void;
  /** Ends all files. */
  finish(): WrittenFile[];
  /** Closes all files as they are. */
  abandon(): void;
}

/** @param folder exists and is empty. */
export type OpenFormat = (folder: string, counts: Readonly<Record<Part, Counts>>) => FormatWriter;

export const sumOf = (counts: Counts): number => counts.reduce((sum, count) => sum + count, 0);
