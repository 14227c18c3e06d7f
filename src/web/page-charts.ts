import type { EChartsOption } from 'echarts';
import { CHART_COLORS, interactive } from './charts.js';
import { showChart } from './client.js';
import { html, scriptValue, type Html } from './html.js';

/** A chart of a page, drawn into the place with its id. */
export interface PageChart {
  readonly id: string;
  readonly option: EChartsOption;
}

/** The empty place of a chart over the epochs. */
export function chartPlace(id: string, height: 'full' | 'low'): Html {
  return html`<div
    class="${height === 'low' ? 'chart low' : 'chart'}"
    id="${id}"
    role="img"
    aria-label="${id} over the epochs"
  ></div>`;
}

/** The code that draws charts into their places; ECharts is there before it. */
export function chartsCode(charts: readonly PageChart[]): string {
  return [
    String(showChart),
    `const colors = ${scriptValue(CHART_COLORS)};`,
    ...charts.map(
      ({ id, option }) =>
        `showChart(document.getElementById('${id}'), ${scriptValue(interactive(option))}, colors);`,
    ),
  ].join('\n');
}
