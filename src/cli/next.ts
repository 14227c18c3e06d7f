import { chalkAt } from '../terminal/colors.js';
import type { Console } from './console.js';

/** How the user has called the program, so that what is proposed can be typed. */
export const programName = (env: NodeJS.ProcessEnv = process.env): string =>
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
