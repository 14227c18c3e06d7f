import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainFileError } from '../files/explain.js';

/** What `gan-mnist evaluate` left in a run's folder, for a page. */
export interface Evaluation {
  /** Those that people ask for first, in words. */
  readonly headlines: readonly (readonly [what: string, value: string])[];
  /** All numbers and words of evaluation.json, by their path in it, as "tstr accuracy". */
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
      .sort((a, b) => placeOf(a) - placeOf(b))
      .map((name) => ({ name, png: readFileSync(join(folder, name)) }));
    return { ...parse(readFileSync(path, 'utf8'), path), pictures };
  } catch (error) {
    throw explainFileError(error, 'read', path);
  }
}

/** What the entries of `gan-mnist evaluate` are called in plain words, in the order of a page; shares become percents. */
const HEADLINES: readonly (readonly [entry: string, what: string, unit: 'share' | 'distance'])[] = [
  ['usefulness tstr accuracy', 'trained on these digits, tested on real ones', 'share'],
  ['usefulness baseline accuracy', 'the same trained on real digits (the baseline)', 'share'],
  ['usefulness trts accuracy', 'trained on real digits, tested on these', 'share'],
  ['recognition recognised', 'recognised as the digit they should be', 'share'],
  [
    'frechet synthetic distance',
    'Frechet distance to real test images, lower is better',
    'distance',
  ],
  ['frechet real training distance', 'the same of real training images', 'distance'],
];

function headlinesOf(entries: Evaluation['entries']): [string, string][] {
  const values = new Map(entries);
  return HEADLINES.flatMap(([entry, what, unit]): [string, string][] => {
    const value = Number(values.get(entry));
    if (Number.isNaN(value)) return [];
    return [[what, unit === 'share' ? `${(100 * value).toFixed(2)}%` : value.toFixed(2)]];
  });
}

function parse(text: string, path: string): Pick<Evaluation, 'headlines' | 'entries' | 'damage'> {
  try {
    const entries = leaves(JSON.parse(text) as Json, '').slice(0, MOST_ENTRIES);
    return { headlines: headlinesOf(entries), entries };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { headlines: [], entries: [], damage: `${path} is not JSON: evaluate the run again` };
  }
}

/** The confusion matrices in the order of {@link HEADLINES}, other pictures after them. */
const PICTURES = ['confusion-tstr.png', 'confusion-baseline.png', 'confusion-trts.png'];
const placeOf = (name: string): number =>
  PICTURES.includes(name) ? PICTURES.indexOf(name) : PICTURES.length;

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
