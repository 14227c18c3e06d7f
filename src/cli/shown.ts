/** What several commands show: a verdict, pictures, what to type next. */
import type { Finding } from '../evaluation/verdict.js';
import { verdictText } from '../evaluation/verdict-text.js';
import { chalkAt } from '../terminal/colors.js';
import type { Console } from './console.js';
import type { ImageShape } from '../data/image-set.js';
import { graphicsOf } from '../terminal/graphics.js';
import { previewImages } from '../terminal/preview.js';

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

/** In a lower window one row of samples leaves room for what else is said. */
const TWO_ROWS_FROM = 36;

/**
 * Images as what the terminal can show of them, without a line break at the end.
 *
 * @param images bytes [n, height, width, channels].
 */
export function picturesText(
  images: Uint8Array,
  shape: ImageShape,
  { colors, screen: { columns, rows } }: Pick<Console, 'colors' | 'screen'>,
): string {
  const size = { columns, rows: rows < TWO_ROWS_FROM ? 1 : 2 };
  return previewImages(images, shape, { ...size, graphics: graphicsOf(process.env), colors });
}

/** How the user has called the program, so that what is proposed can be typed. */
const programName = (env: NodeJS.ProcessEnv = process.env): string =>
  env['npm_command'] === 'exec' ? 'npx gan-mnist' : 'gan-mnist';

/** A path as a shell takes it. */
export const quoted = (path: string): string =>
  /^[\w@%+=:,./\\-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

/** Proposes what to type next: arguments of the program, and what they do. */
export function proposeNext(
  proposals: readonly (readonly [command: string, what: string])[],
  console: Console,
): void {
  if (console.quiet || console.json) return;
  const chalk = chalkAt(console.colors);
  const typed = proposals.map(([command]) => `${programName()} ${command}`);
  const width = Math.max(...typed.map((command) => command.length));
  const fits =
    2 + width + 2 + Math.max(...proposals.map(([, what]) => what.length)) < console.screen.columns;
  console.say('\nNext:');
  proposals.forEach(([, what], k) => {
    if (fits) console.say(`  ${chalk.cyan(typed[k].padEnd(width))}  ${chalk.dim(what)}`);
    else console.say(`  ${chalk.cyan(typed[k])}`);
  });
}
