import { dirname, join } from 'node:path';
import type { KeepContext } from '../classifier/kept.js';
import { keptClassifier } from '../classifier/kept.js';
import { labelledData, type LabelledDataSet } from '../data/image-set.js';
import { loadImages } from '../data/load.js';
import { evenCounts, partsOf } from '../datasets/counts.js';
import type { Counts, Format } from '../datasets/format.js';
import type { Manifest } from '../datasets/manifest.js';
import { checkOutput } from '../datasets/output-folder.js';
import { writeDataset as writeSet } from '../datasets/write-dataset.js';
import type { Backend } from '../backends/index.js';
import { UserError } from '../errors.js';
import { evaluateModels, EVALUATION_DEFAULTS } from '../evaluation/evaluate.js';
import type { Evaluation, EvaluationOptions } from '../evaluation/evaluate.js';
import { writeEvaluation } from '../evaluation/files.js';
import { defaultLatentScale } from '../labelled/latent-scale.js';
import { disposeModels, loadModels, modelDigests, openSource } from '../labelled/models.js';
import { findModels, type RunModels } from '../labelled/run-models.js';
import { readRunDescription } from '../runs/run-description.js';
import { backendOf, given, OUTPUTS, type ComputeOptions } from './session.js';
import type { RunPlace } from './open-run.js';

interface LabelledOptions extends RunPlace, ComputeOptions {
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
  const { out, format = 'idx', perDigit = 6000, force = false, seed = 1, signal } = options;
  const found = findModels(options.outputs ?? OUTPUTS, options.run);
  const { shape, classes } = found.images;
  if (classes.length === 0)
    throw new UserError(
      `${found.run} was trained on images without labels, expected a run on images of classes`,
    );
  const counts = options.counts ?? evenCounts(perDigit, classes);
  checkOutput(out, force);
  const backend = await backendOf(options);
  const latentScale = options.latentScale ?? defaultLatentScale(found);
  const models = await loadModels(found, backend, latentScale);
  const kept =
    found.kind === 'all-digits'
      ? await keptClassifier(keeping(found, await realImages(found, options), backend, options))
      : undefined;
  try {
    const { minConfidence = EVALUATION_DEFAULTS.minConfidence } = options;
    const source = openSource(models, {
      seed,
      stream: 'data set',
      ...(kept !== undefined && { labeller: { kept, minConfidence } }),
    });
    return await writeSet(source, {
      out,
      force,
      format,
      shape,
      classes,
      counts: partsOf(counts),
      seed,
      made: { run: found.run, models: modelDigests(found), latentScale, library: backend.library },
      signal,
    });
  } finally {
    await kept?.classifier.dispose();
    await disposeModels(models);
  }
}

export interface EvaluateOptions extends LabelledOptions, Partial<EvaluationOptions> {
  /** Whether to write evaluation.json and its pictures into the run (default). */
  readonly write?: boolean;
}

/**
 * Measures a run's images against real ones, as `gan-mnist evaluate` does.
 *
 * @throws UserError for a backend or a data set that cannot serve; RunError where a training fails; Interrupted.
 */
export async function evaluate(options: EvaluateOptions = {}): Promise<Evaluation> {
  const found = findModels(options.outputs ?? OUTPUTS, options.run);
  const mnist = await realImages(found, options);
  const backend = await backendOf(options);
  const latentScale = options.latentScale ?? defaultLatentScale(found);
  const models = await loadModels(found, backend, latentScale);
  try {
    const evaluated = await evaluateModels(
      models,
      evaluationOptions(options),
      keeping(found, mnist, backend, options),
    );
    const made = { run: found.run, models: modelDigests(found), latentScale };
    if (options.write !== false) await writeEvaluation(found.run, evaluated, made);
    return evaluated.evaluation;
  } finally {
    await disposeModels(models);
  }
}

function evaluationOptions(options: EvaluateOptions): EvaluationOptions {
  const names = Object.keys(EVALUATION_DEFAULTS);
  const own = Object.entries(given(options)).filter(([name]) => names.includes(name));
  return { ...EVALUATION_DEFAULTS, ...(Object.fromEntries(own) as Partial<EvaluationOptions>) };
}

/** The real images to go with a run. */
async function realImages(
  found: RunModels,
  { data }: Pick<LabelledOptions, 'data'>,
): Promise<LabelledDataSet> {
  const [run] = found.kind === 'all-digits' ? [found.run] : found.folders.values();
  return labelledData(
    await loadImages(data ?? readRunDescription(run).data.folder),
    'a classifier',
  );
}

function keeping(
  { run }: RunModels,
  mnist: LabelledDataSet,
  backend: Backend,
  { say = () => {}, signal }: LabelledOptions,
): KeepContext {
  return { mnist, backend, keptIn: join(dirname(run), 'classifiers'), say, warn: say, signal };
}
