import { differences, type Difference } from './differences.js';
import { pngUri } from './frames.js';
import { html, script, type Html } from './html.js';
import { chartPlace, chartsCode } from './page-charts.js';
import { echartsCode, pageText, SELF_CONTAINED } from './page.js';
import { numberCharts } from './run-charts.js';
import { rowText } from '../runs/log.js';
import type { RunData } from '../runs/run-data.js';
import { lastGrid } from './run-samples.js';
import { shortFindings } from './sweep-parts.js';

/** One page with everything in it: the runs' curves together, their last grids side by side, and what they differ in. */
export function comparePage(runs: readonly RunData[]): string {
  const charts = numberCharts(runs).map(({ name, option }) => ({ id: name, option }));
  const body = html`<h1>${runs.map((run) => run.name).join(', ')}</h1>
    <section>
      <h2>Curves</h2>
      <p class="faint">
        Losses are measured against the run's own opponent: a lower one is no better run. Compare
        the samples, or evaluate the runs.
      </p>
      ${charts.map(({ id }) => chartPlace(id, 'low'))}
    </section>
    <section>
      <h2>Last samples</h2>
      <div class="runs">${runs.map(runCard)}</div>
    </section>
    <section>
      <h2>What they differ in</h2>
      ${differencesTable(runs, differences(runs.map((run) => run.description)))}
    </section>
    ${script(echartsCode())} ${script(chartsCode(charts))}`;
  return pageText({ title: 'Runs compared - gan-mnist', body, policy: SELF_CONTAINED });
}

function runCard(run: RunData): Html {
  const { name, rows, description } = run;
  const last = rows.at(-1)!;
  const grid = lastGrid(run);
  return html`<div>
    <h3>${name}</h3>
    <p class="faint">epoch ${last.epoch} of ${description.options.epochs}: ${rowText(last)}</p>
    ${shortFindings(run).map(({ kind, title }) => html`<p class="finding ${kind}"><b>${title}</b></p>`)}
    ${grid === undefined ? html`<p>no samples</p>` : html`<img class="digits" alt="${grid.text}, of ${name}" src="${pngUri(grid.png)}" />`}
  </div> `;
}

function differencesTable(runs: readonly RunData[], rows: readonly Difference[]): Html {
  if (rows.length === 0) return html`<p>Nothing: the same options, data, backend and versions.</p>`;
  return html`<div class="scroll">
    <table>
      <tr>
        <th></th>
        ${runs.map((run) => html`<th scope="col">${run.name}</th>`)}
      </tr>
      ${rows.map(
        ({ name, values }) =>
          html`<tr>
            <th scope="row">${name}</th>
            ${values.map((value) => html`<td>${value}</td>`)}
          </tr> `,
      )}
    </table>
  </div>`;
}
