import { join } from 'node:path';
import { writeFileWhole } from '../files/replace.js';
import { writeFolderWhole } from '../files/replace-folder.js';
import type { DigitSource } from '../labelled/digit-source.js';
import { drawSet } from '../labelled/synthetic-set.js';
import { VERSION } from '../version.js';
import { openCsv } from './csv-format.js';
import { PARTS, sumOf, type Format, type Layout, type OpenFormat } from './format.js';
import { openIdx } from './idx-format.js';
import { MANIFEST } from '../data/known-set.js';
import { manifestText, type Manifest } from './manifest.js';
import { openNpz } from './npz-format.js';
import { checkOutput } from './output-folder.js';
import { openPng } from './png-format.js';

const OPEN: Readonly<Record<Format, OpenFormat>> = {
  idx: openIdx,
  png: openPng,
  csv: openCsv,
  npz: openNpz,
};

export interface DatasetRequest extends Layout {
  readonly out: string;
  /** Replaces a data set that is there. */
  readonly force: boolean;
  readonly format: Format;
  /** Of z and of the order. */
  readonly seed: number;
  /** What made the images, for the manifest. */
  readonly made: Pick<Manifest, 'run' | 'models' | 'latentScale' | 'library'>;
  /** Told after each block how many images are written. */
  readonly progress?: (written: number, all: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Writes a labelled synthetic data set: whole or not at all.
 *
 * @throws UserError for a folder that cannot be written; RunError for a full disk or a digit that never comes; Interrupted.
 */
export async function writeDataset(
  source: DigitSource,
  { out, force, format, shape, classes, counts, seed, made, progress, signal }: DatasetRequest,
): Promise<Omit<Manifest, 'kind'>> {
  const all = PARTS.reduce((sum, part) => sum + sumOf(counts[part]), 0);
  const check = (): void => checkOutput(out, force);
  return writeFolderWhole(out, { check, seal: MANIFEST, signal }, async (folder) => {
    const writer = OPEN[format](folder, { shape, classes, counts });
    let finished = false;
    try {
      let written = 0;
      for (const part of PARTS) {
        for await (const block of drawSet(source, counts[part], seed, part, signal)) {
          writer.add(part, block);
          progress?.((written += block.count), all);
        }
      }
      const files = writer.finish();
      finished = true;
      const labels = source.labels();
      const manifest = {
        format,
        shape,
        classes,
        ...made,
        seed,
        counts,
        labels,
        files,
        version: VERSION,
      };
      writeFileWhole(join(folder, MANIFEST), manifestText(manifest));
      return manifest;
    } finally {
      if (!finished) writer.abandon();
    }
  });
}
