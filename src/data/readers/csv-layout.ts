import { UserError } from '../../errors.js';
import type { ImageShape } from '../image-set.js';
import { otherContent, TABLE } from '../other-content.js';
import { areNames, labelByContent } from './csv-label.js';
import { fieldsOf, numberIn } from './csv-lines.js';

/** Where what is in the lines of a CSV file. */
export interface CsvLayout {
  /** Its byte: a comma, a semicolon, a tab or a blank. */
  readonly delimiter: number;
  /** Without an empty last one. */
  readonly columns: number;
  /** Whether each line ends with a delimiter. */
  readonly endsWithDelimiter: boolean;
  /** Number, from 1, of the first line that is an image. */
  readonly firstLine: number;
  /** Column of the label; absent where there is none. */
  readonly label?: number;
  /** Whether labels are names and no numbers. */
  readonly areNames: boolean;
  /** Columns of the pixels. */
  readonly pixels: readonly number[];
  /** Pixels of the lines that were looked at. */
  readonly sample: readonly number[];
  /** What is unusual about the file and read all the same, in a sentence. */
  readonly remark?: string;
}

/** A line and its number, from 1. */
export interface CsvRow {
  readonly number: number;
  readonly line: Uint8Array;
}

const LABEL = /^(label|labels|class|classes|target|y|digit|character|category|emotion)$/i;
/** Columns that number the lines, as pandas writes them. */
const INDEX = /^(|id|index|unnamed: ?0)$/i;
/** What Excel writes before the first line, so that it splits them by it. */
const SEPARATOR_LINE = /^"?sep=(.)"?$/i;
/** A number sign, with which comments begin. */
const COMMENT = 0x23;
/** More columns in a row are not numbered by accident. */
const FEWEST_NUMBERED = 16;
/** Characters of a field in a sentence. */
const MOST_SHOWN = 40;

/**
 * Finds out how a CSV file of images is laid out, by its first lines: by the names in its header, or by how many columns there are and
 * what is in the first and the last.
 *
 * @param rows the first lines, without blank ones.
 * @param known the shape that the set's manifest says.
 * @throws UserError where it is none.
 */
export function csvLayout(rows: readonly CsvRow[], path: string, known?: ImageShape): CsvLayout {
  if (rows.length === 0) throw new UserError(`${path} is empty; expected a line for each image`);
  const other = otherContent(rows[0].line);
  if (other !== undefined && other !== TABLE)
    throw new UserError(`${path} is ${other}; expected a line for each image`);
  const named = SEPARATOR_LINE.exec(Buffer.from(rows[0].line).toString('latin1'))?.[1];
  const table = rows.slice(named === undefined ? 0 : 1);
  const start = table.find(({ line }) => line[0] !== COMMENT) ?? table.at(-1) ?? rows[0];
  const delimiter = (named ?? delimiterOf(start.line)).charCodeAt(0);
  const own = withoutComments(table, start, delimiter);
  const fields = own.map(({ line }) => fieldsOf(line, delimiter));
  const hasHeader = isHeader(fields, delimiter);
  const first = hasHeader ? 1 : 0;
  if (fields.length === first)
    throw new UserError(`${path} has a header and no images; expected a line for each image`);
  const endsWithDelimiter = fields.slice(first).every((line) => line.at(-1) === '');
  const [header, ...all] = fields.map((line) =>
    endsWithDelimiter && line.at(-1) === '' ? line.slice(0, -1) : line,
  );
  const lines = hasHeader ? all : [header, ...all];
  const columns = header.length;
  const uneven = lines.findIndex((line) => line.length !== columns);
  if (uneven >= 0)
    throw new UserError(
      `${path}, line ${own[uneven + first].number} has ${lines[uneven].length} fields; expected ${columns}, as in the first line`,
    );
  const left = hasHeader ? columnsByName(header) : everyColumn(columns);
  const byName = hasHeader ? header.findIndex((name) => LABEL.test(uncommented(name))) : -1;
  const label = byName < 0 ? labelByContent(lines, left, delimiter, path, known) : byName;
  const pixels = left.filter((column) => column !== label);
  const at = (k: number): string => `${path}, line ${own[k + first].number}`;
  const labels = label === undefined ? [] : lines.map((line) => line[label]);
  const sample = lines.flatMap((line) => pixels.map((column) => numberIn(line[column], delimiter)));
  if (sample.every(Number.isNaN))
    throw new UserError(
      `${at(0)}: found ${JSON.stringify((lines[0][pixels[0]] ?? '').slice(0, MOST_SHOWN))}; expected the numbers of pixels (pictures that a table names are read from a folder for each class, without the table)`,
    );
  return {
    ...{ delimiter, columns, endsWithDelimiter, pixels },
    areNames: areNames(labels, delimiter, at),
    firstLine: own[first].number,
    ...(label !== undefined && { label }),
    sample,
    ...(isRenamed(fields[0]) && {
      remark: `${path} begins with an image that pandas took for the names of columns and changed (0, 0.1, 0.2 ...): it is left out`,
    }),
  };
}

