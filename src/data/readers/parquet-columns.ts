import type { FileMetaData, SchemaElement } from 'hyparquet';
import { UserError } from '../../errors.js';

/** The columns of a Parquet file of images. */
export interface ParquetColumns {
  /** Of pictures, or of a struct with their bytes. */
  readonly image: string;
  readonly label?: string;
  /** Names of the classes, where the file has them. */
  readonly classes?: readonly string[];
}

const IMAGE = /^(image|img|picture|photo|png|jpe?g|webp|bytes)$/i;
const LABEL = /^(label|labels|class|fine_label|digit|target|y|character)$/i;

interface Column {
  readonly name: string;
  readonly type: SchemaElement['type'];
  readonly children: readonly Column[];
}

/**
 * Finds the columns of pictures and labels by their names and types, and the names of classes in the metadata of Hugging Face's
 * `datasets`.
 *
 * @throws UserError for a file without pictures.
 */
export function parquetColumns(metadata: FileMetaData, path: string): ParquetColumns {
  const columns = columnsOf(metadata.schema);
  const hasBytes = ({ type, children }: Column): boolean =>
    type === 'BYTE_ARRAY' ||
    children.some((child) => child.name === 'bytes' && child.type === 'BYTE_ARRAY');
  const image =
    columns.find((column) => IMAGE.test(column.name) && hasBytes(column)) ??
    columns.find((column) => column.children.length > 0 && hasBytes(column));
  if (image === undefined)
    throw new UserError(
      `${path} has the columns ${namesText(columns)}; expected one of pictures, as image (with a column for each pixel: save it as CSV)`,
    );
  const others = columns.filter((column) => column !== image && column.children.length === 0);
  const isWhole = ({ type }: Column): boolean => type === 'INT32' || type === 'INT64';
  const whole = others.filter(isWhole);
  const label =
    others.find(({ name }) => LABEL.test(name)) ?? (whole.length === 1 ? whole[0] : undefined);
  const classes = label === undefined ? undefined : namesIn(metadata, label.name);
  return {
    image: image.name,
    ...(label !== undefined && { label: label.name }),
    ...(classes !== undefined && { classes }),
  };
}

const MOST_NAMED = 5;

const namesText = (columns: readonly Column[]): string =>
  columns
    .slice(0, MOST_NAMED)
    .map(({ name }) => name)
    .join(', ') + (columns.length > MOST_NAMED ? ` and ${columns.length - MOST_NAMED} more` : '');

/** The columns as a tree: the schema is a list in which each element says how many of the next ones are its children. */
function columnsOf(schema: readonly SchemaElement[]): readonly Column[] {
  let next = 0;
  const read = (depth: number): Column => {
    const element = schema[next++];
    if (element === undefined || depth > 20) throw new Error('its schema is damaged');
    const { name, type, num_children: count = 0 } = element;
    if (count > schema.length) throw new Error('its schema is damaged');
    return { name, type, children: Array.from({ length: count }, () => read(depth + 1)) };
  };
  return read(0).children;
}

/** https://huggingface.co/docs/datasets: the features of the columns, as JSON under the key "huggingface". */
function namesIn(
  { key_value_metadata: pairs = [] }: FileMetaData,
  column: string,
): string[] | undefined {
  const text = pairs.find(({ key }) => key === 'huggingface')?.value;
  if (text === undefined) return undefined;
  try {
    const { info } = JSON.parse(text) as {
      info?: { features?: Record<string, { names?: unknown } | undefined> };
    };
    const names = info?.features?.[column]?.names;
    return Array.isArray(names) && names.every((name) => typeof name === 'string')
      ? names
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
