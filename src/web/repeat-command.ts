import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../errors.js';
import { runOptions, type RunOptions } from '../gan/options.js';
import { flagOf } from '../options.js';
import type { SweepData } from '../runs/run-data.js';
import type { RunDescription } from '../runs/run-description.js';

/** Options that decide the defaults of others: they are tried last, so that those others are left out. */
const DECIDING = ['model', 'preset', 'quality'];

/** The command line that trains a run again: what is as it would be by default is left out. */
export function repeatCommand(description: RunDescription): string {
  const { from } = description;
  const words = neededOptions(description.options).flatMap(([name, value]) => typed(name, value));
  return [
    'gan-mnist train',
    ...typed('from', from?.run),
    ...words,
    ...surroundings(description),
  ].join(' ');
}

/** The same of a sweep; undefined where its runs are not all combinations of some values. */
export function repeatSweepCommand(
  description: RunDescription,
  { varied, planned }: Pick<SweepData, 'varied' | 'planned'>,
): string | undefined {
  const labels = planned.map((label) => label.split(', '));
  const axes = varied.map((name, k) => ({
    name,
    values: [...new Set(labels.map((one) => one[k]))],
  }));
  const combinations = axes.reduce((product, { values }) => product * values.length, 1);
  if (combinations !== planned.length) return undefined;
  // What else is a default may depend on a value of these.
  const first = axes.map(({ name, values: [value] }) => [name, valueOf(value)]);
  const all = { ...description.options, ...Object.fromEntries(first) } as RunOptions;
  const shared = neededOptions(all).filter(([name]) => !varied.includes(name));
  const words = [...axes.map(({ name, values }) => [name, values.join(',')] as const), ...shared];
  return [
    'gan-mnist sweep new',
    ...words.flatMap(([name, value]) => typed(name, value)),
    ...surroundings(description),
  ].join(' ');
}

const valueOf = (text: string): Value =>
  text === 'true' || text === 'false'
    ? text === 'true'
    : Number.isNaN(Number(text))
      ? text
      : Number(text);

/** Where the images are from and what computes. */
function surroundings({ backend, data }: RunDescription): string[] {
  const { folder, reading = {} } = data;
  const { skipBad, size, color, testShare } = reading;
  return [
    ...typed('data', folder),
    ...typed('size', size),
    ...typed('color', color),
    ...typed('testShare', testShare),
    ...(skipBad === true ? typed('skipBad', true) : []),
    ...(backend.name === 'native' ? [] : typed('backend', backend.name)),
    ...typed('threads', backend.threads),
  ];
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

/** All options that follow from some; undefined where these contradict each other without those that were left out. */
function whatFollows(given: Record<string, Value>): object | undefined {
  try {
    // A preset and its values are the same run as the values alone.
    const { preset, quality, ...rest } = runOptions(given);
    void [preset, quality];
    return rest;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
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
