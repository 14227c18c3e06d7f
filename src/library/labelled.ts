import type { KeepContext } from '../classifier/kept.js';
import { keptClassifier } from '../classifier/kept.js';
import { labelledData, type DataSet } from '../data/image-set.js';
import type { LoadContext } from '../data/load.js';
import { evenCounts, givenCounts, partsOf } from '../datasets/counts.js';
import type { Counts, Format } from '../datasets/format.js';
import type { Manifest } from '../datasets/manifest.js';
import { SET_OPTIONS } from '../datasets/option-table.js';
import { checkOutput } from '../datasets/output-folder.js';
import { writeDataset as writeSet } from '../datasets/write-dataset.js';
import type { Backend } from '../backends/index.js';
import { UserError } from '../errors.js';
import { cacheFolder } from '../files/cache-folder.js';
import { defaultLatentScale } from '../labelled/latent-stream.js';
import { disposeModels, loadModels, modelDigests, openSource } from '../labelled/models.js';
import { LABELLED_OPTIONS } from '../labelled/option-table.js';
import { completeOptions } from '../options.js';
import { findModels, type RunModels } from '../runs/run-models.js';
import { nameOfRun } from '../runs/packaged.js';
import { imagesOfRun } from '../runs/run-images.js';
import { backendOf, COMPUTE, OUTPUTS, without, type ComputeOptions } from './session.js';
import type { RunPlace } from './open-run.js';

/** In the user's cache folder: the classifiers of data that the package has none of. */
const KEPT_CLASSIFIERS = 'classifiers';

export interface LabelledOptions extends RunPlace, ComputeOptions {
  /** Of z; 1 by default. */
  readonly seed?: number;
  /** Factor of z; by default 1, or what suits the models. */
  readonly latentScale?: number;
  /** The real images to go with the run; by default those that it was trained on. */
  readonly data?: string;
  /** Images of a model that cannot be asked for a digit, of which the classifier is less sure, are thrown away; 0.9. */
  readonly minConfidence?: number;
  readonly signal?: AbortSignal;
  /** Told what is done, in sentences. */
  readonly say?: (message: string) => void;
}

/** Those of {@link LabelledOptions} that decide no image. */
export const LABELLED_PLACE = {
  ...COMPUTE,
  run: true,
  outputs: true,
  data: true,
  signal: true,
  say: true,
} as const;

export interface DatasetOptions extends LabelledOptions {
  /** The folder that is written. */
  readonly out: string;
  readonly format?: Format;
  /** Training images of each digit, 6000 by default; a sixth as many test images come with them. */
  readonly perDigit?: number;
  /** Training images by class instead, a number for each. */
  readonly counts?: Counts;
  /** Replaces the data set that is there. */
  readonly force?: boolean;
}

/**
 * Writes a labelled set of a run's images, as `gan-mnist dataset` does.
 *
 * @returns what its manifest says.
 * @throws UserError where the run's models cannot make it, or the folder cannot be written; Interrupted.
 */
export async function writeDataset(options: DatasetOptions): Promise<Omit<Manifest, 'kind'>> {
  const { out, signal } = options;
  if (typeof out !== 'string' || out === '')
    throw new UserError(`writeDataset: found out = ${JSON.stringify(out)}, expected a folder`);
  const place = { ...LABELLED_PLACE, out: true, counts: true } as const;
  const table = { ...SET_OPTIONS, ...LABELLED_OPTIONS };
  const { format, perDigit, force, seed, ...labelled } = completeOptions(
    table,
    without(options, place),
    'writeDataset',
  );
  const found = findModels(options.outputs ?? OUTPUTS, options.run);
  const { classes } = found.images;
  if (classes.length === 0)
    throw new UserError(
      `${found.run} was trained on images without labels, expected a run on images of classes`,
    );
  const counts =
    options.counts === undefined
      ? evenCounts(perDigit, classes)
      : givenCounts(options.counts, classes);
  checkOutput(out, force);
  const backend = await backendOf(options);
  return writeSetOf(found, backend, {
    ...{ out, force, format, seed, signal },
    counts,
    latentScale: labelled.latentScale ?? defaultLatentScale(found),
    minConfidence: labelled.minConfidence,
    labelling: async () => ({
      ...keeping(backend, heardBy(options)),
      mnist: labelledData(await realImages(found, options.data), 'a classifier'),
    }),
  });
}

/** What {@link writeSetOf} is told. */
export interface SetRequest extends Pick<Parameters<typeof writeSet>[1], 'progress' | 'signal'> {
  readonly out: string;
  readonly force: boolean;
  readonly format: Format;
  readonly counts: Counts;
  readonly seed: number;
  readonly latentScale: number;
  readonly minConfidence: number;
  /** What gets the classifier that labels the images of a model that cannot be asked for classes. */
  readonly labelling: () => Promise<KeepContext>;
}

/** Draws a labelled set from a run's models and writes it: the work of {@link writeDataset} and of `gan-mnist dataset`. */
export async function writeSetOf(
  found: RunModels,
  backend: Backend,
  { counts, seed, latentScale, minConfidence, labelling, ...request }: SetRequest,
): Promise<Omit<Manifest, 'kind'>> {
  const models = await loadModels(found, backend, latentScale);
  const kept = found.kind === 'all-digits' ? await keptClassifier(await labelling()) : undefined;
  try {
    const source = openSource(models, {
      seed,
      stream: 'data set',
      ...(kept !== undefined && { labeller: { kept, minConfidence } }),
    });
    const run = nameOfRun(found.run);
    return await writeSet(source, {
      ...request,
      ...found.images,
      counts: partsOf(counts),
      seed,
      made: { run, models: modelDigests(found), latentScale, library: backend.library },
    });
  } finally {
    await kept?.classifier.dispose();
    await disposeModels(models);
  }
}

/** The real images to go with a run's models: those that they were trained on. @param data where they are by now. */
export async function realImages(
  found: RunModels,
  data: string | undefined,
  context: LoadContext = {},
): Promise<DataSet> {
  const [run] = found.kind === 'all-digits' ? [found.run] : found.folders.values();
  return imagesOfRun(run, data, context);
}

/** Who hears of a classifier that is being trained. */
export type Hearing = Pick<KeepContext, 'say' | 'warn' | 'watcher' | 'progress' | 'signal'>;

export const heardBy = ({ say, signal }: LabelledOptions): Hearing => ({
  signal,
  ...(say && { say, warn: say }),
});

/** What is needed to get a classifier, beside the images. */
export const keeping = (backend: Backend, hearing: Hearing): Omit<KeepContext, 'mnist'> => ({
  ...{ backend, ...hearing },
  keptIn: cacheFolder(KEPT_CLASSIFIERS),
});
