import type { Scalars } from '../gan/step.js';
import type { LogRow } from '../runs/log.js';
import { REAL_LEVELS } from './real-levels.js';

/** Images that are as varied as this share of real ones: of less, a run of a few good images could end at once. */
const VARIED = 0.9;

/** The percentage recognised at which a run ends. */
interface Until {
  readonly until?: number | undefined;
}

/** Whether measures are what `until` asks for: so many percent recognised, and at least 0.9 of real images' coverage. */
export function isGoodEnough({ until }: Until, measures: Scalars): boolean {
  const { recognised, coverage } = measures;
  if (until === undefined || recognised === undefined) return false;
  return 100 * recognised >= until && coverage >= VARIED * REAL_LEVELS.coverage;
}

/** Whether a row of a run's log is the last one that there will be. */
export const isTrained = (
  options: Until & { readonly epochs: number },
  row: Pick<LogRow, 'epoch' | 'measures'> | undefined,
): boolean =>
  row !== undefined && (row.epoch >= options.epochs || isGoodEnough(options, row.measures));
