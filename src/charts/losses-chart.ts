import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as Echarts from 'echarts';
import type { Scalars } from '../gan/step.js';
import { vendored } from '../vendor.js';
import { FONT_FAMILY, svgToPng } from '../images/raster.js';
import { wordsOf } from '../names.js';
import type { LogRow } from '../runs/log.js';

const require = createRequire(import.meta.url);

/** The losses of one epoch, as a row of the log has them. */
export type LossRow = Pick<LogRow, 'epoch' | 'scalars'>;

export const CHART_WIDTH = 800;
export const CHART_HEIGHT = 500;

/** The palette by Okabe and Ito (2008) without black and with a darker yellow, which colour-blind people tell apart, and two more. */
export const PALETTE = [
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
] as const;

/** Above this many points a marker at each would hide the lines. */
const MOST_MARKERS = 60;

/** One line of a chart. */
export interface ChartLine {
  name: string;
  /** as #rrggbb */
  color: string;
  dashed?: boolean;
  /** in the order of epochs */
  points: readonly (readonly [epoch: number, value: number])[];
}

const LOSS = /^(.+)Loss$/;

/** Whether a number is drawn among the losses. */
export const isLoss = (name: string): boolean => LOSS.test(name);

/** The names of the rows' numbers, each once. */
export const namesOf = (all: readonly Scalars[]): string[] => [
  ...new Set(all.flatMap((one) => Object.keys(one))),
];

/** One number over the epochs that have it. */
export function pointsOf(
  rows: readonly { readonly epoch: number }[],
  numberOf: (index: number) => number | undefined,
): [epoch: number, value: number][] {
  return rows.flatMap(({ epoch }, k) => {
    const value = numberOf(k);
    return value === undefined ? [] : [[epoch, value] as [number, number]];
  });
}

/**
 * All losses over the epochs, each number whose name ends in `Loss`, as an option of Apache ECharts, the same for the PNG and for pages. The ticks of the x axis are
 * whole epochs; the y axis need not begin at 0.
 */
export function lossesChartOption(rows: readonly LossRow[]): Echarts.EChartsOption {
  const names = namesOf(rows.map((row) => row.scalars)).filter(isLoss);
  return linesChartOption(
    names.map((name, k) => ({
      name: wordsOf(LOSS.exec(name)![1]),
      color: PALETTE[k % PALETTE.length],
      points: pointsOf(rows, (i) => rows[i].scalars[name]),
    })),
    'loss (mean of the epoch)',
  );
}

/** Any lines over the epochs, in the style of {@link lossesChartOption}. It is plain data, without functions. */
export function linesChartOption(
  lines: readonly ChartLine[],
  yName: string,
): Echarts.EChartsOption {
  const pointCount = lines.reduce((sum, { points }) => sum + points.length, 0);
  const axisText = { fontSize: 14, color: '#333333' };
  const axis = {
    type: 'value' as const,
    nameLocation: 'middle' as const,
    nameTextStyle: { ...axisText, fontSize: 16 },
    axisLabel: { ...axisText, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: '#666666' } },
    axisTick: { show: true },
    splitLine: { lineStyle: { color: '#e5e5e5' } },
  };
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT_FAMILY },
    legend: { top: 12, itemGap: 32, textStyle: { ...axisText, fontSize: 16 } },
    grid: { left: 80, right: 32, top: 56, bottom: 64 },
    xAxis: { ...axis, name: 'epoch', nameGap: 34, minInterval: 1, ...epochRange(lines) },
    yAxis: { ...axis, name: yName, nameGap: 52, scale: true },
    series: lines.map(({ name, color, dashed, points }) => ({
      name,
      type: 'line' as const,
      color,
      showSymbol: pointCount <= MOST_MARKERS,
      lineStyle: { width: 2, ...(dashed === true && { type: 'dashed' as const }) },
      data: points.map(([epoch, value]) => [epoch, value]),
    })),
  };
}

/** losses.png: 800 x 500 pixels. The same rows give the same bytes. */
export async function drawLossesPng(rows: readonly LossRow[]): Promise<Uint8Array> {
  return svgToPng(chartSvg(lossesChartOption(rows), CHART_WIDTH, CHART_HEIGHT));
}

/**
 * Draws any option of ECharts as SVG, without a browser.
 *
 * The bundle loads in 60 ms, its 800 modules one by one in 390; pages carry the same file.
 */
export function chartSvg(option: Echarts.EChartsOption, width: number, height: number): string {
  const echarts = require(fileURLToPath(vendored('echarts/dist/echarts.min.js'))) as typeof Echarts;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option);
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** A single epoch gets room at both sides, where an axis of no length would be drawn from 0. */
function epochRange(lines: readonly ChartLine[]): { min: number; max: number } | undefined {
  const ends = lines.flatMap(({ points }) => [points[0], points.at(-1)]);
  const epochs = ends.flatMap((point) => (point === undefined ? [] : [point[0]]));
  if (epochs.length === 0) return undefined;
  const first = Math.min(...epochs);
  const last = Math.max(...epochs);
  return first === last ? { min: first - 1, max: last + 1 } : { min: first, max: last };
}
