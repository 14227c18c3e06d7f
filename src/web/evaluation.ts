import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainFileError } from '../files.js';

/** What `gan-mnist evaluate` left in a run's folder, for a page. */
export interface Evaluation {
  /** The numbers and words of evaluation.json, by their path in it, as "tstr accuracy". */
  readonly entries: readonly (readonly [name: string, value: string])[];
  /** Pictures beside it (a confusion matrix), by their name. */
  readonly pictures: readonly { readonly name: string; readonly png: Uint8Array }[];
  /** Why there are no entries although there is a file. */
  readonly damage?: string;
}

const FOLDER = 'evaluation';
const FILE = 'evaluation.json';
/** So many entries fit into a table that people read; lists of numbers are left to the file. */
const MOST_ENTRIES = 60;

/** A run's evaluation; undefined where it was not evaluated. */
export function readEvaluation(run: string): Evaluation | undefined {
  const folder = join(run, FOLDER);
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  try {
    const pictures = readdirSync(folder)
      .filter((name) => name.endsWith('.png'))
      .sort()
      .map((name) => ({ name, png: readFileSync(join(folder, name)) }));
    return { ...parse(readFileSync(path, 'utf8'), path), pictures };
  } catch (error) {
    throw explainFileError(error, 'read', path);
  }
}

function parse(text: string, path: string): Pick<Evaluation, 'entries' | 'damage'> {
  try {
    return { entries: leaves(JSON.parse(text) as Json, '').slice(0, MOST_ENTRIES) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { entries: [], damage: `${path} is not JSON: evaluate the run again` };
  }
}

const DIGEST = /^[0-9a-f]{64}$/;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Numbers, words and truth values in a JSON value; lists and digests (SHA-256) are left out. */
function leaves(value: Json, name: string): [string, string][] {
  if (isList(value) || value === null) return [];
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, inner]) =>
      leaves(inner, name === '' ? words(key) : `${name} ${words(key)}`),
    );
  if (typeof value === 'string' && DIGEST.test(value)) return [];
  return [[name, typeof value === 'number' ? rounded(value) : String(value)]];
}

/** `testOnReal` as "test on real". */
const words = (key: string): string =>
  key.replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);

const rounded = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));

/** Array.isArray does not know lists that are read only. */
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
