import type { OptionsOf } from '../options.js';
import { drawRun } from '../web/drawings.js';
import { readRun } from '../web/run-data.js';
import type { Console } from './console.js';
import { findOneRun } from './one-run.js';
import { openInBrowser } from './open.js';
import type { REPORT_OPTIONS } from './option-tables.js';

/** `gan-mnist report`. */
export async function runReport(
  given: Partial<OptionsOf<typeof REPORT_OPTIONS>>,
  console: Console,
  [named]: readonly string[],
): Promise<void> {
  const folder = findOneRun(named, 'RUN');
  const run = readRun(folder, (message) => console.warn(message));
  const paths = await drawRun(folder, run.rows);
  const report = paths.at(-1)!;
  console.emit({ run: folder, report, pictures: paths.slice(0, -1), epochs: run.rows.length });
  for (const path of paths.slice(0, -1)) console.wrote('picture', path);
  console.wrote(`report of ${run.rows.length} epochs`, report);
  if (given.open === true) await openInBrowser(report, console);
}
