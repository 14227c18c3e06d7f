import { messageOf } from '../errors.js';
import { hostname } from 'node:os';
import type { OptionsOf } from '../options.js';
import { startWatchServer } from '../web/watch/server.js';
import { readWatched } from '../web/watch/watched.js';
import { findOwnRun } from '../runs/find-run.js';
import { listRuns } from '../runs/run-folder.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import { openInBrowser } from '../cli/open.js';
import { WATCH_OPTIONS } from '../cli/picture-options.js';

/**
 * `gan-mnist watch`; it serves until the process is told to end. A run or a sweep that is named is shown, else always the newest,
 * from the first one on.
 */
export async function runWatch(
  given: Partial<OptionsOf<typeof WATCH_OPTIONS>>,
  console: Console,
): Promise<void> {
  const folder = given.run === undefined ? undefined : findOwnRun(OUTPUTS, given.run, 'RUN');
  // What cannot be shown is refused at once.
  if (folder !== undefined) readWatched(folder);
  const find = (): string | undefined => folder ?? listRuns(OUTPUTS).at(-1);
  const { host, port: asked = WATCH_OPTIONS.port.default } = given;
  const failed = (error: unknown): void => console.warn(messageOf(error));
  const { url, port } = await startWatchServer({ find, port: asked, host, failed });
  const run = find();
  console.emit({ event: 'watching', ...(run !== undefined && { run }), url, port });
  const what =
    folder ??
    `the newest run in ${OUTPUTS}${run === undefined ? ', once there is one' : `, now ${run}`}`;
  console.tell(`watching ${what} (Ctrl-C ends)`);
  console.wrote('page', url);
  if (host === undefined) console.say(fromElsewhere(port));
  if (given.open === true) await openInBrowser(url, console);
}

const fromElsewhere = (port: number): string =>
  `from another machine: ssh -L ${port}:127.0.0.1:${port} ${hostname()}, then the same address there; or --host`;
