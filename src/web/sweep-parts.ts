import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { judgeRun, type Finding } from '../evaluation/verdict.js';
import { wordsOf } from '../names.js';
import { numberText } from '../runs/log.js';
import type { RunData, SweepData } from '../runs/run-data.js';
import { RUN_FILES } from '../runs/run-folder.js';
import { html, type Html } from './html.js';

/** So many runs are named in a sentence; more are counted. */
const MOST_NAMED = 20;

/** What a run shows, in a few words; of a sweep each finding once, with the runs that have it. */
export function shortFindings(run: RunData): Pick<Finding, 'kind' | 'title'>[] {
  const { rows, description, sweep } = run;
  if (sweep === undefined) return judgeRun(rows, description.options);
  const found = new Map<string, { kind: Finding['kind']; having: string[] }>();
  for (const [name, one] of sweep.runs)
    for (const { kind, title } of shortFindings(one)) {
      const { having } = found.get(title) ?? { having: [] };
      found.set(title, { kind, having: [...having, name] });
    }
  const missing = sweep.planned.filter((name) => !sweep.runs.has(name));
  if (missing.length > 0) found.set('No epoch yet', { kind: 'unknown', having: missing });
  return [...found].map(([title, { kind, having }]) => ({
    kind,
    title: `${title}: ${whichText(having, sweep)}`,
  }));
}

function whichText(having: readonly string[], { planned }: SweepData): string {
  if (having.length === planned.length) return `all ${planned.length} runs`;
  if (having.length > MOST_NAMED) return `${having.length} of ${planned.length} runs`;
  return having.join(having.some((name) => name.includes(',')) ? '; ' : ', ');
}

/** The box with what the runs of a sweep show: each finding once, and a line per run. */
export function sweepFindings(run: RunData, sweep: SweepData): Html {
  const { scalars, measures } = run.rows.at(-1)!;
  const names = Object.keys({ ...scalars, ...measures });
  return html`<section class="box">
    <h2 style="margin-top:0.6rem">What these runs show</h2>
    ${shortFindings(run).map(
      ({ kind, title }) => html`<p class="finding ${kind}"><b>${title}</b></p> `,
    )}
    <div class="scroll">
      <table class="numbers">
        <tr>
          <th scope="col">${sweep.varied.map(wordsOf).join(', ')}</th>
          <th scope="col">epochs</th>
          ${names.map((name) => html`<th scope="col">${wordsOf(name)}</th>`)}
        </tr>
        ${[...sweep.runs].map(([name, one]) => memberRow(run.folder, name, one, names))}
      </table>
    </div>
  </section>`;
}

function memberRow(
  sweepFolder: string,
  label: string,
  { folder, rows, description }: RunData,
  names: readonly string[],
): Html {
  const last = rows.at(-1)!;
  // A page of its own, as `train` leaves it there.
  const page = existsSync(join(folder, RUN_FILES.report));
  const link = `${relative(sweepFolder, folder)}/${RUN_FILES.report}`;
  return html`<tr>
    <th scope="row">${page ? html`<a href="${link}">${label}</a>` : label}</th>
    <td>${last.epoch} of ${description.options.epochs}</td>
    ${names.map((one) => html`<td>${numberText(last, one)}</td>`)}
  </tr> `;
}
