import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { evaluatedFigures, verdictOf } from '../evaluation/kept-verdict.js';
import type { Finding } from '../evaluation/verdict.js';
import { isLoss } from '../charts/losses-chart.js';
import { wordsOf } from '../names.js';
import { numberText, type LogRow } from '../runs/log.js';
import type { RunData } from '../runs/run-data.js';
import { RUN_FILES } from '../runs/run-folder.js';
import { duration } from './durations.js';
import { readEvaluation } from './evaluation.js';
import { html, type Html } from './html.js';
import { addressOf } from './links-part.js';
import { scrolling } from './table-part.js';
import { shortFinding } from './verdict-part.js';

/** A run of a table, under the name that it has there. */
export interface NamedRun {
  readonly name: string;
  readonly run: RunData;
}

/** Columns in this order; the rest is in charts and files. */
const COLUMNS = ['recognised', 'coverage', 'frechet', 'diversity'];
/** Of runs that no judge has measured the losses are shown too, though they say little of runs beside one another. */
const JUDGED = COLUMNS.slice(0, 3);

/**
 * A row per run: what it shows, the newest of each number, how long it took, and what `evaluate` found.
 *
 * @param place of the page, from which the runs' reports are linked.
 */
export function resultsTable(runs: readonly NamedRun[], heading: string, place: string): Html {
  const all = runs.map(({ run }) => newestNumbers(run.rows, run.folder));
  const found = [
    ...new Set(all.flatMap((one) => Object.keys({ ...one.measures, ...one.scalars }))),
  ];
  const isJudged = JUDGED.some((name) => found.includes(name));
  const losses = isJudged ? [] : found.filter(isLoss);
  const names = [...COLUMNS.filter((name) => found.includes(name)), ...losses];
  const evaluations = runs.map(
    ({ run }) =>
      new Map(readEvaluation(run.folder)?.headlines.map(({ what, value }) => [what, value])),
  );
  // What is measured during the training, too, has its column already.
  const figures = [...new Set(evaluations.flatMap((one) => [...one.keys()]))].filter(
    (what) => !names.some((name) => what.toLowerCase().startsWith(wordsOf(name))),
  );
  const table = html`<table class="numbers results">
    <thead>
      <tr>
        <th scope="col">${heading}</th>
        <th scope="col">verdict</th>
        ${names.map((name) => html`<th scope="col">${wordsOf(name)}</th>`)}
        <th scope="col">epochs</th>
        <th scope="col">time</th>
        ${figures.map((name) => html`<th scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${runs.map(
        (one, k) =>
          html`<tr>
            <th scope="row">${linkTo(one, place)}</th>
            <td>${firstFinding(one.run)}</td>
            ${names.map((name) => html`<td>${numberText(all[k], name)}</td>`)}
            <td>${one.run.rows.at(-1)!.epoch} of ${one.run.description.options.epochs}</td>
            <td>${duration(one.run.rows.reduce((sum, row) => sum + row.seconds, 0))}</td>
            ${figures.map((name) => html`<td>${evaluations[k].get(name) ?? '-'}</td>`)}
          </tr> `,
      )}
    </tbody>
  </table>`;
  return scrolling(table, 'Results');
}

/** The newest of each number, of whatever epoch; what `evaluate` found of the same comes first, as in the verdict. */
export function newestNumbers(
  rows: readonly LogRow[],
  folder: string,
): Pick<LogRow, 'scalars' | 'measures'> {
  const measures = Object.assign({}, ...rows.map((row) => row.measures)) as LogRow['measures'];
  return {
    scalars: Object.assign({}, ...rows.map((row) => row.scalars)) as LogRow['scalars'],
    measures: { ...measures, ...evaluatedFigures(folder) },
  };
}

/** The run's name, as a link to its report where it has one. */
export function linkTo({ name, run }: NamedRun, place: string): Html | string {
  const report = join(run.folder, RUN_FILES.report);
  if (!existsSync(report)) return name;
  return html`<a href="${addressOf(place, report)}">${name}</a>`;
}

const firstFinding = (run: RunData): Html => shortFinding(findingsOf(run)[0]);

/** What a run shows, the most important first; of a sweep each finding once, with the runs that have it. */
export function findingsOf(run: RunData): Partial<Finding>[] & [Pick<Finding, 'kind' | 'title'>] {
  const findings = run.sweep === undefined ? verdictOf(run) : sweepFindings(run);
  return findings as Partial<Finding>[] & [Pick<Finding, 'kind' | 'title'>];
}

/** So many runs are named in a sentence; more are counted. */
const MOST_NAMED = 20;

function sweepFindings({ sweep }: RunData): Pick<Finding, 'kind' | 'title'>[] {
  const { runs, planned } = sweep!;
  const found = new Map<string, { kind: Finding['kind']; having: string[] }>();
  for (const [name, one] of runs)
    for (const { kind, title } of verdictOf(one)) {
      const { having } = found.get(title) ?? { having: [] };
      found.set(title, { kind, having: [...having, name] });
    }
  const missing = planned.filter((name) => !runs.has(name));
  if (missing.length > 0) found.set('No epoch yet', { kind: 'unknown', having: missing });
  const findings = [...found].map(([title, { kind, having }]) => ({
    kind,
    title: `${title}: ${whichText(having, planned)}`,
  }));
  const isBad = ({ kind }: Pick<Finding, 'kind'>): boolean => kind === 'bad';
  return [...findings.filter(isBad), ...findings.filter((one) => !isBad(one))];
}

function whichText(having: readonly string[], planned: readonly string[]): string {
  if (having.length === planned.length) return `all ${planned.length} runs`;
  if (having.length > MOST_NAMED) return `${having.length} of ${planned.length} runs`;
  return having.join(having.some((name) => name.includes(',')) ? '; ' : ', ');
}
