import type { Losses } from '../gan/step.js';

/** One epoch of a run: a line of log.jsonl. */
export interface LogRow extends Losses {
  /** Counted from 1. */
  readonly epoch: number;
  /** Steps done since the run began. */
  readonly step: number;
  /** Of the epoch's last batch, as the first seed prints them; the losses without "last" are means over the epoch. */
  readonly lastDiscriminatorLoss: number;
  readonly lastGeneratorLoss: number;
  /** Spread of the fixed-z samples over the spread of real images: 1 is as diverse as those, near 0 is collapse. Absent where no samples were drawn. */
  readonly diversity?: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** When the epoch ended, ISO 8601. With `seconds` and `imagesPerSecond` all that differs between two equal runs. */
  readonly time: string;
}

const COLUMNS = {
  epoch: 'epoch',
  step: 'step',
  discriminator_loss: 'discriminatorLoss',
  generator_loss: 'generatorLoss',
  last_discriminator_loss: 'lastDiscriminatorLoss',
  last_generator_loss: 'lastGeneratorLoss',
  diversity: 'diversity',
} as const satisfies Record<string, keyof LogRow>;

/** The rows as CSV, without the clocks. */
export function lossesCsv(rows: readonly LogRow[]): string {
  const lines = rows.map((row) =>
    Object.values(COLUMNS)
      .map((key) => row[key] ?? '')
      .join(','),
  );
  return [Object.keys(COLUMNS).join(','), ...lines, ''].join('\n');
}

/** The rows as JSON objects, one a line. */
export function logLines(rows: readonly LogRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
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
    const value: unknown = JSON.parse(line);
    return isLogRow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const NUMBERS = [
  'epoch',
  'step',
  'discriminatorLoss',
  'generatorLoss',
  'lastDiscriminatorLoss',
  'lastGeneratorLoss',
  'seconds',
  'imagesPerSecond',
] as const satisfies (keyof LogRow)[];

export function isLogRow(value: unknown): value is LogRow {
  if (typeof value !== 'object' || value === null) return false;
  const row = value as Partial<Record<keyof LogRow, unknown>>;
  return (
    NUMBERS.every((key) => typeof row[key] === 'number') &&
    (row.diversity === undefined || typeof row.diversity === 'number') &&
    typeof row.time === 'string'
  );
}
