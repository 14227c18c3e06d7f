/** Text in columns, under their names. */
export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface TableLayout {
  /** Characters of a line: further columns stand in tables of their own below, each beginning with the first column. */
  readonly width?: number;
  /** Whether a column, by its place, begins at the left; numbers end at the right. */
  readonly isLeft?: (column: number) => boolean;
  readonly gap?: string;
}

/** A table as lines of text. */
export function tableText(
  { columns, rows }: TextTable,
  { width = Infinity, isLeft = () => false, gap = '  ' }: TableLayout = {},
): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, k) => Math.max(...all.map((row) => row[k].length)));
  const parts: number[][] = [];
  let taken = 0;
  for (let k = 1; k < columns.length; k++) {
    taken += gap.length + widths[k];
    if (parts.length === 0 || taken > width) {
      parts.push([0]);
      taken = widths[0] + gap.length + widths[k];
    }
    parts.at(-1)!.push(k);
  }
  const cell = (row: readonly string[], k: number): string =>
    isLeft(k) ? row[k].padEnd(widths[k]) : row[k].padStart(widths[k]);
  const line = (row: readonly string[], part: readonly number[]): string =>
    part
      .map((k) => cell(row, k))
      .join(gap)
      .trimEnd();
  return parts.map((part) => all.map((row) => line(row, part)).join('\n')).join('\n\n');
}
