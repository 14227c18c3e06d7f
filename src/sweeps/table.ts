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

/** The table as CSV. */
export function tableCsv({ columns, rows }: SweepTable): string {
  return [columns.map((name) => name.replaceAll(' ', '_')), ...rows]
    .map((row) => `${row.join(',')}\n`)
    .join('');
}
