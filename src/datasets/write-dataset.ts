import { join } from 'node:path';
import { writeFileWhole } from '../files/replace.js';
import { writeFolderWhole } from '../files/replace-folder.js';
import type { LabelledDataSet, LabelledSet } from '../data/image-set.js';
import { Interrupted } from '../errors.js';
import type { DigitSource } from '../labelled/digit-source.js';
import { drawSet } from '../labelled/synthetic-set.js';
import { VERSION } from '../version.js';
import { openCsv } from './csv-format.js';
import { PARTS, sumOf, type Format, type Layout, type OpenFormat, type Part } from './format.js';
import { openIdx } from './idx-format.js';
import { MANIFEST } from '../data/known-set.js';
import {
  manifestText,
  type Manifest,
  type SetManifest,
  type StackedManifest,
  type SyntheticOrigin,
} from './manifest.js';
import { openNpz } from './npz-format.js';
import { checkOutput } from './output-folder.js';
import { openParquet } from './parquet-format.js';
import { openPng } from './png-format.js';
import { stackOf } from './stack.js';

/** What writes each format. */
export const OPEN: Readonly<Record<Format, OpenFormat>> = {
  idx: openIdx,
  png: openPng,
  csv: openCsv,
  npz: openNpz,
  parquet: openParquet,
};

/** Where and how a data set is written. */
export interface WriteRequest {
  readonly out: string;
  /** Replaces a data set that is there. */
  readonly force: boolean;
  readonly format: Format;
  /** Of what is drawn and of the order. */
  readonly seed: number;
  /** Told after each block how many images are written. */
  readonly progress?: (written: number, all: number) => void;
  readonly signal?: AbortSignal;
}

export interface DatasetRequest extends Layout, WriteRequest {
  /** What made the images, for the manifest. */
  readonly made: Omit<SyntheticOrigin, 'labels'>;
}

/**
 * Writes a labelled synthetic data set: whole or not at all.
 *
 * @throws UserError for a folder that cannot be written; RunError for a full disk or a digit that never comes; Interrupted.
 */
export async function writeDataset(
  source: DigitSource,
  { made, shape, classes, counts, ...request }: DatasetRequest,
): Promise<Omit<Manifest, 'kind'>> {
  const { seed, signal } = request;
  const blocks = (part: Part) => drawSet(source, counts[part], seed, part, signal);
  return writeBlocks({ shape, classes, counts }, blocks, request, () => ({
    ...made,
    labels: source.labels(),
  }));
}

/**
 * Writes the set whose images are three of another set each, as {@link stackOf} makes it: whole or not at all.
 *
 * @throws UserError for images that cannot be stacked, a folder that cannot be written; RunError for a full disk; Interrupted.
 */
export async function writeStacked(
  set: LabelledDataSet,
  request: WriteRequest,
  counts?: Readonly<Record<Part, number>>,
): Promise<StackedManifest> {
  const { blocks, ...layout } = stackOf(set, request.seed, counts);
  const { source, digests, classes } = set;
  return writeBlocks(layout, blocks, request, () => ({ stacked: { source, digests, classes } }));
}

/** @param originOf what the manifest says of where the images are from, once all are there. */
async function writeBlocks<Origin extends object>(
  layout: Layout,
  blocks: (part: Part) => AsyncIterable<LabelledSet> | Iterable<LabelledSet>,
  { out, force, format, seed, progress, signal }: WriteRequest,
  originOf: () => Origin,
): Promise<SetManifest & Origin> {
  const all = PARTS.reduce((sum, part) => sum + sumOf(layout.counts[part]), 0);
  const check = (): void => checkOutput(out, force);
  return writeFolderWhole(out, { check, seal: MANIFEST, signal }, async (folder) => {
    const writer = OPEN[format](folder, layout);
    let finished = false;
    try {
      let written = 0;
      for (const part of PARTS) {
        for await (const block of blocks(part)) {
          if (signal?.aborted === true) throw new Interrupted('interrupted: nothing was written');
          writer.add(part, block);
          progress?.((written += block.count), all);
        }
      }
      const files = writer.finish();
      finished = true;
      const { shape, classes, counts } = layout;
      const set = { format, shape, classes };
      const manifest = { ...set, ...originOf(), seed, counts, files, version: VERSION };
      writeFileWhole(join(folder, MANIFEST), manifestText(manifest));
      return manifest;
    } finally {
      if (!finished) writer.abandon();
    }
  });
}
