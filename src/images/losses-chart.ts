import { createRequire } from 'node:module';
import type * as Echarts from 'echarts';
import { FONT_FAMILY, svgToPng } from './raster.js';

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

/** Above this many epochs a marker at each would hide the line. */
const MOST_MARKERS = 30;

/**
 * Both losses over the epochs as an option of Apache ECharts, the same for the PNG and for pages. The ticks of the x axis are
 * whole epochs; the y axis need not begin at 0.
 */
export function lossesChartOption(rows: readonly LossRow[]): Echarts.EChartsOption {
  const line = (name: keyof typeof COLORS, key: 'discriminatorLoss' | 'generatorLoss') => ({
    name,
    type: 'line' as const,
    color: COLORS[name],
    showSymbol: rows.length <= MOST_MARKERS,
    lineStyle: { width: 2 },
    data: rows.map((row) => [row.epoch, row[key]]),
  });
  const axisText = { fontSize: 14, color: '#333333' };
  const axis = {
    type: 'value' as const,
    nameLocation: 'middle' as const,
    nameTextStyle: { ...axisText, fontSize: 16 },
    axisLabel: axisText,
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
    xAxis: { ...axis, name: 'epoch', nameGap: 34, minInterval: 1, ...epochRange(rows) },
    yAxis: { ...axis, name: 'loss (mean of the epoch)', nameGap: 52, scale: true },
    series: [line('discriminator', 'discriminatorLoss'), line('generator', 'generatorLoss')],
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
function epochRange(rows: readonly LossRow[]): { min: number; max: number } | undefined {
  const first = rows[0]?.epoch;
  const last = rows.at(-1)?.epoch;
  if (first === undefined || last === undefined) return undefined;
  return first === last ? { min: first - 1, max: last + 1 } : { min: first, max: last };
}
