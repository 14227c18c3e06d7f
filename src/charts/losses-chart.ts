import { createRequire } from 'node:module';
import type * as Echarts from 'echarts';
import { FONT_FAMILY, svgToPng } from '../images/raster.js';

const require = createRequire(import.meta.url);

/** The losses of one epoch, as a row of log.jsonl has them. */
export interface LossRow {
  epoch: number;
  discriminatorLoss: number;
  generatorLoss: number;
}

export const CHART_WIDTH = 800;
export const CHART_HEIGHT = 500;

/** Blue and vermilion of the palette by Okabe and Ito (2008), which colour-blind people tell apart. */
const COLORS = { discriminator: '#0072b2', generator: '#d55e00' };

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

/**
 * Both losses over the epochs as an option of Apache ECharts, the same for the PNG and for pages. The ticks of the x axis are
 * whole epochs; the y axis need not begin at 0.
 */
export function lossesChartOption(rows: readonly LossRow[]): Echarts.EChartsOption {
  return linesChartOption(
    [
      {
        name: 'discriminator',
        color: COLORS.discriminator,
        points: rows.map((row) => [row.epoch, row.discriminatorLoss]),
      },
      {
        name: 'generator',
        color: COLORS.generator,
        points: rows.map((row) => [row.epoch, row.generatorLoss]),
      },
    ],
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
  const echarts = require('echarts/dist/echarts.min.js') as typeof Echarts;
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
