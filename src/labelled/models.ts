import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Backend } from '../backends/index.js';
import { explainFileError } from '../files/explain.js';
import { loadGenerator, type Generator } from '../runs/generator.js';
import { RUN_FILES } from '../runs/run-folder.js';
import type { DigitSource } from './digit-source.js';
import type { KeptClassifier } from '../classifier/kept.js';
import { LabelledSource } from './labelled-source.js';
import { LatentStream } from './latent-stream.js';
import { PerDigitSource } from './per-digit-source.js';
import type { RunModels } from '../runs/run-models.js';

/** Generators that are ready to make images. */
export type Models =
  | { readonly kind: 'all-digits'; readonly generator: Generator }
  | { readonly kind: 'per-digit'; readonly generators: ReadonlyMap<number, Generator> };

/**
 * @param latentScale factor of each z.
 * @throws UserError where a model is missing or damaged.
 */
export async function loadModels(
  found: RunModels,
  backend: Backend,
  latentScale: number,
): Promise<Models> {
  if (found.kind === 'all-digits')
    return { kind: found.kind, generator: await loadGenerator(found.run, backend, latentScale) };
  const byFolder = new Map<string, Generator>();
  for (const folder of new Set(found.folders.values()))
    byFolder.set(folder, await loadGenerator(folder, backend, latentScale));
  const generators = new Map(
    [...found.folders].map(([digit, folder]) => [digit, byFolder.get(folder)!] as const),
  );
  return { kind: found.kind, generators };
}

export async function disposeModels(models: Models): Promise<void> {
  const all =
    models.kind === 'all-digits' ? [models.generator] : new Set(models.generators.values());
  for (const generator of all) await generator.dispose();
}

/** SHA-256 of each model's generator.onnx, by its path in the run. */
export function modelDigests(found: RunModels): Record<string, string> {
  const folders = found.kind === 'all-digits' ? [found.run] : new Set(found.folders.values());
  const paths = [...folders].map((folder) =>
    join(relative(found.run, folder), RUN_FILES.generatorOnnx),
  );
  return Object.fromEntries(paths.map((path) => [path, sha256Of(join(found.run, path))]));
}

function sha256Of(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    throw explainFileError(error, 'read', path);
  }
}

export interface SourceOptions {
  /** Of z. */
  readonly seed: number;
  /** Names the images' z among the streams of the seed. */
  readonly stream: string;
  /** Labels the images of a model of all digits, for which it is needed; those of which it is less sure than this are thrown away. */
  readonly labeller?: { readonly kept: KeptClassifier; readonly minConfidence: number };
}

/** Labelled images of models: by what each was trained on, or of a model of all digits by a classifier. */
export function openSource(models: Models, { seed, stream, labeller }: SourceOptions): DigitSource {
  if (models.kind === 'per-digit') {
    const streams = [...models.generators].map(
      ([digit, generator]) =>
        [
          digit,
          new LatentStream(
            generator,
            seed,
            `${stream} digit ${digit}`,
            generator.classes > 0 ? digit : undefined,
          ),
        ] as const,
    );
    return new PerDigitSource(new Map(streams));
  }
  if (labeller === undefined) throw new Error('a model of all digits needs a labeller');
  const { kept, minConfidence } = labeller;
  const images = new LatentStream(models.generator, seed, stream);
  return new LabelledSource(images, kept, { minConfidence });
}
