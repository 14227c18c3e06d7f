import { idxReader } from './idx.js';
import type { Reader } from './reader.js';

/** A reader for each form of data set, asked in this order. */
export const READERS: readonly Reader[] = [idxReader];
