import { Command, CommanderError } from 'commander';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { addCommand, explainUsage } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/commands/definitions.js';
import { flagOf } from '../../src/options.js';
import { fuzz, FUZZ_TIMEOUT } from '../support/fuzz.js';
import { silentConsole } from '../support/silent-console.js';

/** The command line with commands that do nothing. */
function idleProgram(): Command {
  const program = new Command('gan-mnist')
    .version('0')
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} });
  for (const [name, definition] of Object.entries(COMMANDS))
    addCommand(program, name, { ...definition, run: async () => {} }, () => silentConsole);
  return program;
}

const FLAGS = Object.values(COMMANDS).flatMap(({ options }) => Object.keys(options).map(flagOf));

const word = fc.oneof(
  fc.constantFrom(...Object.keys(COMMANDS), 'help', '--help', '--version', '--', '-', '-h', '='),
  fc.constantFrom(...FLAGS),
  fc.tuple(fc.constantFrom(...FLAGS), fc.string()).map(([flag, value]) => `${flag}=${value}`),
  fc.oneof(fc.integer(), fc.double()).map(String),
  fc.constantFrom('__proto__', 'constructor', '--__proto__', '--constructor', '--no-out', '../..'),
  fc.string(),
);
const line = fc.oneof(
  fc.array(word, { maxLength: 8 }),
  fc
    .tuple(fc.constantFrom(...Object.keys(COMMANDS)), fc.array(word, { maxLength: 6 }))
    .map(([command, words]) => [command, ...words]),
);

describe('hostile', { timeout: FUZZ_TIMEOUT }, () => {
  it('command lines are parsed or refused', async () => {
    const program = idleProgram();
    await fuzz('command lines', line, async (words) => {
      try {
        await program.parseAsync(words, { from: 'user' });
      } catch (thrown) {
        const error = thrown instanceof CommanderError ? explainUsage(thrown) : (thrown as Error);
        if (error !== undefined) throw error;
      }
    });
  });
});
