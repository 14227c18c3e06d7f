import { Option, type Command, type CommanderError } from 'commander';
import { UserError } from '../errors.js';
import { checkEngine, type LeastMemory } from '../machine.js';
import {
  flagOf,
  helpText,
  parseOption,
  typedFlagOf,
  type OptionDefinition,
  type OptionTable,
  type OptionsOf,
} from '../options.js';
import type { Console } from './console.js';
import { textAfterHelp, type Example } from './help.js';
import { OPTION_GROUPS } from './option-groups.js';
import { outNamed, STDOUT } from './picture-out.js';
import { endAtOnce } from './signals.js';

/** A command of the command line: its options are a table, its work is a function that is loaded when it is called. */
export interface CommandDefinition<Table extends OptionTable = OptionTable> {
  readonly summary: string;
  /** It may be ended at any moment. */
  readonly writesNothing?: true;
  /** The memory that it needs at least, where that is not a training's. */
  readonly least?: LeastMemory;
  /** Lines that can be typed as they stand. */
  readonly examples: readonly string[];
  readonly options: Table;
  /** Names of arguments without a flag, as `RUN`; `RUN...` takes several. */
  readonly arguments?: readonly {
    readonly name: string;
    readonly help: string;
    readonly isRequired?: true;
  }[];
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
  for (const { name: argument, help, isRequired } of definition.arguments ?? [])
    command.argument(isRequired === true ? `<${argument}>` : `[${argument}]`, help);
  command.allowExcessArguments(true).exitOverride((error) => {
    throw explainUsage(error, name) ?? error;
  });
  groupOptions(command, definition.options);
  command.addHelpText('after', () => textAfterHelp(definition.examples));
  command.action(async (...received: unknown[]) => {
    const self = received.at(-1) as Command;
    // Commander takes a switch that only --no-NAME turns off for given.
    const typed = Object.fromEntries(
      Object.entries(self.opts<Partial<Record<string, string | number | boolean>>>()).filter(
        ([option]) => self.getOptionValueSource(option) === 'cli',
      ),
    );
    if (typeof typed.out === 'string') typed.out = outNamed(typed.out);
    refuseMore(name, definition, self);
    if (typed.json === true && typed.quiet === true)
      throw new UserError('--json and --quiet: found both, expected one of them');
    if (typed.json === true && typed.out === STDOUT)
      throw new UserError(
        '--json and --out -: found both, expected one of them: stdout has lines of JSON or the picture',
      );
    const given = withRun(typed, definition, self.args);
    const console = makeConsole(given);
    // With --json the end has an event, which the process itself must write.
    if (definition.writesNothing === true && !console.json) endAtOnce();
    checkEngine(definition.least ?? LEAST_OF_TRAINING);
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

/** ARCHITECTURE.md has what was measured of each command. */
const LEAST_OF_TRAINING: LeastMemory = { heap: 32, data: 320 };

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
    const heading = HEADINGS.get(option.attributeName());
    if (heading !== undefined) option.helpGroup(`${heading}:`);
  }
}

const HEADINGS = new Map(
  Object.entries(OPTION_GROUPS).flatMap(([heading, names]) =>
    names.map((name) => [name, heading] as const),
  ),
);

const MANY_OPTIONS = 20;

/** The command that others are parts of, as `sweep` of `sweep new`. */
function groupOf(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known !== undefined) return known;
  const { summary, examples } = GROUPS[name];
  const group = program.command(name).summary(summary).description(summary);
  return group.addHelpText('after', () => textAfterHelp(examples));
}

/** The part of a command that is meant where none is named. */
const DEFAULT_PART = 'list';

const GROUPS: Readonly<Record<string, { summary: string; examples: readonly Example[] }>> = {
  runs: {
    summary: 'list the runs that there are, or remove some',
    examples: [
      ['gan-mnist runs', 'the same as gan-mnist runs list'],
      ['gan-mnist runs remove 00001-dense', 'asks first'],
    ],
  },
  sweep: {
    summary: 'train many runs that differ in options, on this machine or by a scheduler',
    examples: [
      ['gan-mnist sweep new --seed 1..20 --epochs 20', 'a plan of 20 runs'],
      ['gan-mnist sweep run', 'those of the newest plan, on this machine'],
      ['gan-mnist sweep table', 'how they compare'],
    ],
  },
};

function commanderOption(name: string, definition: OptionDefinition): Option {
  if (definition.kind === 'switch')
    return new Option(typedFlagOf(name, definition), definition.help);
  const placeholder = placeholderOf(definition);
  const value =
    definition.kind === 'text' && definition.bare ? `[${placeholder}]` : `<${placeholder}>`;
  const option = new Option(`${flagOf(name)} ${value}`, helpText(definition));
  // A flag that stands alone is an empty text.
  if (definition.kind === 'text' && definition.bare) option.preset('');
  return option.argParser((typed) => parseOption(name, definition, typed));
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
  const [, argument] = /^error: missing required argument '(\S+)'$/.exec(error.message) ?? [];
  if (argument !== undefined)
    return new UserError(
      `${argument}: found none, expected it after gan-mnist ${name}; ${helpOf(name)}`,
    );
  const text = error.message.replace(/^error: /, '').replace(/\n/g, ' ');
  return new UserError(`${text}; ${helpOf(name)}`);
}

const helpOf = (name?: string): string =>
  `see gan-mnist ${name === undefined ? '' : `${name} `}--help`;
