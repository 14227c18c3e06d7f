import { drawFolder } from '../drawings/drawings.js';
import { UserError } from '../errors.js';
import { evaluateModels } from '../evaluation/evaluate.js';
import type { Evaluation, EvaluationContext, EvaluationOptions } from '../evaluation/evaluation.js';
import { writeEvaluation } from '../evaluation/files.js';
import { EVALUATION_OPTIONS } from '../evaluation/option-table.js';
import { defaultLatentScale } from '../labelled/latent-stream.js';
import { disposeModels, loadModels, modelDigests } from '../labelled/models.js';
import { LABELLED_OPTIONS } from '../labelled/option-table.js';
import { completeOptions } from '../options.js';
import { findModels, type RunModels } from '../runs/run-models.js';
import { nameOfRun, PACKAGED_RUN, placeOfRun } from '../runs/packaged.js';
import { readRun } from '../runs/run-data.js';
import { heardBy, keeping, LABELLED_PLACE, realImages, type LabelledOptions } from './labelled.js';
import { backendOf, OUTPUTS, without } from './session.js';

export interface EvaluateOptions extends LabelledOptions, Partial<EvaluationOptions> {
  /** Whether to write evaluation.json and its pictures into the run, and to draw its report again (default). */
  readonly write?: boolean;
}

/**
 * Measures a run's images against real ones, as `gan-mnist evaluate` does.
 *
 * @throws UserError for a backend or a data set that cannot serve; RunError where a training fails; Interrupted.
 */
export async function evaluate(options: EvaluateOptions = {}): Promise<Evaluation> {
  const { outputs = OUTPUTS, run, data, write = true, say } = options;
  const place = { ...LABELLED_PLACE, write: true } as const;
  const table = { ...EVALUATION_OPTIONS, ...LABELLED_OPTIONS };
  const { latentScale, ...asked } = completeOptions(table, without(options, place), 'evaluate');
  const found = findModels(outputs, run);
  const images = await realImages(found, data);
  const backend = await backendOf(options);
  const { evaluation } = await evaluateRun(
    found,
    {
      options: asked,
      latentScale: latentScale ?? defaultLatentScale(found),
      ...(write && { into: placeOfRun(found.run, outputs) }),
    },
    { ...keeping(backend, heardBy({ ...options, say })), data: images },
  );
  return evaluation;
}

/** How models are evaluated, and where that is written. */
export interface EvaluationRequest {
  readonly options: EvaluationOptions;
  readonly latentScale: number;
  /** The folder that gets the evaluation; without it nothing is written. */
  readonly into?: string;
}

/** An evaluation and what was written of it. */
export interface EvaluatedRun {
  readonly evaluation: Evaluation;
  /** What was evaluated. */
  readonly made: {
    readonly run: string;
    readonly models: Readonly<Record<string, string>>;
    readonly latentScale: number;
    /** The one that images of the run are drawn with unless another is asked for. */
    readonly usualLatentScale: number;
  };
  /** evaluation.json, then its pictures; none where nothing is written. */
  readonly files: readonly string[];
  /** The run's report, drawn again; absent where it has none. */
  readonly report?: string;
}

/** The work of {@link evaluate} and of `gan-mnist evaluate`. */
export async function evaluateRun(
  found: RunModels,
  { options, latentScale, into }: EvaluationRequest,
  context: EvaluationContext,
): Promise<EvaluatedRun> {
  const models = await loadModels(found, context.backend, latentScale);
  try {
    const evaluated = await evaluateModels(models, options, context);
    const { evaluation } = evaluated;
    const made = {
      ...{ run: nameOfRun(found.run), models: modelDigests(found) },
      ...{ latentScale, usualLatentScale: defaultLatentScale(found) },
    };
    if (into === undefined) return { evaluation, made, files: [] };
    const files = await writeEvaluation(into, evaluated, made);
    const report = await drawAgain(found.run, into, context.warn ?? (() => {}));
    return { evaluation, made, files, ...(report !== undefined && { report }) };
  } finally {
    await disposeModels(models);
  }
}

/** Draws the run's report with the evaluation in it; a run without a finished epoch has none, which is said. */
async function drawAgain(
  folder: string,
  into: string,
  warn: (message: string) => void,
): Promise<string | undefined> {
  if (folder === PACKAGED_RUN) return undefined;
  try {
    return (await drawFolder(readRun(folder, warn), into)).at(-1);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warn(`no report: ${error.message}`);
    return undefined;
  }
}
