import type { OptionsOf } from '../options.js';
import { makeFolder } from '../files/folders.js';
import { placeFor } from '../files/place.js';
import { drawFolder } from '../drawings/drawings.js';
import { readRun } from '../runs/run-data.js';
import { findOwnRun } from '../runs/find-run.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import { countOf } from '../terminal/format.js';
import { checkFolderOut } from '../cli/picture-out.js';
import { openInBrowser } from '../cli/open.js';
import type { REPORT_OPTIONS } from '../cli/picture-options.js';

/** `gan-mnist report`. */
export async function runReport(
  given: Partial<OptionsOf<typeof REPORT_OPTIONS>>,
  console: Console,
): Promise<void> {
  const folder = findOwnRun(OUTPUTS, given.run, 'RUN');
  const run = readRun(folder, (message) => console.warn(message));
  checkFolderOut(given.out);
  const into = placeFor(folder, given.out, (message) => console.warn(message));
  makeFolder(into);
  const paths = await drawFolder(run, into);
  const report = paths.at(-1)!;
  console.emit({
    event: 'done',
    command: 'report',
    run: folder,
    report,
    pictures: paths.slice(0, -1),
    epochs: run.rows.length,
  });
  const what = run.sweep === undefined ? '' : `${countOf(run.sweep.runs.size, 'run')}, `;
  console.say(`${folder}: ${what}${countOf(run.rows.length, 'epoch')}`);
  for (const path of paths.slice(0, -1)) console.wrote('picture', path);
  console.wrote('report', report);
  if (given.open === true) await openInBrowser(report, console);
}
