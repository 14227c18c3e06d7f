import { UserError } from './errors.js';
import { kebabCaseOf } from './names.js';

/** One option: what it may be, what it is by default, and the line that explains it. Written down once, here or in a table like it. */
export type OptionDefinition =
  | {
      readonly kind: 'integer';
      readonly min: number;
      readonly max: number;
      readonly default?: number;
      /** Defaults that hold in a named case instead of the general one. */
      readonly defaults?: Readonly<Record<string, number>>;
      readonly help: string;
    }
  | {
      readonly kind: 'number';
      readonly min: number;
      readonly max: number;
      readonly exclusive?: true;
      readonly default?: number;
      readonly defaults?: Readonly<Record<string, number>>;
      readonly help: string;
    }
  | {
      readonly kind: 'choice';
      readonly choices: readonly string[];
      readonly default?: string;
      readonly defaults?: Readonly<Record<string, string>>;
      readonly help: string;
    }
  | {
      readonly kind: 'text';
      /** What stands in the help: FILE, DIR. */
      readonly value: string;
      /** The flag may stand alone, which gives an empty text. */
      readonly bare?: true;
      readonly default?: string;
      readonly help: string;
    }
  | {
      readonly kind: 'switch';
      /** A switch that is on by default is turned off by `--no-NAME`. */
      readonly default?: boolean;
      readonly defaults?: Readonly<Record<string, boolean>>;
      readonly help: string;
    };

/** What seeds can be. */
export const SEEDS = { min: 0, max: 2 ** 31 - 1 } as const;

export type OptionTable = Readonly<Record<string, OptionDefinition>>;

type ValueOf<D extends OptionDefinition> = D extends { kind: 'integer' | 'number' }
  ? number
  : D extends { kind: 'choice'; choices: readonly (infer Choice)[] }
    ? Choice
    : D extends { kind: 'switch' }
      ? boolean
      : string;

/** The options that a table describes: those without a default may be missing. */
export type OptionsOf<Table extends OptionTable> = {
  readonly [
    Name in keyof Table as Table[Name] extends { default: unknown } | { kind: 'switch' }
      ? Name
      : never
  ]: ValueOf<Table[Name]>;
} & {
  readonly [
    Name in keyof Table as Table[Name] extends { default: unknown } | { kind: 'switch' }
      ? never
      : Name
  ]?: ValueOf<Table[Name]>;
};

/** `learningRate` as `--learning-rate`. */
export function flagOf(name: string): string {
  return `--${kebabCaseOf(name)}`;
}

/** The flag that is typed: of a switch that is on by default the one that turns it off. */
export function typedFlagOf(name: string, definition: OptionDefinition): string {
  const off = definition.kind === 'switch' && definition.default === true;
  return off ? flagOf(name).replace('--', '--no-') : flagOf(name);
}

/** The line that explains an option, with its choices and its defaults. */
export function helpText(definition: OptionDefinition): string {
  const { help } = definition;
  if (definition.kind === 'switch') return help;
  const choices = definition.kind === 'choice' ? `: ${definition.choices.join(', ')}` : '';
  // A default in words stands at the end of the help.
  return help.replace(/(?= \(default: [^)]*\)$)|$/, () => choices) + defaultsText(definition);
}

/** " (default: 200; conv: 12)". */
function defaultsText(definition: Exclude<OptionDefinition, { kind: 'switch' }>): string {
  const special = 'defaults' in definition ? Object.entries(definition.defaults ?? {}) : [];
  const all = [
    ...(definition.default === undefined ? [] : [['default', definition.default]]),
    ...special,
  ];
  return all.length === 0 ? '' : ` (${all.map(([when, value]) => `${when}: ${value}`).join('; ')})`;
}

/** What an option takes, in words: "a whole number from 1 to 100000". */
function expectation(definition: OptionDefinition): string {
  switch (definition.kind) {
    case 'integer':
      return `a whole number from ${definition.min} to ${definition.max}`;
    case 'number':
      return `a number ${definition.exclusive ? 'above' : 'from'} ${definition.min} ${definition.exclusive ? 'and up ' : ''}to ${definition.max}`;
    case 'choice':
      return `one of ${definition.choices.join(', ')}`;
    case 'text':
      return definition.value;
    case 'switch':
      return 'no value';
  }
}

