import { UserError } from '../../errors.js';
import { flatShape } from '../flat-shape.js';
import type { ImageShape } from '../image-set.js';
import { otherContent } from '../other-content.js';
import { fieldsOf } from './csv-lines.js';

/** Where what is in the lines of a CSV file. */
export interface CsvLayout {
  /** Its byte: a comma, a semicolon or a tab. */
  readonly delimiter: number;
  readonly columns: number;
  readonly hasHeader: boolean;
  /** Column of the label; absent where there is none. */
  readonly label?: number;
  /** Whether labels are names and no numbers. */
  readonly areNames: boolean;
  /** Columns of the pixels. */
  readonly pixels: readonly number[];
  /** Pixels of the lines that were looked at. */
  readonly sample: readonly number[];
}

const DELIMITERS = [',', ';', '\t'];
const LABEL = /^(label|labels|class|classes|target|y|digit|character|category|emotion)$/i;
/** Columns that number the lines, as pandas writes them. */
const INDEX = /^(|id|index|unnamed: ?0)$/i;
/** A set without a header whose labels are last has hardly more: EMNIST has 62. */
const MOST_LIKELY_CLASSES = 100;
const isNumber = (field: string): boolean => field !== '' && Number.isFinite(Number(field));

/**
 * Finds out how a CSV file of images is laid out, by its first lines: by the names in its header, or by how many columns there are and
 * what is in the first and the last.
 *
 * @param rows the first lines, without empty ones.
 * @param known the shape that the set's manifest says.
 * @throws UserError where it is none.
 */
export function csvLayout(
  rows: readonly Uint8Array[],
  path: string,
  known?: ImageShape,
): CsvLayout {
  if (rows.length === 0) throw new UserError(`${path} is empty; expected a line for each image`);
  const other = otherContent(rows[0]);
  if (other !== undefined)
    throw new UserError(`${path} is ${other}; expected a line for each image`);
  const delimiter = delimiterOf(rows[0]);
  const first = fieldsOf(rows[0], delimiter);
  const columns = first.length;
  const hasHeader = first.filter((field) => !isNumber(field)).length > 1;
  const lines = rows.slice(hasHeader ? 1 : 0).map((row) => fieldsOf(row, delimiter));
  if (lines.length === 0)
    throw new UserError(`${path} has a header and no images; expected a line for each image`);
  const uneven = lines.findIndex((line) => line.length !== columns);
  if (uneven >= 0)
    throw new UserError(
      `${path}, line ${uneven + (hasHeader ? 2 : 1)} has ${lines[uneven].length} fields; expected ${columns}, as in the first line`,
    );
  const left = hasHeader ? columnsByName(first) : all(columns);
  const label = hasHeader
    ? first.findIndex((name) => LABEL.test(name))
    : labelByContent(lines, known);
  const hasLabel = label >= 0;
  const pixels = left.filter((column) => column !== label);
  const areNames = hasLabel && lines.some((line) => !isNumber(line[label]));
  if (areNames && label !== 0 && label !== columns - 1)
    throw new UserError(
      `${path} has names as labels in column ${label + 1}; expected them in the first or the last`,
    );
  return {
    delimiter,
    columns,
    hasHeader,
    areNames,
    pixels,
    ...(hasLabel && { label }),
    sample: lines.flatMap((line) => pixels.map((column) => Number(line[column]))),
  };
}

const all = (columns: number): number[] => Array.from({ length: columns }, (_, k) => k);

const columnsByName = (names: readonly string[]): number[] =>
  all(names.length).filter((column) => !INDEX.test(names[column]));

/** The delimiter that is most often in a line. */
function delimiterOf(line: Uint8Array): number {
  const counts = DELIMITERS.map((delimiter) => {
    const code = delimiter.charCodeAt(0);
    return line.reduce((sum, byte) => sum + Number(byte === code), 0);
  });
  return DELIMITERS[counts.indexOf(Math.max(...counts))].charCodeAt(0);
}

/** The column of the label in a file without a header; -1 where all columns are pixels. */
function labelByContent(lines: readonly string[][], known?: ImageShape): number {
  const columns = lines[0].length;
  const last = columns - 1;
  if (flatShape(columns - 1, known) === undefined) return -1;
  if (flatShape(columns, known) !== undefined) return -1;
  const values = [0, last].map((column) => lines.map((line) => line[column]));
  const [atStart, atEnd] = values;
  if (atStart.some((field) => !isNumber(field))) return 0;
  if (atEnd.some((field) => !isNumber(field))) return last;
  // Corners of most pictures hardly differ; labels are whole numbers that do.
  const [kindsAtStart, kindsAtEnd] = values.map((column) => new Set(column).size);
  const mayBeLabels = (column: readonly string[]): boolean =>
    column.every((field) => /^\d{1,3}$/.test(field));
  if (!mayBeLabels(atEnd)) return 0;
  if (!mayBeLabels(atStart)) return last;
  const areFew = atEnd.every((field) => Number(field) < MOST_LIKELY_CLASSES);
  if (kindsAtStart === 1 && kindsAtEnd > 1 && areFew) return last;
  return kindsAtEnd > 1 && 2 * kindsAtEnd < kindsAtStart ? last : 0;
}