/** Without comments before the table. NumPy's header begins as one, and has as many fields as the lines below. */
function withoutComments(rows: readonly CsvRow[], start: CsvRow, delimiter: number): CsvRow[] {
  const columns = fieldsOf(start.line, delimiter).length;
  return rows.filter(
    ({ number, line }) =>
      number >= start.number || line[0] !== COMMENT || fieldsOf(line, delimiter).length === columns,
  );
}

const everyColumn = (columns: number): number[] => Array.from({ length: columns }, (_, k) => k);

const columnsByName = (names: readonly string[]): number[] =>
  everyColumn(names.length).filter((column) => !INDEX.test(names[column]));

/** NumPy writes its header behind a sign of comments. */
const uncommented = (name: string): string => name.replace(/^#\s*/, '');

/** Whether the first line names the columns: in words, or by numbers that count up from 0 or 1, as pandas numbers columns without names. */
function isHeader([first, second]: readonly string[][], delimiter: number): boolean {
  if (first === undefined) return false;
  const words = first.filter((field) => field !== '' && Number.isNaN(numberIn(field, delimiter)));
  if (words.length > 1) return true;
  const isNumbered = (line: readonly string[]): boolean => {
    const numbers = line.filter((field) => !INDEX.test(field) && !LABEL.test(field)).map(Number);
    const [start] = numbers;
    return (
      numbers.length >= FEWEST_NUMBERED &&
      (start === 0 || start === 1) &&
      numbers.every((number, k) => number === start + k)
    );
  };
  return isRenamed(first) || (isNumbered(first) && !(second !== undefined && isNumbered(second)));
}

/** Whether numbers that come again are told apart, as 0, 0.1, 0.2: pandas does so where it takes the first line for names. */
function isRenamed(line: readonly string[]): boolean {
  const times = new Map<string, number>();
  let renamed = 0;
  for (const field of line) {
    const [, number = field, time] = /^(\d+)\.(\d+)$/.exec(field) ?? [];
    const before = times.get(number) ?? 0;
    if (time !== undefined && Number(time) !== before) return false;
    if (time !== undefined) renamed++;
    times.set(number, before + 1);
  }
  return renamed >= FEWEST_NUMBERED;
}

/**
 * The delimiter of a line. A comma in each field between semicolons or tabs is a decimal one; blanks separate fields where nothing else
 * does.
 */
function delimiterOf(line: Uint8Array): string {
  const count = (delimiter: string): number => {
    const code = delimiter.charCodeAt(0);
    return line.reduce((sum, byte) => sum + Number(byte === code), 0);
  };
  const commas = count(',');
  const stronger = [';', '\t'].find((one) => count(one) > 0 && commas <= count(one) + 1);
  return stronger ?? (commas === 0 && count(' ') > 0 ? ' ' : ',');
}
