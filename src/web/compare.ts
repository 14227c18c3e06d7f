import { differences, type Difference } from './differences.js';
import { chartParts } from './chart-part.js';
import { html, type Html } from './html.js';
import { pageText } from './page.js';
import { gridPicture } from './picture-parts.js';
import { curves, footer } from './report.js';
import { findingsOf, linkTo, resultsTable } from './results-table.js';
import { manyRunsCharts } from './run-charts.js';
import { lastGrid } from './run-samples.js';
import type { RunData } from '../runs/run-data.js';
import { scrolling } from './table-part.js';
import { shortFinding } from './verdict-part.js';

/**
 * One page with everything in it: the runs' last samples side by side, what holds of each, what they differ in, and their curves
 * together.
 *
 * @param place the folder of the page, from which reports are linked.
 */
export async function comparePage(runs: readonly RunData[], place: string): Promise<string> {
  const named = runs.map((run) => ({ name: run.name, run }));
  const charts = await chartParts(manyRunsCharts(runs));
  const body = html`<header>
      <h1>${runs.length} runs compared</h1>
    </header>
    <main>
      <section>
        <h2>Samples</h2>
        <div class="cards">${runs.map((run) => runCard(run, place))}</div>
      </section>
      <section>
        <h2>Results</h2>
        ${resultsTable(named, 'run', place)}
      </section>
      <section>
        <h2>What they differ in</h2>
        ${differencesTable(runs, differences(runs.map((run) => run.description)))}
      </section>
      ${curves(
        charts,
        "Losses are measured against a run's own opponent: a lower one is no better run. Point at a curve for its values.",
      )}
    </main>
    ${footer()}`;
  return pageText({ title: `${runs.length} runs compared - gan-mnist`, body });
}

function runCard(run: RunData, place: string): Html {
  const grid = lastGrid(run);
  const [first] = findingsOf(run);
  return html`<article class="card">
    <h3>${linkTo({ name: run.name, run }, place)}</h3>
    <p>${shortFinding(first)}</p>
    ${
      grid === undefined
        ? html`<p class="faint">no samples</p>`
        : gridPicture(grid.image, grid.grid, `samples of ${run.name}, epoch ${grid.epoch}`)
    }
    <p class="faint">epoch ${run.rows.at(-1)!.epoch} of ${run.description.options.epochs}</p>
  </article> `;
}

function differencesTable(runs: readonly RunData[], rows: readonly Difference[]): Html {
  if (rows.length === 0) return html`<p>Nothing: the same options, data, backend and versions.</p>`;
  const table = html`<table class="numbers">
    <thead>
      <tr>
        <th scope="col">option</th>
        ${runs.map((run) => html`<th scope="col">${run.name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ name, values }) =>
          html`<tr>
            <th scope="row">${name}</th>
            ${values.map((value) => html`<td>${value}</td>`)}
          </tr> `,
      )}
    </tbody>
  </table>`;
  return scrolling(table, 'What they differ in');
}
