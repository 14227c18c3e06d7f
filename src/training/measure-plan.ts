import type { RunOptions } from '../gan/options.js';
import type { Scalars } from '../gan/step.js';

/** The options that say when a run is measured and what follows from it. */
export type MeasureOptions = Pick<RunOptions, 'measureEvery' | 'sampleEvery' | 'keep'>;

/** Of `measureEvery`: a run that is shorter is over before a measure would be. */
const SHORTEST = 0.1;

/**
 * Whether the quality is measured at an epoch's end, by the number of steps alone: at the first one after each `measureEvery` steps, and at
 * the last one unless the run is very short.
 *
 * @param epoch counted from 1.
 */
export function isMeasured(
  options: MeasureOptions & { readonly epochs: number },
  epoch: number,
  stepsPerEpoch: number,
): boolean {
  const { measureEvery, epochs } = options;
  const isLast = epoch === epochs && epoch * stepsPerEpoch >= SHORTEST * measureEvery;
  return measureEvery > 0 && (isLast || isDue(options, epoch, stepsPerEpoch));
}

function isDue({ measureEvery }: MeasureOptions, epoch: number, stepsPerEpoch: number): boolean {
  if (measureEvery === 0) return false;
  const times = (epochs: number): number => Math.floor((epochs * stepsPerEpoch) / measureEvery);
  return times(epoch) > times(epoch - 1);
}

/** A row of the log, as far as it matters here. */
interface MeasuredRow {
  readonly epoch: number;
  readonly measures: Scalars;
}

/** The best of the epochs that were measured, the first of equals: the one with the smallest Frechet distance. */
export function bestEpoch<Row extends MeasuredRow>(rows: readonly Row[]): Row | undefined {
  let best: Row | undefined;
  for (const row of rows) {
    const { frechet } = row.measures;
    if (frechet !== undefined && !(frechet >= (best?.measures.frechet ?? Infinity))) best = row;
  }
  return best;
}

/**
 * Whether the models in the run's folder are to become those of the newest row: with `keep best` where it is the best, or while nothing
 * was measured.
 *
 * @param rows of all epochs up to this one.
 */
export function areModelsKept({ keep }: MeasureOptions, rows: readonly MeasuredRow[]): boolean {
  if (keep === 'last') return true;
  const best = bestEpoch(rows);
  return best === undefined || best === rows.at(-1);
}

/**
 * The measures of a row that are the run's also where its epoch is not the last any more: those of an epoch that had samples or a
 * measure only because it was last are not.
 */
export function lastingMeasures(
  options: MeasureOptions,
  { epoch, measures }: MeasuredRow,
  stepsPerEpoch: number,
): Scalars {
  const { diversity, ...quality } = measures;
  return {
    ...(diversity !== undefined && epoch % options.sampleEvery === 0 && { diversity }),
    ...(isDue(options, epoch, stepsPerEpoch) && quality),
  };
}
