import { Option, type Command, type CommanderError } from 'commander';
import { EXIT_CODES, UserError } from '../errors.js';
import { checkHeap } from '../machine.js';
import {
  flagOf,
  parseOption,
  typedFlagOf,
  type OptionDefinition,
  type OptionTable,
  type OptionsOf,
} from '../options.js';
import type { Console } from './console.js';
import { OPTION_GROUPS } from './option-groups.js';
import { STDOUT } from './picture-out.js';
import { endAtOnce } from './signals.js';

/** A command of the command line: its options are a table, its work is a function that is loaded when it is called. */
export interface CommandDefinition<Table extends OptionTable = OptionTable> {
  readonly summary: string;
  /** It may be ended at any moment. */
  readonly writesNothing?: true;
  /** Lines that can be typed as they stand. */
  readonly examples: readonly string[];
  readonly options: Table;
  /** Names of arguments without a flag, as `RUN`; `RUN...` takes several. */
  readonly arguments?: readonly { readonly name: string; readonly help: string }[];
  /** @param given only what was typed: defaults are filled in by whoever knows what else was typed. */
  run(
    given: Partial<OptionsOf<Table>>,
    console: Console,
    positional: readonly string[],
  ): Promise<void>;
}

/** Ties a definition's function to its table's types. */
export function defineCommand<const Table extends OptionTable>(
  definition: CommandDefinition<Table>,
): CommandDefinition {
  return definition;
}

/** Adds a command to the program. */
export function addCommand(
  program: Command,
  name: string,
  definition: CommandDefinition,
  makeConsole: (given: Record<string, unknown>) => Console,
): void {
  const [group, leaf] = name.split(' ');
  const parent = leaf === undefined ? program : groupOf(program, group);
  const command = parent
    .command(leaf ?? group, { isDefault: leaf !== undefined && leaf === DEFAULT_PART })
    .summary(definition.summary)
    .description(definition.summary);
  for (const [option, table] of Object.entries(definition.options))
    command.addOption(commanderOption(option, table));
  for (const { name: argument, help } of definition.arguments ?? [])
    command.argument(`[${argument}]`, help);
  command.allowExcessArguments(true).exitOverride((error) => {
    throw explainUsage(error, name) ?? error;
  });
  groupOptions(command, definition.options);
  command.addHelpText(
    'after',
    `\nExamples:\n${definition.examples.map((line) => `  $ ${line}`).join('\n')}\n\n${exitCodesText()}`,
  );
  command.action(async (...received: unknown[]) => {
    const self = received.at(-1) as Command;
    // Commander takes a switch that only --no-NAME turns off for given.
    const typed = Object.fromEntries(
      Object.entries(self.opts<Partial<Record<string, string | number | boolean>>>()).filter(
        ([option]) => self.getOptionValueSource(option) === 'cli',
      ),
    );
    refuseMore(name, definition, self);
    if (typed.json === true && typed.quiet === true)
      throw new UserError('--json and --quiet: found both, expected one of them');
    if (typed.json === true && typed.out === STDOUT)
      throw new UserError(
        '--json and --out -: found both, expected one of them: stdout has lines of JSON or the picture',
      );
    const given = withRun(typed, definition, self.args);
    const console = makeConsole(given);
    if (definition.writesNothing === true) endAtOnce();
    checkHeap();
    let isDone = false;
    try {
      await definition.run(given, console, self.args);
      isDone = true;
    } finally {
      // What a failed command was at stays to be seen.
      console.screen.close(!isDone);
    }
  });
}

/** The argument that names a run, of commands that have `--run` for it too. */
export const RUN_ARGUMENT = 'RUN';

/** What was typed, with the run that was named without a flag as `run`. */
function withRun<Given extends { readonly run?: string | number | boolean }>(
  given: Given,
  definition: CommandDefinition,
  typed: readonly string[],
): Given {
  const place = (definition.arguments ?? []).findIndex(({ name }) => name === RUN_ARGUMENT);
  const run = place < 0 ? undefined : typed[place];
  if (run === undefined || !('run' in definition.options)) return given;
  if (given.run !== undefined)
    throw new UserError(`RUN and --run: found ${run} and ${given.run}, expected one run`);
  return { ...given, run };
}

