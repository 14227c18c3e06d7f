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
  /** The column that is cut short where a line would else be longer than so many characters, and how many of its own stay at least. */
  readonly shortens?: { readonly column: number; readonly fewest: number; readonly line: number };
}

/** A table as lines of text. */
export function tableText(
  { columns, rows }: TextTable,
  { width = Infinity, isLeft = () => false, gap = '  ', shortens }: TableLayout = {},
): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, k) => Math.max(...all.map((row) => row[k].length)));
  if (shortens !== undefined) {
    const { column, fewest, line } = shortens;
    const taken = widths.reduce((sum, one) => sum + gap.length + one, -gap.length);
    widths[column] = Math.min(widths[column], Math.max(fewest, widths[column] + line - taken));
  }
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
  const cell = (row: readonly string[], k: number): string => {
    const text = shortened(row[k], widths[k]);
    return isLeft(k) ? text.padEnd(widths[k]) : text.padStart(widths[k]);
  };
  const line = (row: readonly string[], part: readonly number[]): string =>
    part
      .map((k) => cell(row, k))
      .join(gap)
      .trimEnd();
  return parts.map((part) => all.map((row) => line(row, part)).join('\n')).join('\n\n');
}

const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;
