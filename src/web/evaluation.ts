import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FIGURE_NAMES, FIGURES, numberText, type Unit } from '../evaluation/figures.js';
import { explainFileError } from '../files/explain.js';
import { RUN_FILES } from '../runs/run-folder.js';

/** A figure as people read it, and that of real images. */
export interface Headline {
  readonly what: string;
  readonly value: string;
  readonly real?: string;
}

/** What `gan-mnist evaluate` left in a run's folder, for a page. */
export interface Evaluation {
  /** Those that people ask for first, in words. */
  readonly headlines: readonly Headline[];
  /** All numbers and words of evaluation.json, by their path in it, as "tstr accuracy". */
  readonly entries: readonly (readonly [name: string, value: string])[];
  /** Pictures beside it (a confusion matrix), by their name. */
  readonly pictures: readonly { readonly name: string; readonly png: Uint8Array }[];
  /** Why there are no entries although there is a file. */
  readonly damage?: string;
}

/** So many entries fit into a table that people read; lists of numbers are left to the file. */
const MOST_ENTRIES = 60;

/** A run's evaluation; undefined where it was not evaluated. */
export function readEvaluation(run: string): Evaluation | undefined {
  const path = join(run, RUN_FILES.evaluation);
  const folder = dirname(path);
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

/** The figures in an evaluation, each beside that of real images. */
function headlinesOf(evaluation: Json): Headline[] {
  const figures = memberOf(evaluation, 'figures');
  return FIGURE_NAMES.flatMap((name): Headline[] => {
    const { what, unit } = FIGURES[name];
    const figure = memberOf(figures, name);
    const value = estimateText(figure, unit);
    if (value === undefined) return [];
    const real = estimateText(memberOf(figure, 'real'), unit);
    return [{ what, value, ...(real !== undefined && { real }) }];
  });
}

/** "98.72% ± 0.05%"; undefined where there is no number. */
function estimateText(estimate: Json | undefined, unit: Unit): string | undefined {
  const value = memberOf(estimate, 'value');
  const error = memberOf(estimate, 'standardError');
  if (typeof value !== 'number') return undefined;
  const text = numberText(value, unit);
  return typeof error === 'number' ? `${text} ± ${numberText(error, unit)}` : text;
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || isList(value)) return undefined;
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function parse(text: string, path: string): Pick<Evaluation, 'headlines' | 'entries' | 'damage'> {
  try {
    const evaluation = JSON.parse(text) as Json;
    const entries = leaves(evaluation, '').slice(0, MOST_ENTRIES);
    return { headlines: headlinesOf(evaluation), entries };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { headlines: [], entries: [], damage: `${path} is not JSON: evaluate the run again` };
  }
}

/** In this order, other pictures after them. */
const PICTURES = [
  'nearest.png',
  'confusion-tstr.png',
  'confusion-baseline.png',
  'confusion-trts.png',
];
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
