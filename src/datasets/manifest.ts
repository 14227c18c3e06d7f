import type { LabelReport } from '../labelled/digit-source.js';
import type { Format, Layout } from './format.js';
import type { WrittenFile } from './streamed-file.js';

import { MANIFEST_KIND as KIND } from '../data/known-set.js';

/** What manifest.json says: all that a data set is a function of, and what there is. No clock: the same call gives the same bytes. */
export interface Manifest extends Layout {
  readonly kind: typeof KIND;
  readonly format: Format;
  readonly run: string;
  /** SHA-256 of each model (generator.onnx) that made images, by its path in the run. */
  readonly models: Readonly<Record<string, string>>;
  /** Factor of each z. */
  readonly latentScale: number;
  readonly seed: number;
  readonly labels: LabelReport;
  readonly files: readonly WrittenFile[];
  readonly library: string;
  readonly version: string;
}

export function manifestText(manifest: Omit<Manifest, 'kind'>): string {
  return `${JSON.stringify({ kind: KIND, ...manifest }, undefined, 2)}\n`;
}

/** The names in a data set's folder besides the manifest; undefined where the text is no manifest of ours. */
export function namesInDataset(text: string): Set<string> | undefined {
  try {
    const { kind, files } = JSON.parse(text) as Partial<Manifest>;
    if (kind !== KIND || !Array.isArray(files)) return undefined;
    return new Set([
      ...files.map(({ name }: WrittenFile) => String(name)),
      ...((JSON.parse(text) as Manifest).format === 'png' ? ['train', 'test'] : []),
    ]);
  } catch {
    return undefined;
  }
}
