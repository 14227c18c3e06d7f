import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addCommand } from '../../src/cli/command.js';
import { HELP_LAYOUT, textAfterHelp } from '../../src/cli/help.js';
import { COMMANDS } from '../../src/commands/definitions.js';
import { silentConsole } from '../support/silent-console.js';

function helpOfAll(columns: number): string[] {
  const program = new Command('gan-mnist')
    .configureHelp(HELP_LAYOUT)
    .configureOutput({ getOutHelpWidth: () => columns });
  for (const [name, definition] of Object.entries(COMMANDS))
    addCommand(program, name, definition, () => silentConsole);
  const all = program.commands.flatMap((command) => [command, ...command.commands]);
  return [program, ...all].map((command) => command.helpInformation());
}

describe('help', () => {
  it.each([40, 60, 80, 120])('breaks no word in a window of %i columns', (columns) => {
    for (const help of helpOfAll(columns)) {
      const long = help.split('\n').filter((line) => line.length > columns);
      // The line of usage, and flags that are longer than a window, are one word.
      expect(long.filter((line) => !/^Usage|^ {2}-\S+ <\w+>$/.test(line))).toEqual([]);
    }
  });

  it('has explanations beside options where there is room, else below', () => {
    const [, train] = helpOfAll(80);
    expect(train).toMatch(/^ {2}--model <name> {2,}the pair of networks: dense, conv \(default:$/m);
    const [, narrow] = helpOfAll(40);
    expect(narrow).toMatch(/^ {2}--model <name>\n {6}the pair of networks: dense, conv$/m);
  });

  it('of a sweep says what each option may be, and what a switch is', () => {
    const sweep = helpOfAll(200).find((help) => help.startsWith('Usage: gan-mnist sweep new'))!;
    expect(sweep).toMatch(/--model <LIST> +the pair of networks: dense, conv \(default: dense\)/);
    expect(sweep).toMatch(/--conditional <LIST> +false: a model that cannot .* \(default: true\)/);
  });

  it('ends with lines to type, also of commands that have parts, and with exit codes', () => {
    const examples = [['gan-mnist runs', 'what there is']] as const;
    expect(textAfterHelp(examples, 80)).toMatch(
      /^\nExamples:\n {2}\$ gan-mnist runs {2}# what there is\n\nExit codes:\n {2}0 {3}done\n/,
    );
    const narrow = textAfterHelp(examples, 30).split('\n');
    expect(narrow.slice(1, 4)).toEqual(['Examples:', '  $ gan-mnist runs', '      what there is']);
    expect(Math.max(...narrow.map((line) => line.length))).toBeLessThan(30);
  });
});
