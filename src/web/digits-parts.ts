import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_DIGITS } from '../runs/digit-folders.js';
import { RUN_FILES } from '../runs/run-folder.js';
import { wordsOf } from '../names.js';
import { numberText } from '../runs/log.js';
import { html, type Html } from './html.js';
import type { RunData } from '../runs/run-data.js';
import { judgeRun, type Finding } from '../evaluation/verdict.js';

/** What a run shows, in a few words; of ten runs each finding once, with the digits that have it. */
export function shortFindings({
  rows,
  description,
  digits,
}: RunData): Pick<Finding, 'kind' | 'title'>[] {
  if (digits === undefined) return judgeRun(rows, description.options);
  const found = new Map<string, { kind: Finding['kind']; having: number[] }>();
  for (const [digit, run] of digits)
    for (const { kind, title } of shortFindings(run)) {
      const { having } = found.get(title) ?? { having: [] };
      found.set(title, { kind, having: [...having, digit] });
    }
  const missing = ALL_DIGITS.filter((digit) => !digits.has(digit));
  if (missing.length > 0) found.set('No epoch yet', { kind: 'unknown', having: missing });
  return [...found].map(([title, { kind, having }]) => ({
    kind,
    title: `${title}: ${having.length === ALL_DIGITS.length ? 'all ten digits' : having.join(', ')}`,
  }));
}

/** The box with what ten runs show, one a digit: each finding, and a line a digit. */
export function digitsFindings(run: RunData): Html {
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
          <th scope="col">digit</th>
          <th scope="col">epochs</th>
          ${names.map((name) => html`<th scope="col">${wordsOf(name)}</th>`)}
        </tr>
        ${[...(run.digits ?? [])].map(([digit, one]) => digitRow(digit, one, names))}
      </table>
    </div>
  </section>`;
}

function digitRow(
  digit: number,
  { folder, name, rows, description }: RunData,
  names: readonly string[],
): Html {
  const last = rows.at(-1)!;
  // A page of its own, as `train` leaves it there.
  const page = existsSync(join(folder, RUN_FILES.report));
  return html`<tr>
    <th scope="row">${page ? html`<a href="${name}/${RUN_FILES.report}">${digit}</a>` : digit}</th>
    <td>${last.epoch} of ${description.options.epochs}</td>
    ${names.map((one) => html`<td>${numberText(last, one)}</td>`)}
  </tr> `;
}
