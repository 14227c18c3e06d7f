import type { EChartsOption } from 'echarts';
import { isLoss, linesChartOption, namesOf, PALETTE, pointsOf } from '../charts/losses-chart.js';
import { wordsOf } from '../names.js';
import type { LogRow } from '../runs/log.js';

export interface NamedRows {
  readonly name: string;
  readonly rows: readonly LogRow[];
}

/** So many runs have a colour of their own. */
export const MOST_RUNS = PALETTE.length;

/** A chart per number that is logged, a line per run: losses first, then what else the steps returned and what was measured. */
export function numberCharts(
  runs: readonly NamedRows[],
): readonly { readonly name: string; readonly option: EChartsOption }[] {
  const all = runs.flatMap(({ rows }) => rows);
  const scalars = namesOf(all.map((row) => row.scalars));
  const measures = namesOf(all.map((row) => row.measures)).filter(
    (name) => !scalars.includes(name),
  );
  const names = [
    ...scalars.filter(isLoss),
    ...scalars.filter((name) => !isLoss(name)),
    ...measures,
  ];
  return names.map((name) => ({ name, option: numberChartOption(runs, name) }));
}

/** One number over the epochs, a line per run. */
export function numberChartOption(runs: readonly NamedRows[], name: string): EChartsOption {
  const lines = runs.map(({ name: run, rows }, i) => ({
    name: run,
    color: PALETTE[i % PALETTE.length],
    points: pointsOf(rows, (k) => rows[k].scalars[name] ?? rows[k].measures[name]),
  }));
  return linesChartOption(lines, name === 'diversity' ? 'diversity (real: 1)' : wordsOf(name));
}
