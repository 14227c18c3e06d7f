import { chartOption, valueText, type ChartTheme, type LineChart } from '../charts/line-chart.js';
import { chartSvg } from '../charts/losses-chart.js';
import { chooseEvenly } from '../charts/evolution.js';
import { html, Html, jsonScript } from './html.js';
import { PAGE_THEME } from './page-theme.js';
import { scrolling } from './table-part.js';

/** Of the picture that stands in a page until its script draws, where there is no script, and in print. */
const STILL = { width: 560, height: 280 };
/** Rows of a chart's table; a longer run has all of them in losses.csv. */
const MOST_ROWS = 50;

/** Charts, one after the other. */
export async function chartParts(
  charts: readonly LineChart[],
  layout?: Parameters<typeof chartPart>[1],
): Promise<Html[]> {
  const parts: Html[] = [];
  for (const chart of charts) parts.push(await chartPart(chart, layout));
  return parts;
}

/** A chart: a picture, which the page's script makes one to point at, and its numbers as a table. */
async function chartPart(chart: LineChart, { still = true } = {}): Promise<Html> {
  const picture = still ? new Html(await stillOf(chart, PAGE_THEME)) : undefined;
  return html`<figure class="chart" id="${idOf(chart)}">
    <figcaption>${chart.title}</figcaption>
    <div class="plot" role="img" aria-label="${summaryOf(chart)}">${picture}</div>
    <details>
      <summary>Numbers</summary>
      ${numbersTable(chart)}
    </details>
    ${jsonScript(chart)}
  </figure> `;
}

const idOf = ({ title }: LineChart): string =>
  `chart-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;

/** The chart as SVG that takes its place's width. */
async function stillOf(chart: LineChart, theme: ChartTheme): Promise<string> {
  const svg = await chartSvg(chartOption(chart, theme, STILL), STILL);
  // It counts what it has drawn, by which the same chart would be other text each time; what changes under a pointer is left out.
  return svg
    .replace(/ class="zr\d+-cls-\d+"|<style[^>]*>[^]*?<\/style>/g, '')
    .replace(/\bzr\d+-/g, `${idOf(chart)}-`);
}

/** What the chart shows, for who does not see it. */
function summaryOf({ title, lines, levels }: LineChart): string {
  const spans = lines.flatMap(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return [];
    const from = first === last ? '' : `from ${round(first[1])} in epoch ${first[0]} to `;
    return [`${name} ${from}${round(last[1])} in epoch ${last[0]}`];
  });
  const across = levels.map(({ value, label }) => `${label}: ${round(value)}`);
  return `${title} over the epochs: ${[...spans, ...across].join('; ')}`;
}

const round = (value: number): string => String(Number(value.toPrecision(3)));

function numbersTable(chart: LineChart): Html {
  const { lines, title } = chart;
  const epochs = [...new Set(lines.flatMap(({ points }) => points.map(([epoch]) => epoch)))];
  const chosen = chooseEvenly(
    epochs.sort((a, b) => a - b),
    MOST_ROWS,
  );
  const values = lines.map(({ points }) => new Map(points));
  const cell = (value: number | undefined): string =>
    value === undefined ? '' : valueText(chart, value);
  const table = html`<table class="numbers">
    <thead>
      <tr>
        <th scope="col">epoch</th>
        ${lines.map(({ name }) => html`<th scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${chosen.map(
        (epoch) =>
          html`<tr>
            <th scope="row">${epoch}</th>
            ${values.map((one) => html`<td>${cell(one.get(epoch))}</td>`)}
          </tr> `,
      )}
    </tbody>
  </table>`;
  return scrolling(table, `${title}: numbers`);
}
