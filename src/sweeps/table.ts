import { hasCollapsed } from '../evaluation/course-verdict.js';
import { evaluatedFigures } from '../evaluation/kept-verdict.js';
import { wordsOf } from '../names.js';
import { numberText } from '../runs/log.js';
import { valueOf, type Sweep } from '../runs/sweep.js';
import { statusOf, type MemberStatus } from './status.js';

/** What holds in a sweep, a row per run. */
export interface SweepTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What varies, how far each run is, its last numbers, whether it collapsed, and what `evaluate` found of it. */
export function tableOf(sweep: Sweep): SweepTable {
  const all = statusOf(sweep);
  const names = [
    ...new Set(all.flatMap(({ last }) => Object.keys({ ...last?.scalars, ...last?.measures }))),
  ];
  const evaluations = all.map(evaluationOf);
  const found = [...new Set(evaluations.flatMap((one) => Object.keys(one)))];
  const collapsible = names.includes('diversity');
  const columns = [
    'run',
    ...sweep.varied.map(wordsOf),
    'epochs',
    ...names.map(wordsOf),
    ...(collapsible ? ['collapsed'] : []),
    ...found,
  ];
  const rows = all.map((status, k) => [
    String(status.index),
    ...sweep.varied.map((name) => String(valueOf(sweep.runs[k].options, name))),
    `${status.epochs}/${status.allEpochs}`,
    ...names.map((name) => (status.last === undefined ? '-' : numberText(status.last, name))),
    ...(collapsible ? [collapsedText(status)] : []),
    ...found.map((name) => evaluations[k][name] ?? '-'),
  ]);
  return { columns, rows };
}

function collapsedText({ rows }: MemberStatus): string {
  const collapsed = hasCollapsed(rows);
  return collapsed === undefined ? '-' : collapsed ? 'yes' : 'no';
}

/** What `evaluate` found of the run's models as they are, by name. */
const evaluationOf = ({ folder }: MemberStatus): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(evaluatedFigures(folder)).map(([name, value]) => [
      wordsOf(name),
      value.toPrecision(4),
    ]),
  );

/**
 * The table as text in columns; numbers to the right.
 *
 * @param width characters of a line: further columns stand in tables of their own below, each beginning with the run's number.
 */
export function tableText({ columns, rows }: SweepTable, width = Infinity): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, k) => Math.max(...all.map((row) => row[k].length)));
  const parts: number[][] = [];
  let taken = 0;
  for (let k = 1; k < columns.length; k++) {
    taken += GAP.length + widths[k];
    if (parts.length === 0 || taken > width) {
      parts.push([0]);
      taken = widths[0] + GAP.length + widths[k];
    }
    parts.at(-1)!.push(k);
  }
  const line = (row: readonly string[], part: readonly number[]): string =>
    part.map((k) => row[k].padStart(widths[k])).join(GAP);
  return parts.map((part) => all.map((row) => line(row, part)).join('\n')).join('\n\n');
}

const GAP = '  ';

/** The table as CSV. */
export function tableCsv({ columns, rows }: SweepTable): string {
  return [columns.map((name) => name.replaceAll(' ', '_')), ...rows]
    .map((row) => `${row.join(',')}\n`)
    .join('');
}
