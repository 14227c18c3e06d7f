import * as v from 'valibot';
import { UserError } from '../errors.js';

/** Characters of what was found that an error shows. */
const SHOWN = 60;

/** A file of ours in JSON: what it is, and what it must hold. */
export interface JsonForm<Schema extends v.GenericSchema> {
  /** In errors: "the plan of a sweep, as gan-mnist sweep new writes it". */
  readonly what: string;
  readonly schema: Schema;
  /** The newest form that is read: the number in its `format`, 1 where there is none. Who changes it so that older programs cannot read it raises it. */
  readonly format: number;
}

/**
 * Reads a JSON text of a form.
 *
 * @param where named in errors.
 * @throws UserError for what is not JSON, does not hold what it must, or is of a later format.
 */
export function parseJson<Schema extends v.GenericSchema>(
  text: string,
  where: string,
  { what, schema, format }: JsonForm<Schema>,
): v.InferOutput<Schema> {
  const refuse = (found: string, expected = what): never => {
    throw new UserError(`${where}: found ${found}, expected ${expected}`);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('text that is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('JSON that is not an object');
  const { format: found = 1 } = value as { format?: unknown };
  if (!Number.isInteger(found) || (found as number) < 1 || (found as number) > format)
    return refuse(
      `format ${shown(found)}`,
      `${format === 1 ? '1' : `1 to ${format}`}: a newer gan-mnist may have written it`,
    );
  const read = v.safeParse(schema, value, { abortEarly: true });
  if (read.success) return read.output;
  const [issue] = read.issues;
  const path = v.getDotPath(issue) ?? '';
  if (issue.input === undefined) return refuse(`no ${path}`);
  // A schema's own words, where it has any.
  const wanted = issue.message.startsWith('Invalid ') ? issue.expected : issue.message;
  return refuse(`${path} = ${shown(issue.input)}`, `${wanted} there, in ${what}`);
}

/** In one line, not too long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}...`;
}

/** A whole number from 1 on. */
export const wholeUpTo = (max: number) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(max));

/** A path, which no file system takes with a zero byte in it. */
export const path = v.pipe(v.string(), v.excludes('\0'));
