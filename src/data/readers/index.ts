import { csvReader } from './csv.js';
import { idxReader } from './idx.js';
import { numpyReader } from './numpy.js';
import { parquetReader } from './parquet.js';
import { picturesReader } from './pictures.js';
import type { Reader } from './reader.js';

/** A reader for each form of data set, asked in this order: the plainest first. */
export const READERS: readonly Reader[] = [
  idxReader,
  numpyReader,
  parquetReader,
  csvReader,
  picturesReader,
];
