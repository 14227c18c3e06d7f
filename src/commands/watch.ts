import type { OptionsOf } from '../options.js';
import { damagedText, readLog } from '../runs/run-data.js';
import { startWatchServer } from '../web/watch/server.js';
import type { Console } from '../cli/console.js';
import { findOneRun } from './one-run.js';
import { openInBrowser } from '../cli/open.js';
import { WATCH_OPTIONS } from '../cli/option-tables.js';

/** `gan-mnist watch`; it serves until the process is told to end. */
export async function runWatch(
  given: Partial<OptionsOf<typeof WATCH_OPTIONS>>,
  console: Console,
  [named]: readonly string[],
): Promise<void> {
  const run = findOneRun(named, 'RUN');
  const { damaged } = readLog(run);
  if (damaged.length > 0) console.warn(damagedText(run, damaged));
  const { url, port } = await startWatchServer(run, given.port ?? WATCH_OPTIONS.port.default);
  console.emit({ event: 'watching', run, url, port });
  console.wrote(`watching ${run} (Ctrl-C ends)`, url);
  if (given.open === true) await openInBrowser(url, console);
}
