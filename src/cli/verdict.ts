import type { Finding } from '../evaluation/verdict.js';
import { verdictText } from '../evaluation/verdict-text.js';
import { chalkAt } from '../terminal/colors.js';
import type { Console } from './console.js';

/** The verdict for the window, with the titles in the colours of a traffic light. */
export function verdictLines(
  verdict: readonly Finding[],
  { colors, screen }: Pick<Console, 'colors' | 'screen'>,
): string {
  const chalk = chalkAt(colors);
  const styles = { good: chalk.green, warning: chalk.yellow, bad: chalk.red, unknown: chalk.bold };
  const style = (title: string, kind: Finding['kind']): string => styles[kind](title);
  return verdictText(verdict, { columns: screen.columns - 1, style });
}
