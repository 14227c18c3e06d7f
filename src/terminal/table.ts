import stringWidth from 'string-width';

/** Text in columns, under their names. */
export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface TableLayout {
  /** Columns of a terminal for a line: further columns stand in tables of their own below, each beginning with the first column. */
  readonly width?: number;
  /** Whether a column, by its place, begins at the left; numbers end at the right. */
  readonly isLeft?: (column: number) => boolean;
  readonly gap?: string;
  /** The column that is cut short where a line would else be longer than so many characters, and how many of its own stay at least. */
  readonly shortens?: { readonly column: number; readonly fewest: number; readonly line: number };
}

/** A table as lines of text; Chinese characters and emoji take two columns of a terminal. */
export function tableText(
  { columns, rows }: TextTable,
  { width = Infinity, isLeft = () => false, gap = '  ', shortens }: TableLayout = {},
): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, k) => Math.max(...all.map((row) => stringWidth(row[k]))));
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
    const space = ' '.repeat(widths[k] - stringWidth(text));
    return isLeft(k) ? text + space : space + text;
  };
  const line = (row: readonly string[], part: readonly number[]): string =>
    part
      .map((k) => cell(row, k))
      .join(gap)
      .trimEnd();
  return parts.map((part) => all.map((row) => line(row, part)).join('\n')).join('\n\n');
}

function shortened(text: string, most: number): string {
  if (stringWidth(text) <= most) return text;
  const characters = [...text];
  while (stringWidth(characters.join('')) >= most) characters.pop();
  return `${characters.join('')}…`;
}
