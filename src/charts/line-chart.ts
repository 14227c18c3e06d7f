/** A chart of numbers over the epochs. It runs in Node.js and in pages, so it imports nothing that only one of them has. */
import type { EChartsOption, LineSeriesOption } from 'echarts';
import { labelEdges, labelLifts } from './level-labels.js';
import { valueScale, type ValueScale } from './value-scale.js';

/** One line of a chart. */
export interface ChartLine {
  readonly name: string;
  /** In the order of epochs. */
  readonly points: readonly (readonly [epoch: number, value: number])[];
}

/** A value with a meaning, drawn across the chart. */
export interface Level {
  readonly value: number;
  /** What it means, in few words. */
  readonly label: string;
}

export interface LineChart {
  /** What it shows, as a heading. */
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly levels: readonly Level[];
  /** Whether values are shares between 0 and 1, which people read as percent. */
  readonly share: boolean;
}

/** Colours and letters: of a page, whose own style says what they are, or of a picture. */
export interface ChartTheme {
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  readonly page: string;
  readonly font: string;
  /** Of the lines, in turn. */
  readonly lines: readonly string[];
}

/** More lines than these have no names at their ends, and those after the first take the colours again. */
const MOST_NAMED = 12;
/** A single line is what the chart's title says. */
const hasNames = (count: number): boolean => count > 1 && count <= MOST_NAMED;
/** Above this many points a marker at each would hide the lines. */
const MOST_MARKERS = 60;
const FONT_PIXELS = 13;
/** A letter of the font at this size is about so wide. */
const LETTER_PIXELS = 7.6;
/** Of a chart's width, what names at the lines' ends may take. */
const MOST_NAME_SHARE = 0.3;
/** Around the plot. */
const TOP_PIXELS = 12;
const BOTTOM_PIXELS = 44;
/** From the plot's left edge to the labels of levels. */
const INDENT_PIXELS = 5;

/** Of a chart, in pixels. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** The option of Apache ECharts that draws a chart: each line's name at its end, levels dashed and named, whole epochs below. */
export function chartOption(
  chart: LineChart,
  theme: ChartTheme,
  { width, height }: ChartSize,
): EChartsOption {
  const { lines } = chart;
  const text = { fontSize: FONT_PIXELS, color: theme.faint };
  const scale = valueScale(valuesOf(chart), chart.share);
  const names = hasNames(lines.length) ? lines.map(({ name }) => name) : [];
  const nameWidth = Math.ceil(Math.min(widest(names), MOST_NAME_SHARE * width));
  const format = valueFormat(chart, scale.interval);
  const valueWidth = widest([scale.min, scale.max].map(format));
  const [left, right] = [valueWidth + 12, nameWidth + 18];
  const plot = { width: width - left - right, height: height - TOP_PIXELS - BOTTOM_PIXELS };
  const nameHeights = heightsOfNames(lines, scale, plot.height);
  return {
    animation: false,
    textStyle: { fontFamily: theme.font, fontSize: FONT_PIXELS },
    grid: { left, right, top: TOP_PIXELS, bottom: BOTTOM_PIXELS, outerBoundsMode: 'none' },
    xAxis: {
      type: 'value',
      name: 'epoch',
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: text,
      minInterval: 1,
      axisLabel: { ...text, hideOverlap: true, formatter: wholeOnly },
      axisLine: { lineStyle: { color: theme.grid } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisPointer: { snap: true, label: { precision: 0, formatter: 'epoch {value}' } },
      ...epochRange(lines),
    },
    yAxis: {
      type: 'value',
      ...scale,
      axisLabel: { ...text, formatter: format },
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: theme.grid } },
    },
    series: [
      ...lines.map((line, k) =>
        lineSeries(line, theme.lines[k % theme.lines.length], chart, {
          width: nameWidth,
          x: width - right + NAME_GAP_PIXELS,
          y: nameHeights[k],
        }),
      ),
      levelSeries(chart, theme, scale, plot),
    ],
  };
}

