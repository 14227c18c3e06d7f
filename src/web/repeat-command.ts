import { isDeepStrictEqual } from 'node:util';
import { runOptions } from '../gan/options.js';
import { flagOf } from '../options.js';
import type { RunDescription } from '../runs/run-description.js';

/** Options that decide the defaults of others: they are tried last, so that those others are left out. */
const DECIDING = ['model', 'preset', 'quality'];

/** The command line that trains a run again: what is as it would be by default is left out. */
export function repeatCommand({ options, backend, data }: RunDescription): string {
  const { folder, reading = {} } = data;
  const { skipBad, size, color, testShare } = reading;
  const words = [
    ...neededOptions(options).flatMap(([name, value]) => typed(name, value)),
    ...typed('data', folder),
    ...typed('size', size),
    ...typed('color', color),
    ...typed('testShare', testShare),
    ...(skipBad === true ? typed('skipBad', true) : []),
    ...(backend.name === 'native' ? [] : typed('backend', backend.name)),
    ...typed('threads', backend.threads),
  ];
  return ['gan-mnist train', ...words].join(' ');
}

type Value = string | number | boolean | undefined;

function neededOptions(options: RunDescription['options']): [string, Value][] {
  const all: Record<string, Value> = { ...options };
  // It follows from the steps.
  if (options.steps !== undefined) delete all.epochs;
  const target = whatFollows(all);
  const names = Object.keys(all).filter((name) => !DECIDING.includes(name));
  let needed = all;
  for (const name of [...names, ...DECIDING.filter((name) => name in all)]) {
    const { [name]: left, ...rest } = needed;
    void left;
    if (isDeepStrictEqual(whatFollows(rest), target)) needed = rest;
  }
  return Object.entries(needed);
}

function whatFollows(given: Record<string, Value>): object {
  // A preset and its values are the same run as the values alone.
  const { preset, quality, ...rest } = runOptions(given);
  void [preset, quality];
  return rest;
}

function typed(name: string, value: Value): string[] {
  if (value === undefined) return [];
  if (typeof value === 'boolean')
    return [value ? flagOf(name) : flagOf(name).replace('--', '--no-')];
  return [flagOf(name), quoted(String(value))];
}

/** As a POSIX shell reads it back. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
