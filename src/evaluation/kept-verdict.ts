import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { isInUse } from '../files/lease.js';
import { readWhole, readText } from '../files/read.js';
import type { RunDescription } from '../runs/run-description.js';
import { RUN_FILES } from '../runs/run-folder.js';
import type { VerdictRow } from './course-verdict.js';
import { judgeRun, type Finding } from './verdict.js';

/** Of evaluation.json, what a verdict needs. */
const KEPT = v.object({
  /** SHA-256 of each model's generator.onnx, by its path in the run. */
  models: v.record(v.string(), v.string()),
  verdict: v.array(
    v.object({
      kind: v.picklist(['good', 'warning', 'bad', 'unknown']),
      title: v.string(),
      text: v.string(),
    }),
  ),
  latentScale: v.optional(v.number()),
  /** Absent in evaluations of before. */
  usualLatentScale: v.optional(v.number()),
  figures: v.optional(v.record(v.string(), v.object({ value: v.number() })), {}),
});

/** A run as a verdict needs it. */
export interface VerdictRun {
  readonly folder: string;
  /** In the order of epochs, at least one. */
  readonly rows: readonly VerdictRow[];
  readonly description: Pick<RunDescription, 'options' | 'data'>;
}

/** What a run shows: what `evaluate` found of its models as they are, where it was asked; else what was measured while it trained. */
export const verdictOf = ({ folder, rows, description }: VerdictRun): Finding[] =>
  judgeRun(rows, description.options, {
    data: description.data,
    evaluated: keptEvaluation(folder)?.verdict,
  });

/** The figures that `evaluate` found of a run's models as they are, by their names; none where it was not asked. */
export const evaluatedFigures = (folder: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(keptEvaluation(folder)?.figures ?? {}).map(([name, { value }]) => [name, value]),
  );

/**
 * Undefined where the run was not evaluated, has been trained on since or is just now, its images were drawn with another z than they
 * usually are, or the file is damaged, of which pages say so.
 */
function keptEvaluation(folder: string): v.InferOutput<typeof KEPT> | undefined {
  const path = join(folder, RUN_FILES.evaluation);
  if (!existsSync(path) || isInUse(folder) === true) return undefined;
  const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), KEPT), readText(path));
  const model = join(folder, RUN_FILES.generatorOnnx);
  if (!kept.success || !existsSync(model)) return undefined;
  const { latentScale, usualLatentScale = latentScale } = kept.output;
  if (latentScale !== usualLatentScale) return undefined;
  const digest = createHash('sha256').update(readWhole(model)).digest('hex');
  return kept.output.models[RUN_FILES.generatorOnnx] === digest ? kept.output : undefined;
}
