import { cpus } from 'node:os';
import type { Row } from './measure.js';

/** The machine in a line: processor, how many, Node.js, the system. */
export function machineText(): string {
  const processors = cpus();
  return `${processors[0]?.model.trim() ?? 'unknown processor'}, ${processors.length} processors, Node.js ${process.version}, ${process.platform} ${process.arch}`;
}

/** The rows as a Markdown table, with ratios by image: to this project's native backend, and to the limit. */
export function rowsTable(rows: readonly Row[]): string {
  const header = ['backend', 'ms a step', 'min', 'max', 'x native', 'x limit', 'versions', 'note'];
  return markdownTable(
    header,
    rows.map((row) => [
      row.backend,
      milliseconds(row.msPerStep),
      milliseconds(row.minMsPerStep),
      milliseconds(row.maxMsPerStep),
      times(row.timesNative),
      times(row.timesLimit),
      row.versions,
      row.note,
    ]),
  );
}

const milliseconds = (ms: number | null): string =>
  ms === null ? '-' : ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0);

/** a / b, or a dash where one is missing. */
export function ratio(a: number | null, b: number | null): string {
  return times(a === null || b === null ? null : a / b);
}

const times = (x: number | null): string =>
  x === null ? '-' : x.toFixed(x < 10 ? 2 : x < 100 ? 1 : 0);

/** A table that reads well as text and is Markdown; the first column is aligned left, as is a last one named note. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = header.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column].length)),
  );
  const left = (column: number): boolean =>
    column === 0 || ['note', 'versions'].includes(header[column]);
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, k) => (left(k) ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join(' | ')} |`;
  const rule = widths.map((width, k) =>
    left(k) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}