function lineSeries(
  { name, points }: ChartLine,
  color: string,
  { lines }: LineChart,
  place: { readonly width: number; readonly x: number; readonly y: number },
): LineSeriesOption {
  const pointCount = lines.reduce((sum, line) => sum + line.points.length, 0);
  const isNamed = hasNames(lines.length);
  return {
    name,
    type: 'line',
    color,
    data: points.map(([epoch, value]) => [epoch, value]),
    symbol: 'circle',
    symbolSize: 5,
    showSymbol: pointCount <= MOST_MARKERS || points.length === 1,
    lineStyle: { width: lines.length <= MOST_NAMED ? 2 : 1 },
    endLabel: {
      show: isNamed,
      formatter: '{a}',
      color,
      fontSize: FONT_PIXELS,
      width: place.width,
      overflow: 'truncate',
    },
    // Beside the plot, also where a line ends earlier: in it they would lie upon other lines and the numbers below.
    labelLayout: { x: place.x, y: place.y, align: 'left', verticalAlign: 'middle' },
  };
}

/** From the plot to the names beside it. */
const NAME_GAP_PIXELS = 8;
/** From a name to the next one. */
const NAME_PIXELS = 14;

/** The middles of the lines' names, from the upper edge of the chart: as high as the lines end, and apart. */
function heightsOfNames(
  lines: readonly ChartLine[],
  { min, max }: ValueScale,
  plot: number,
): number[] {
  const ends = lines.map(({ points }) => ((points.at(-1)?.[1] ?? min) - min) / (max - min));
  const wanted = ends.map((share) => share * plot - NAME_PIXELS / 2);
  const edges = labelEdges(wanted, plot, NAME_PIXELS);
  return edges.map((edge) => TOP_PIXELS + plot - edge - NAME_PIXELS / 2);
}

const widest = (texts: readonly string[]): number =>
  LETTER_PIXELS * Math.max(0, ...texts.map((text) => text.length)) + 2;

/** Lines across the chart that belong to no line of it, with labels that stay in the plot: beside it are the names of lines. */
function levelSeries(
  { levels }: LineChart,
  theme: ChartTheme,
  { min, max }: ValueScale,
  plot: ChartSize,
): LineSeriesOption {
  const heights = levels.map(({ value }) => ((value - min) / (max - min)) * plot.height);
  const lifts = labelLifts(heights, plot.height);
  return {
    id: 'levels',
    type: 'line',
    silent: true,
    // Below the lines.
    z: 1,
    data: [],
    markLine: {
      silent: true,
      // Labels hide no curve either.
      z: 1,
      symbol: 'none',
      animation: false,
      lineStyle: { color: theme.faint, width: 1, type: [4, 4] },
      label: {
        position: 'insideStartTop',
        color: theme.faint,
        textBorderColor: theme.page,
        textBorderWidth: 3,
        fontSize: FONT_PIXELS - 1,
        formatter: '{b}',
        width: Math.max(0, plot.width - 2 * INDENT_PIXELS),
        overflow: 'truncate',
      },
      data: levels.map(({ value, label }, k) => ({
        yAxis: value,
        name: label,
        label: { distance: [INDENT_PIXELS, lifts[k]] },
      })),
    },
  };
}

const valuesOf = ({ lines, levels }: LineChart): number[] => [
  ...lines.flatMap(({ points }) => points.map(([, value]) => value)),
  ...levels.map(({ value }) => value),
];

/** How values beside an axis of these steps are written. */
function valueFormat({ share }: LineChart, step: number): (value: number) => string {
  const decimals = (one: number): number => {
    for (let count = 0; count < 6; count++)
      if (Math.abs(one - Number(one.toFixed(count))) < 1e-9) return count;
    return 6;
  };
  return share
    ? (value) => `${(100 * value).toFixed(decimals(100 * step))}%`
    : (value) => value.toFixed(decimals(step));
}

/** A value of the chart, in words. */
export const valueText = ({ share }: Pick<LineChart, 'share'>, value: number): string =>
  share ? `${(100 * value).toFixed(1)}%` : value.toFixed(4);

/** A range that was zoomed to begins and ends between epochs. */
const wholeOnly = (epoch: number): string => (Number.isInteger(epoch) ? String(epoch) : '');

/** A single epoch gets room at both sides, where an axis of no length would be drawn from 0. */
function epochRange(lines: readonly ChartLine[]): { min: number; max: number } {
  const ends = lines.flatMap(({ points }) => [points[0], points.at(-1)]);
  const epochs = ends.flatMap((point) => (point === undefined ? [] : [point[0]]));
  if (epochs.length === 0) return { min: 0, max: 1 };
  const first = Math.min(...epochs);
  const last = Math.max(...epochs);
  return first === last ? { min: first - 1, max: last + 1 } : { min: first, max: last };
}
