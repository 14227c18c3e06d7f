import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { addCommand, explainUsage } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/commands/definitions.js';
import { TRAIN_OPTIONS } from '../../src/cli/train-options.js';
import { UserError } from '../../src/errors.js';
import { flagOf, type OptionDefinition } from '../../src/options.js';
import { cli, STACK } from '../support/cli.js';
import { silentConsole } from '../support/silent-console.js';
import { SMALL } from '../support/small-run.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

/** The command line in this process: what it would print on stderr. */
async function refusal(...args: string[]): Promise<string> {
  const program = new Command('gan-mnist')
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} });
  for (const [name, definition] of Object.entries(COMMANDS))
    addCommand(program, name, definition, () => silentConsole);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    const error = thrown instanceof CommanderError ? explainUsage(thrown) : thrown;
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  throw new Error(`${args.join(' ')} was not refused`);
}

/** What no option of its kind takes. */
function badValues(definition: OptionDefinition): string[] {
  const noNumbers = ['NaN', 'Infinity', '-Infinity', '', ' ', 'ten', '0x10', '1e999', '1,5', '١'];
  switch (definition.kind) {
    case 'integer':
    case 'number': {
      const { min, max, kind } = definition;
      const below = 'exclusive' in definition ? min : min - 1;
      const whole = kind === 'integer' ? ['1.5', '1e2', '99999999999999999999'] : [];
      return [...noNumbers, ...whole, String(below), '-1', String(max + 1), '-1e308'];
    }
    case 'choice':
      return ['', 'neither', definition.choices[0].toUpperCase()];
    case 'text':
      return definition.bare ? [] : [''];
    case 'switch':
      return [];
  }
}

const bad = Object.entries(TRAIN_OPTIONS as Record<string, OptionDefinition>).flatMap(
  ([name, definition]) => badValues(definition).map((value) => [flagOf(name), value] as const),
);

it('help for a command that there is none of is refused as the command is', async () => {
  const { code, stdout, stderr } = await cli('help', 'trian');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/unknown command 'trian' \(Did you mean train\?\)/);
  expect((await cli('help', 'train')).stdout).toMatch(/^Usage: gan-mnist train /);
});

describe('an option of train', () => {
  it.each(bad)('is refused: %s "%s"', async (flag, value) => {
    const out = join(folder, 'never');
    const message = await refusal('train', '--out', out, flag, value);
    expect(message).toMatch(new RegExp(`^${flag}: found ".*", expected .+`));
    expect(message).toContain(`"${value}"`);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    [['--unknown'], /unknown option '--unknown'; see gan-mnist train --help/],
    [['--epoch', '3'], /unknown option '--epoch'.*--epochs/],
    [['--epochs'], /--epochs: found nothing after it, expected <n>; see gan-mnist train --help/],
    [['--until', '990'], /--until: found "990", expected a number above 0 and up to 100$/],
    [['5'], /found "5" after gan-mnist train, expected options alone; see gan-mnist train --help/],
    [['--json', '--quiet'], /--json and --quiet: found both/],
    [['--preset', 'cfcv', '--units', '64'], /--units 64 contradicts --preset cfcv, which has 128/],
    [['--preset', 'cfcv', '--learning-rate', '0.1'], /--learning-rate 0.1 contradicts --preset/],
    [['--resume', '--units', '64'], /--units contradicts --resume/],
    [['--resume', '--seed', '1'], /--seed contradicts --resume/],
    [['--resume', '--preset', 'cfcv'], /--preset contradicts --resume/],
    [['--resume', '--out', join(folder, 'none')], /found no run in .*none/],
    [['--resume', join(folder, 'no-run')], /found no run in .*no-run/],
    [['--resume', 'packaged'], /--resume: packaged is the generator in the package alone/],
    [['--batch-size', '100', '--limit', '50'], /batch size is 100; expected .* 1 to 50/],
    [['--data', join(folder, 'nothing')], /cannot read the data .*no such file/],
    [['--data', folder], /found no data set in the folder .*train-images-idx3-ubyte/],
  ])('is refused where it cannot work: %j', async (args, says) => {
    const out = join(folder, 'never');
    expect(
      await refusal('train', ...(args.includes('--out') ? [] : ['--out', out]), ...args),
    ).toMatch(says);
    expect(existsSync(out)).toBe(false);
  });
});

describe('other commands', () => {
  it.each([
    [['fly'], /unknown command 'fly'/],
    [['sample', '--n', '0'], /--n: found "0", expected a whole number from 1 to/],
    [['sample', '--seed', '-1'], /--seed: found "-1"/],
    [['sample', '--run', join(folder, 'none')], /found no run in/],
    [['data', '--json', '--quiet'], /found both/],
    [['sample', 'packaged', 'more'], /found "more" after gan-mnist sample, expected RUN alone/],
    [['project'], /PICTURE: found none, expected it after gan-mnist project; see/],
    [['runs', 'remove'], /NAME: found none, expected it after gan-mnist runs remove; see/],
    [['compare'], /RUN: found none, expected it after gan-mnist compare; see/],
    [['runs', 'rm', 'x'], /found "rm" after gan-mnist runs, expected list or remove; see/],
    [['sweep', 'nw'], /unknown command 'nw'.*new/],
    [
      ['sample', 'packaged', '--digit', '12'],
      /--digit: found 12, expected a class of packaged, from 0 to 9/,
    ],
    [['report', 'packaged'], /RUN: packaged is the generator in the package alone/],
  ])('refuse %j', async (args, says) => {
    expect(await refusal(...args)).toMatch(says);
  });
});

describe('the process', () => {
  const small = Object.entries({ ...SMALL, epochs: 1 })
    .flatMap(([name, value]) => [flagOf(name), String(value)])
    .concat('--threads', '1');

  it.each([
    ['an option', ['--epochs', '0']],
    ['a file in the way', ['--out', join(folder, 'file')]],
    ['a file as a part of the path', ['--out', join(folder, 'file', 'x')]],
    ['a folder that takes no files', ['--out', '/proc/gan-mnist']],
    ['a name that is too long', ['--out', join(folder, 'x'.repeat(300))]],
    ['a path that is too long', ['--out', join(folder, 'x/'.repeat(4000))]],
  ])('ends with 2 and one sentence: %s', async (_, args) => {
    writeFileSync(join(folder, 'file'), '');
    const { code, stdout, stderr } = await cli('train', ...small, '--quiet', ...args);
    expect(stderr).toMatch(/^gan-mnist: .+\n$/);
    expect(stderr).not.toMatch(STACK);
    expect([code, stdout]).toEqual([2, '']);
  });
});
