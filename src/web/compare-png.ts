import type { EChartsOption } from 'echarts';
import { chartSvg } from '../images/losses-chart.js';
import { FONT_FAMILY, svgToPng } from '../images/raster.js';
import { lastGrid } from './compare.js';
import { differences, type Difference } from './differences.js';
import { pngUri } from './frames.js';
import { html, Html } from './html.js';
import { lossChartOption } from './run-charts.js';
import type { RunData } from './run-data.js';

const CHART_WIDTH = 800;
const CHART_HEIGHT = 360;
const GRID_SIDE = 466;
const GAP = 20;
const LINE_HEIGHT = 24;
const FONT_PIXELS = 16;
/** Width of the differences' names, before the values. */
const NAME_WIDTH = 220;
const MOST_VALUE_WIDTH = 320;

/**
 * compare.png: both losses' charts, the last grids side by side (as many as fit beside each other), and the options'
 * differences. The same runs give the same bytes.
 */
export async function drawComparePng(runs: readonly RunData[]): Promise<Uint8Array> {
  const across = Math.max(2, Math.min(runs.length, 4));
  const width = Math.max(2 * CHART_WIDTH, across * (GRID_SIDE + GAP)) + GAP;
  const charts = (['discriminator', 'generator'] as const).map((network, i) =>
    placed(i * (width / 2), 0, chartOf(lossChartOption(runs, network), width / 2)),
  );
  const gridsTop = CHART_HEIGHT + GAP;
  const pitch = GRID_SIDE + LINE_HEIGHT + GAP;
  const grids = runs.map((run, i) =>
    placed(
      GAP + (i % across) * (GRID_SIDE + GAP),
      gridsTop + Math.floor(i / across) * pitch,
      gridOf(run),
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
  return new Html(chartSvg(option, width, CHART_HEIGHT));
}

function gridOf(run: RunData): Html {
  const grid = lastGrid(run);
  const title = grid === undefined ? 'no samples' : `epoch ${grid.epoch}`;
  return html`<text y="16">${run.name}: ${title}</text>
    ${grid && html`<image y="${LINE_HEIGHT}" width="${GRID_SIDE}" height="${GRID_SIDE}" image-rendering="optimizeSpeed" xlink:href="${pngUri(grid.png)}" />`}`;
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

/** A letter of the font at this size is about 10 pixels wide. */
const shortened = (text: string, pixels: number): string => {
  const most = Math.floor(pixels / 10) - 1;
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
};

const placed = (x: number, y: number, content: Html): Html =>
  html`<g transform="translate(${x} ${y})">${content}</g> `;