/** @throws UserError for an argument that the command does not have, as a command that is misspelt looks to `runs`. */
function refuseMore(
  name: string,
  { arguments: wanted = [] }: CommandDefinition,
  self: Command,
): void {
  const isList = wanted.at(-1)?.name.endsWith('...') === true;
  const extra = isList ? undefined : self.args[wanted.length];
  if (extra === undefined) return;
  const [group, leaf] = name.split(' ');
  const isDefault = leaf === DEFAULT_PART;
  const parts = self.parent?.commands.map((part) => part.name()) ?? [];
  const names = wanted.map((argument) => argument.name).join(' and ');
  const expected = isDefault ? parts.join(' or ') : `${names === '' ? 'options' : names} alone`;
  const command = isDefault ? group : name;
  throw new UserError(
    `found "${extra}" after gan-mnist ${command}, expected ${expected}; ${helpOf(command)}`,
  );
}

/** Puts options under headings, where there are many. */
function groupOptions(command: Command, table: OptionTable): void {
  if (Object.keys(table).length < MANY_OPTIONS) return;
  for (const option of command.options) {
    const heading = Object.entries(OPTION_GROUPS).find(([, names]) =>
      names.some((name) => typedFlags(name).includes(option.long ?? '')),
    );
    if (heading !== undefined) option.helpGroup(`${heading[0]}:`);
  }
}

const typedFlags = (name: string): string[] => [flagOf(name), flagOf(name).replace('--', '--no-')];

const MANY_OPTIONS = 20;

/** The command that others are parts of, as `sweep` of `sweep new`. */
function groupOf(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  return known ?? program.command(name).summary(GROUPS[name]).description(GROUPS[name]);
}

/** The part of a command that is meant where none is named. */
const DEFAULT_PART = 'list';

const GROUPS: Readonly<Record<string, string>> = {
  runs: 'list the runs that there are, or remove some',
  sweep: 'train many runs that differ in options, on this machine or by a scheduler',
};

function commanderOption(name: string, definition: OptionDefinition): Option {
  if (definition.kind === 'switch')
    return new Option(typedFlagOf(name, definition), definition.help);
  const placeholder = placeholderOf(definition);
  const value =
    definition.kind === 'text' && definition.bare ? `[${placeholder}]` : `<${placeholder}>`;
  const fallback = defaultsText(definition);
  const choices = definition.kind === 'choice' ? `: ${definition.choices.join(', ')}` : '';
  // A default in words stands at the end of the help.
  const help = definition.help.replace(/(?= \(default: [^)]*\)$)|$/, () => choices);
  const option = new Option(`${flagOf(name)} ${value}`, `${help}${fallback}`);
  // A flag that stands alone is an empty text.
  if (definition.kind === 'text' && definition.bare) option.preset('');
  return option.argParser((typed) => parseOption(name, definition, typed));
}

/** What the program exits with, as a paragraph of help. */
export function exitCodesText(): string {
  const meanings: Record<keyof typeof EXIT_CODES, string> = {
    done: 'done',
    failed: 'failed: the input was fine, trying again may help',
    badInput: 'a flag, a file or a data set that cannot work',
    gateFailed: 'done, but a gate that was set is not met',
    preempted: 'stopped by SIGTERM in sweep run --index: saved, start it again',
    interrupted: 'interrupted, what there was is saved',
  };
  const rows = Object.entries(EXIT_CODES).map(
    ([name, code]) => `  ${String(code).padEnd(4)}${meanings[name as keyof typeof EXIT_CODES]}`,
  );
  return `Exit codes:\n${rows.join('\n')}`;
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

function placeholderOf(definition: Exclude<OptionDefinition, { kind: 'switch' }>): string {
  if (definition.kind === 'integer') return 'n';
  if (definition.kind === 'number') return 'x';
  return definition.kind === 'choice' ? 'name' : definition.value;
}

/**
 * What commander found wrong, as a sentence of ours; undefined where it only printed help or the version.
 *
 * @param name of the command in which it found it.
 */
export function explainUsage(error: CommanderError, name?: string): UserError | undefined {
  if (error.exitCode === 0) return undefined;
  // `gan-mnist` alone: its help was printed.
  if (error.code === 'commander.help') return undefined;
  const [, flag, value] =
    /^error: option '(--\S+) (<[^>]+>)' argument missing$/.exec(error.message) ?? [];
  if (flag !== undefined)
    return new UserError(`${flag}: found nothing after it, expected ${value}; ${helpOf(name)}`);
  const text = error.message.replace(/^error: /, '').replace(/\n/g, ' ');
  return new UserError(`${text}; ${helpOf(name)}`);
}

const helpOf = (name?: string): string =>
  `see gan-mnist ${name === undefined ? '' : `${name} `}--help`;
