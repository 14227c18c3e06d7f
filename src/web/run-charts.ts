import type { EChartsOption } from 'echarts';
import { linesChartOption, type ChartLine } from '../images/losses-chart.js';
import type { LogRow } from '../training/log.js';

export interface NamedRows {
  readonly name: string;
  readonly rows: readonly LogRow[];
}

/** The palette by Okabe and Ito (2008) without black and with a darker yellow, which colour-blind people tell apart. */
const PALETTE = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#b8a000',
  '#e69f00',
  '#7f7f7f',
];

/** So many runs have a colour of their own. */
export const MOST_RUNS = PALETTE.length;

/** Diversity over the epochs, a line a run; undefined where none was measured. */
export function diversityChartOption(runs: readonly NamedRows[]): EChartsOption | undefined {
  const lines = linesOf(runs, (row) => row.diversity);
  const isEmpty = lines.every(({ points }) => points.length === 0);
  return isEmpty ? undefined : linesChartOption(lines, 'diversity (real images: 1)');
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
