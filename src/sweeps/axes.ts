import { UserError } from '../errors.js';
import type { ImageKind } from '../data/image-set.js';
import { refuseTwoLengths, runOptions, runOptionsFor } from '../gan/options.js';
import { kebabCaseOf } from '../names.js';
import { flagOf, parseNumbers, parseOption, type OptionDefinition } from '../options.js';
import type { PlannedRun } from '../runs/sweep.js';

type Value = string | number | boolean;

/** Values of an option that runs are to differ in, or the one value that they share. */
export interface Axis {
  readonly name: string;
  readonly values: readonly Value[];
}

/** More runs are hardly meant. */
export const MOST_RUNS = 10_000;

/**
 * Reads what was typed for an option of which a sweep may have several values: `0.0005,0.001`, or of whole numbers `1..20`.
 *
 * @throws UserError where it is no such list.
 */
export function parseAxis(name: string, definition: OptionDefinition, typed: string): Axis {
  const values = typed.split(',').flatMap((part): Value[] => {
    if (definition.kind !== 'integer' || !part.includes('..'))
      return [one(name, definition, part.trim())];
    const { min, max } = definition;
    return parseNumbers(flagOf(name), part, { min, max, least: 1, most: MOST_RUNS });
  });
  return { name, values };
}

/** @throws UserError where an option has no value, or one twice: two runs would have one name. */
function checkAxis({ name, values }: Axis): void {
  if (values.length === 0)
    throw new UserError(`${flagOf(name)}: found no value, expected at least one`);
  const twice = values.find((value, k) => values.indexOf(value) !== k);
  if (twice !== undefined)
    throw new UserError(`${flagOf(name)}: found ${String(twice)} twice, expected other values`);
}

function one(name: string, definition: OptionDefinition, typed: string): Value {
  if (definition.kind !== 'switch') return parseOption(name, definition, typed);
  if (typed === 'true' || typed === 'false') return typed === 'true';
  throw new UserError(`${flagOf(name)}: found "${typed}", expected true, false or both`);
}

/**
 * The runs of all combinations, the last axis changing fastest.
 *
 * @param images that they are to be trained on, by which defaults may differ.
 * @returns the names of what varies, and the runs with all their options.
 * @throws UserError where nothing varies, there are too many, or one of the runs cannot be.
 */
export function combine(
  axes: readonly Axis[],
  images?: ImageKind,
): {
  readonly varied: readonly string[];
  readonly runs: readonly PlannedRun[];
} {
  axes.forEach(checkAxis);
  refuseTwoLengths(Object.fromEntries(axes.map(({ name, values }) => [name, values])));
  const varied = axes.filter(({ values }) => values.length > 1).map(({ name }) => name);
  if (varied.length === 0)
    throw new UserError(
      'found one value of each option, expected several of at least one, as --seed 1..20 or --learning-rate 0.0005,0.001',
    );
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_RUNS)
    throw new UserError(`found ${count} combinations, expected at most ${MOST_RUNS} runs`);
  let all: Record<string, Value>[] = [{}];
  for (const { name, values } of axes)
    all = all.flatMap((before) => values.map((value) => ({ ...before, [name]: value })));
  const runs = all.map((given) => ({
    name: varied.map((name) => `${kebabCaseOf(name)}-${String(given[name])}`).join('-'),
    options: images === undefined ? runOptions(given) : runOptionsFor(images, given),
  }));
  return { varied, runs };
}
