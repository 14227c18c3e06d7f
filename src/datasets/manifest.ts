import type { LabelReport } from '../labelled/digit-source.js';
import { MANIFEST_KIND as KIND } from '../data/known-set.js';
import type { Stacked } from '../data/image-set.js';
import type { Format, Layout } from './format.js';
import type { WrittenFile } from './streamed-file.js';

/** What the manifest of any data set says. No clock: the same call gives the same bytes. */
export interface SetManifest extends Layout {
  readonly format: Format;
  readonly seed: number;
  readonly files: readonly WrittenFile[];
  readonly version: string;
}

/** What made the images of a synthetic set. */
export interface SyntheticOrigin {
  readonly run: string;
  /** SHA-256 of each model (generator.onnx) that made images, by its path in the run. */
  readonly models: Readonly<Record<string, string>>;
  /** Factor of each z. */
  readonly latentScale: number;
  readonly labels: LabelReport;
  readonly library: string;
}

/** What manifest.json says: all that a data set is a function of, and what there is. */
export interface Manifest extends SetManifest, SyntheticOrigin {
  readonly kind: typeof KIND;
}

/** Of a set whose images are three of another set each. */
export interface StackedManifest extends SetManifest {
  readonly stacked: Stacked;
}

export function manifestText(manifest: SetManifest): string {
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
