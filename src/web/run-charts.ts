import type { EChartsOption } from 'echarts';
import { linesChartOption, type ChartLine } from '../charts/losses-chart.js';
import type { LogRow } from '../runs/log.js';

export interface NamedRows {
  readonly name: string;
  readonly rows: readonly LogRow[];
}

/** The palette by Okabe and Ito (2008) without black and with a darker yellow, which colour-blind people tell apart, and two more. */
const PALETTE = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#b8a000',
  '#e69f00',
  '#7f7f7f',
  '#9467bd',
  '#a0694f',
];

/** So many runs have a colour of their own. */
export const MOST_RUNS = PALETTE.length;

/**
 * Diversity over the epochs, a line a run; undefined where none was measured.
 *
 * @param color of all lines, instead of one each.
 */
export function diversityChartOption(
  runs: readonly NamedRows[],
  color?: string,
): EChartsOption | undefined {
  const own = linesOf(runs, (row) => row.diversity);
  const lines = color === undefined ? own : own.map((line) => ({ ...line, color }));
  const isEmpty = lines.every(({ points }) => points.length === 0);
  return isEmpty ? undefined : linesChartOption(lines, 'diversity (real: 1)');
}

/** One of the two losses over the epochs, a line a run. */
export function lossChartOption(
  runs: readonly NamedRows[],
  network: 'discriminator' | 'generator',
): EChartsOption {
  const lines = linesOf(runs, (row) => row[`${network}Loss`]);
  return linesChartOption(lines, `${network} loss`);
}

function linesOf(
  runs: readonly NamedRows[],
  valueOf: (row: LogRow) => number | undefined,
): ChartLine[] {
  return runs.map(({ name, rows }, i) => ({
    name,
    color: PALETTE[i],
    points: rows.flatMap((row) => {
      const value = valueOf(row);
      return value === undefined ? [] : [[row.epoch, value] as const];
    }),
  }));
}
