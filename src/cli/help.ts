import { Help } from 'commander';
import { EXIT_CODES } from '../errors.js';
import { wrapped } from '../names.js';

/** Columns without which an explanation stands below what it explains, not beside it. */
const LEAST_BESIDE = 30;
const INDENT = '      ';

/** Of help; where stdout is no terminal, 80. */
export const helpColumns = ({ isTTY, columns } = process.stdout): number =>
  isTTY ? columns || 80 : 80;

/** How commander lays out help. */
export const HELP_LAYOUT: Partial<Help> = {
  minWidthToWrap: LEAST_BESIDE,
  // Descriptions have their defaults in them.
  optionDescription: ({ description }) => description,
  formatItem(term, termWidth, description, helper) {
    const columns = helper.helpWidth ?? helpColumns();
    const isBeside = columns - termWidth - 4 >= LEAST_BESIDE;
    if (isBeside)
      return Help.prototype.formatItem.call(helper, term, termWidth, description, helper);
    return `  ${term}\n${INDENT}${below(description, columns)}`;
  },
};

/** A line that can be typed, and what it does. */
export type Example = string | readonly [line: string, what: string];

/** What stands below the options: lines that can be typed as they stand, and exit codes. */
export function textAfterHelp(examples: readonly Example[], columns = helpColumns()): string {
  const all = examples.map((one): readonly [string, string] =>
    typeof one === 'string' ? [one, ''] : one,
  );
  const width = Math.max(...all.map(([line]) => line.length));
  const fits = Math.max(...all.map(([, what]) => what.length)) + width + 8 < columns;
  const rows = all.map(([line, what]) => {
    if (what === '') return `  $ ${line}`;
    return fits
      ? `  $ ${line.padEnd(width)}  # ${what}`
      : `  $ ${line}\n${INDENT}${below(what, columns)}`;
  });
  return `\nExamples:\n${rows.join('\n')}\n\n${exitCodesText(columns)}`;
}

/** What the program exits with. */
function exitCodesText(columns: number): string {
  const meanings: Record<keyof typeof EXIT_CODES, string> = {
    done: 'done',
    failed: 'failed: the input was fine, trying again may help',
    badInput: 'a flag, a file or a data set that cannot work',
    gateFailed: 'done, but a gate that was set is not met',
    preempted: 'stopped by SIGTERM in sweep run --index: saved, start it again',
    interrupted: 'interrupted: a training is saved, nothing else is half-written',
  };
  const rows = Object.entries(EXIT_CODES).map(
    ([name, code]) =>
      `  ${String(code).padEnd(4)}${below(meanings[name as keyof typeof EXIT_CODES], columns)}`,
  );
  return `Exit codes:\n${rows.join('\n')}`;
}

/** Set in. */
const below = (text: string, columns: number): string =>
  wrapped(text, columns - INDENT.length - 1).replaceAll('\n', `\n${INDENT}`);
