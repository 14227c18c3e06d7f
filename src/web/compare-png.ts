import { chartOption, type LineChart } from '../charts/line-chart.js';
import { chartSvg, PICTURE_THEME } from '../charts/losses-chart.js';
import { FONT_FAMILY, svgToPng } from '../images/raster.js';
import { differences, type Difference } from './differences.js';
import { html, Html } from './html.js';
import { numberChart } from './run-charts.js';
import type { RunData } from '../runs/run-data.js';
import { gridSize, scaleOf } from '../images/grid.js';
import { lastGrid } from './run-samples.js';

const CHART_WIDTH = 800;
const CHART_HEIGHT = 360;
/** Where no run has samples. */
const LEAST_GRID_SIDE = 400;
const GAP = 20;
const LINE_HEIGHT = 24;
const FONT_PIXELS = 16;
/** Width of the differences' names, before the values. */
const NAME_WIDTH = 300;
const MOST_VALUE_WIDTH = 320;
/** A letter of the font at this size is about so wide. */
const LETTER_PIXELS = 10;

/**
 * compare.png: both losses' charts, the last grids side by side (as many as fit beside each other), and the options'
 * differences. The same runs give the same bytes.
 */
export async function drawComparePng(runs: readonly RunData[]): Promise<Uint8Array> {
  const last = runs.map(enlarged);
  const side = Math.max(
    LEAST_GRID_SIDE,
    ...last.map((grid) => Math.max(grid?.width ?? 0, grid?.height ?? 0)),
  );
  const across = Math.max(2, Math.min(runs.length, 4));
  const width = Math.max(2 * CHART_WIDTH, across * (side + GAP)) + GAP;
  const charts = await Promise.all(
    (['discriminatorLoss', 'generatorLoss'] as const).map(async (name, i) =>
      placed(
        GAP + i * (width / 2),
        GAP,
        await chartOf(numberChart(runs, name, []), width / 2 - 2 * GAP),
      ),
    ),
  );
  const gridsTop = CHART_HEIGHT + 2 * GAP;
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

async function chartOf(chart: LineChart, width: number): Promise<Html> {
  const size = { width, height: CHART_HEIGHT - LINE_HEIGHT };
  const svg = await chartSvg(chartOption(chart, PICTURE_THEME, size), size);
  return html`<text y="16">${chart.title}</text>${placed(0, LINE_HEIGHT, new Html(svg))}`;
}

interface Enlarged {
  readonly epoch: number;
  readonly image: string;
  readonly width: number;
  readonly height: number;
}

/** The last samples of a run at their usual scale. */
function enlarged(run: RunData): Enlarged | undefined {
  const last = lastGrid(run);
  if (last === undefined) return undefined;
  const { epoch, image, grid } = last;
  const { width, height } = gridSize(grid.count, grid.shape, grid.columns, 1);
  const scale = scaleOf(grid.shape);
  return { epoch, image, width: scale * width, height: scale * height };
}

function gridOf(run: RunData, grid: Enlarged | undefined): Html {
  const title = grid === undefined ? 'no samples' : `epoch ${grid.epoch}`;
  return html`<text y="16">${run.name}: ${title}</text>
    ${grid && html`<image y="${LINE_HEIGHT}" width="${grid.width}" height="${grid.height}" image-rendering="optimizeSpeed" xlink:href="${grid.image}" />`}`;
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