/**
 * Reads what was typed after a flag.
 *
 * @throws UserError that names the flag, what was found and what was expected.
 */
export function parseOption(
  name: string,
  definition: OptionDefinition,
  typed: string,
): string | number {
  const refuse = (): never => {
    throw new UserError(`${flagOf(name)}: found "${typed}", expected ${expectation(definition)}`);
  };
  if (definition.kind === 'integer' || definition.kind === 'number') {
    const pattern =
      definition.kind === 'integer' ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
    return pattern.test(typed) && isInRange(definition, Number(typed)) ? Number(typed) : refuse();
  }
  if (definition.kind === 'choice') return definition.choices.includes(typed) ? typed : refuse();
  const mayBeEmpty = definition.kind === 'text' && definition.bare === true;
  return typed.length > 0 || mayBeEmpty ? typed : refuse();
}

/** Of a list of whole numbers. */
export interface ListBounds {
  readonly min: number;
  readonly max: number;
  /** Numbers that it has at least and at most. */
  readonly least: number;
  readonly most: number;
}

/**
 * Reads a list of whole numbers as it is written everywhere: `1,5,9`, `0..35`, or `1..3,7`.
 *
 * @param flag named in the error.
 * @throws UserError where it is none, or has numbers out of bounds, too few or too many.
 */
export function parseNumbers(flag: string, typed: string, bounds: ListBounds): number[] {
  const { min, max, least, most } = bounds;
  const refuse = (): never => {
    throw new UserError(
      `${flag}: found "${typed}", expected ${least} to ${most} whole numbers from ${min} to ${max}, as 1,5,9 or 0..35`,
    );
  };
  const numbers: number[] = [];
  for (const part of typed.split(',')) {
    const ends = /^\s*(\d{1,15})(?:\s*\.\.\s*(\d{1,15}))?\s*$/.exec(part);
    if (ends === null) return refuse();
    const from = Number(ends[1]);
    const to = Number(ends[2] ?? from);
    if (from < min || to > max || to < from || numbers.length + to - from >= most) return refuse();
    for (let number = from; number <= to; number++) numbers.push(number);
  }
  return numbers.length < least ? refuse() : numbers;
}

function isInRange(
  { kind, min, max, ...rest }: Extract<OptionDefinition, { min: number }>,
  value: unknown,
): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (kind === 'integer' && !Number.isSafeInteger(value)) return false;
  return value <= max && ('exclusive' in rest ? value > min : value >= min);
}

/**
 * Fills in defaults and checks every value, for options that come from a program or from a file.
 *
 * @param where named in the error, as "options.json".
 * @throws UserError for an unknown option or a value out of its range.
 */
export function completeOptions<Table extends OptionTable>(
  table: Table,
  given: Readonly<Record<string, unknown>>,
  where: string,
): OptionsOf<Table> {
  refuseOthers(given, table, where);
  const complete: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(table)) {
    const value =
      given[name] ?? definition.default ?? (definition.kind === 'switch' ? false : undefined);
    if (value === undefined) continue;
    if (!isAllowed(definition, value))
      throw new UserError(
        `${where}: found ${name} = ${JSON.stringify(value)}, expected ${expectation(definition)}`,
      );
    complete[name] = value;
  }
  return complete as OptionsOf<Table>;
}

/** @throws UserError for an option that is not among the known ones. */
export function refuseOthers(given: object, known: object, where: string): void {
  const other = Object.keys(given).find((name) => !Object.hasOwn(known, name));
  if (other !== undefined)
    throw new UserError(
      `${where}: found the unknown option "${other}", expected ${Object.keys(known).join(', ')}`,
    );
}

function isAllowed(definition: OptionDefinition, value: unknown): boolean {
  switch (definition.kind) {
    case 'integer':
    case 'number':
      return isInRange(definition, value);
    case 'choice':
      return typeof value === 'string' && definition.choices.includes(value);
    case 'text':
      return typeof value === 'string' && (value.length > 0 || definition.bare === true);
    case 'switch':
      return typeof value === 'boolean';
  }
}
