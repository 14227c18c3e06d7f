import { snakeCaseOf, wordsOf } from '../names.js';
import type { Scalars } from '../gan/step.js';

/** One epoch of a run: a line of log.jsonl, where the three records lie flat beside the other fields. */
export interface LogRow {
  /** Counted from 1. */
  readonly epoch: number;
  /** Steps done since the run began. */
  readonly step: number;
  /** What the steps returned, as means over the epoch: `discriminatorLoss`, `generatorLoss` and whatever else. */
  readonly scalars: Scalars;
  /** What the epoch's last step returned, under the same names; in files `lastDiscriminatorLoss` and so on. */
  readonly last: Scalars;
  /**
   * What was measured at the epoch's end; not in every epoch. `diversity` is the spread of the fixed-z samples over that of
   * real images: 1 is as diverse as those, near 0 is collapse.
   */
  readonly measures: Scalars;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** When the epoch ended, ISO 8601. With `seconds` and `imagesPerSecond` all that differs between two equal runs. */
  readonly time: string;
}

/** Fields of a line that are no scalars. */
const FIXED = ['epoch', 'step', 'seconds', 'imagesPerSecond', 'time'] as const;

/** `discriminatorLoss` as `lastDiscriminatorLoss`. */
const lastName = (name: string): string => `last${name[0].toUpperCase()}${name.slice(1)}`;

/** Why a scalar cannot have this name; undefined where it can. */
export function refusedName(name: string): string | undefined {
  if (!/^[a-z][A-Za-z0-9]{0,63}$/.test(name)) return 'a name like discriminatorLoss';
  if (/^last[A-Z]/.test(name)) return 'a name that does not begin with "last"';
  if (FIXED.some((fixed) => fixed === name)) return `another name than ${FIXED.join(', ')}`;
  return Object.hasOwn(Object.prototype, name)
    ? 'a name that JavaScript does not use itself'
    : undefined;
}

/** A row as one flat object: `epoch`, `step`, what steps returned, what was measured, and the clocks. */
export interface FlatRow {
  readonly epoch: number;
  readonly step: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly time: string;
  readonly [scalar: string]: number | string | undefined;
}

/** The row as one flat object, in the order of a line of log.jsonl. */
export function flatRow(row: LogRow): FlatRow {
  const { epoch, step, scalars, last, measures, seconds, imagesPerSecond, time } = row;
  const numbers = numbersOf({ epoch, step, scalars, last, measures });
  return { ...numbers, epoch, step, seconds, imagesPerSecond, time };
}

function numbersOf({
  epoch,
  step,
  scalars,
  last,
  measures,
}: Pick<LogRow, 'epoch' | 'step' | 'scalars' | 'last' | 'measures'>): Record<string, number> {
  const lasts = Object.entries(last).map(([name, value]): [string, number] => [
    lastName(name),
    value,
  ]);
  return { epoch, step, ...scalars, ...Object.fromEntries(lasts), ...measures };
}

/** The columns of losses.csv, `diversity` always among them: what {@link flatRow} has, without the clocks. */
export function csvColumns(rows: readonly LogRow[]): string[] {
  const named = (part: 'scalars' | 'measures'): string[] => [
    ...new Set(rows.flatMap((row) => Object.keys(row[part]))),
  ];
  const scalars = named('scalars');
  return [
    'epoch',
    'step',
    ...scalars,
    ...scalars.map(lastName),
    ...new Set(['diversity', ...named('measures')]),
  ];
}

export const csvHeader = (columns: readonly string[]): string =>
  `${columns.map(snakeCaseOf).join(',')}\n`;

export function csvLine(row: LogRow, columns: readonly string[]): string {
  const numbers = numbersOf(row);
  return `${columns.map((name) => numbers[name] ?? '').join(',')}\n`;
}

/** The rows as JSON objects, one per line. */
export function logLines(rows: readonly LogRow[]): string {
  return rows.map((row) => `${JSON.stringify(flatRow(row))}\n`).join('');
}

/**
 * Reads log.jsonl. A line that is not a row (torn by a crash, edited) is skipped and named in `damaged`, counted from 1.
 */
export function parseLog(text: string): { rows: LogRow[]; damaged: number[] } {
  const rows: LogRow[] = [];
  const damaged: number[] = [];
  text.split('\n').forEach((line, k) => {
    if (line === '') return;
    const row = parseRow(line);
    if (row === undefined) damaged.push(k + 1);
    else rows.push(row);
  });
  return { rows, damaged };
}

function parseRow(line: string): LogRow | undefined {
  try {
    return rowOf(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The row of a flat object, as {@link flatRow} makes it. A number with a `last` beside it is what steps returned; any other was measured at the epoch's end. */
export function rowOf(value: unknown): LogRow | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { epoch, step, seconds, imagesPerSecond, time, ...rest } = value as Record<string, unknown>;
  const fixed = [epoch, step, seconds, imagesPerSecond];
  if (!fixed.every(Number.isFinite) || typeof time !== 'string') return undefined;
  const scalars: Record<string, number> = {};
  const last: Record<string, number> = {};
  const measures: Record<string, number> = {};
  for (const [name, number] of Object.entries(rest)) {
    // Earlier versions wrote so what is no finite number.
    if (number === null) continue;
    if (typeof number !== 'number') return undefined;
    if (refusedName(name) !== undefined) continue;
    const beside = rest[lastName(name)];
    if (typeof beside === 'number') {
      scalars[name] = number;
      last[name] = beside;
    } else measures[name] = number;
  }
  return {
    epoch: epoch as number,
    step: step as number,
    scalars,
    last,
    measures,
    seconds: seconds as number,
    imagesPerSecond: imagesPerSecond as number,
    time,
  };
}

/** Shares between 0 and 1 that people read as percent. */
const SHARES = new Set(['recognised', 'rarest', 'mostFrequent', 'coverage', 'preference']);
export const isShare = (name: string): boolean => SHARES.has(name);
/** Measures that are left to charts and files. */
const DETAILS = new Set(['rarest', 'mostFrequent', 'density', 'preference']);

/** The row's numbers in words, but for clocks and details: "discriminator loss 1.1652, generator loss 1.0904, diversity 0.92 (real: 1)". */
export function rowText(row: Pick<LogRow, 'scalars' | 'measures'>): string {
  const text = (name: string): string =>
    `${wordsOf(name)} ${numberText(row, name)}${name === 'diversity' ? ' (real: 1)' : ''}`;
  return Object.keys({ ...row.scalars, ...row.measures })
    .filter((name) => !DETAILS.has(name))
    .map(text)
    .join(', ');
}

/** One number of a row as people read it; "-" where it has none of that name. */
export function numberText(
  { scalars, measures }: Pick<LogRow, 'scalars' | 'measures'>,
  name: string,
): string {
  if (name === 'diversity') return measures[name]?.toFixed(2) ?? '-';
  if (isShare(name) && measures[name] !== undefined) return `${(100 * measures[name]).toFixed(1)}%`;
  return scalars[name]?.toFixed(4) ?? measures[name]?.toPrecision(4) ?? '-';
}
