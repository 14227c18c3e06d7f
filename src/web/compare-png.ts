import type { EChartsOption } from 'echarts';
import { chartSvg } from '../charts/losses-chart.js';
import { FONT_FAMILY, svgToPng } from '../images/raster.js';
import { differences, type Difference } from './differences.js';
import { pngUri } from './frames.js';
import { html, Html } from './html.js';
import { numberChartOption } from './run-charts.js';
import type { RunData } from '../runs/run-data.js';
import { lastGrid, type LastGrid } from './run-samples.js';

const CHART_WIDTH = 800;
const CHART_HEIGHT = 360;
/** Of a grid of 8 x 8; that of ten runs is 10 x 10. */
const USUAL_GRID_SIDE = 466;
const GAP = 20;
const LINE_HEIGHT = 24;
const FONT_PIXELS = 16;
/** Width of the differences' names, before the values. */
const NAME_WIDTH = 300;
const MOST_VALUE_WIDTH = 320;
/** A letter of the font at this size is about so wide. */
const LETTER_PIXELS = 10;
/** The line before a name in a legend, and the gap after it. */
const LEGEND_ICON_PIXELS = 62;
const LEGEND_LINE_PIXELS = 50;
const LEGEND_TOP = 8;

/**
 * compare.png: both losses' charts, the last grids side by side (as many as fit beside each other), and the options'
 * differences. The same runs give the same bytes.
 */
export async function drawComparePng(runs: readonly RunData[]): Promise<Uint8Array> {
  const last = runs.map((run) => lastGrid(run));
  const side = Math.max(...last.map((grid) => grid?.width ?? USUAL_GRID_SIDE));
  const across = Math.max(2, Math.min(runs.length, 4));
  const width = Math.max(2 * CHART_WIDTH, across * (side + GAP)) + GAP;
  const charts = (['discriminatorLoss', 'generatorLoss'] as const).map((name, i) =>
    placed(i * (width / 2), 0, chartOf(numberChartOption(runs, name), width / 2)),
  );
  const gridsTop = CHART_HEIGHT + GAP;
  const pitch = side + LINE_HEIGHT + GAP;
  const grids = runs.map((run, i) =>
    placed(
      GAP + (i % across) * (side + GAP),
      gridsTop + Math.floor(i / across) * pitch,
      gridOf(run, last[i]),
    ),
  );
  const tableTop = gridsTop + Math.ceil(runs.length / across) * pitch;
  const different = differences(runs.map((run) => run.description));
  const lines = tableLines(runs, different, width - 2 * GAP);
  const height = tableTop + lines.length * LINE_HEIGHT + GAP;
  const svg = html`<svg
    xmlns="http://www.w3.org/2000/svg"
    xmlns:xlink="http://www.w3.org/1999/xlink"
    width="${width}"
    height="${height}"
    font-family="${FONT_FAMILY}"
    font-size="${FONT_PIXELS}"
    fill="#333333"
  >
    <rect width="100%" height="100%" fill="#ffffff" />
    ${charts}${grids}
    ${lines.map((line, i) => placed(GAP, tableTop + (i + 0.7) * LINE_HEIGHT, line))}
  </svg>`;
  return svgToPng(svg.text);
}

function chartOf(option: EChartsOption, width: number): Html {
  return new Html(chartSvg({ ...option, grid: belowLegend(option, width) }, width, CHART_HEIGHT));
}

/** Room for as many lines of the legend as its names take. */
function belowLegend({ grid, series }: EChartsOption, width: number): EChartsOption['grid'] {
  const names = [series ?? []].flat().map(({ name }) => String(name));
  let [lines, used] = [1, 0];
  for (const name of names) {
    const wide = name.length * LETTER_PIXELS + LEGEND_ICON_PIXELS;
    if (used > 0 && used + wide > width) [lines, used] = [lines + 1, 0];
    used += wide;
  }
  return { ...grid, top: LEGEND_TOP + lines * LEGEND_LINE_PIXELS };
}

function gridOf(run: RunData, grid: LastGrid | undefined): Html {
  const title = grid === undefined ? 'no samples' : `epoch ${grid.epoch}`;
  return html`<text y="16">${run.name}: ${title}</text>
    ${grid && html`<image y="${LINE_HEIGHT}" width="${grid.width}" height="${grid.width}" image-rendering="optimizeSpeed" xlink:href="${pngUri(grid.png)}" />`}`;
}

function tableLines(
  runs: readonly RunData[],
  different: readonly Difference[],
  width: number,
): Html[] {
  if (different.length === 0)
    return [html`<text>the same options, data, backend and versions</text>`];
  const column = Math.min(MOST_VALUE_WIDTH, (width - NAME_WIDTH) / runs.length);
  const line = (name: string, values: readonly string[]): Html =>
    html`<text>${name}</text
      >${values.map((value, i) => html`<text x="${NAME_WIDTH + i * column}">${shortened(value, column)}</text>`)}`;
  return [
    line(
      'what differs',
      runs.map((run) => run.name),
    ),
    ...different.map(({ name, values }) => line(shortened(name, NAME_WIDTH), values)),
  ];
}

const shortened = (text: string, pixels: number): string => {
  const most = Math.floor(pixels / LETTER_PIXELS) - 1;
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
};

const placed = (x: number, y: number, content: Html): Html =>
  html`<g transform="translate(${x} ${y})">${content}</g> `;
