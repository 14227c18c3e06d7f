import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { writeFileWhole } from '../files/replace.js';
import type { OptionsOf } from '../options.js';
import { comparePage } from '../web/compare.js';
import { drawComparePng } from '../web/compare-png.js';
import { differences } from '../web/differences.js';
import { MOST_RUNS } from '../web/run-charts.js';
import { readRun, type RunData } from '../runs/run-data.js';
import { findOwnRun } from '../runs/find-run.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import { checkFolderOut } from '../cli/picture-out.js';
import { countOf } from '../terminal/format.js';
import { openInBrowser } from '../cli/open.js';
import { COMPARE_OPTIONS } from '../cli/picture-options.js';

/** `gan-mnist compare`. */
export async function runCompare(
  given: Partial<OptionsOf<typeof COMPARE_OPTIONS>>,
  console: Console,
  named: readonly string[],
): Promise<void> {
  checkFolderOut(given.out);
  const folders = named.map((run) => findOwnRun(OUTPUTS, run, 'RUN'));
  if (folders.length < 2 || folders.length > MOST_RUNS)
    throw new UserError(
      `RUN...: found ${countOf(folders.length, 'run')}, expected 2 to ${MOST_RUNS}`,
    );
  const places = folders.map((folder) => realpathSync(folder));
  const twice = folders.find((_, i) => places.indexOf(places[i]) !== i);
  if (twice !== undefined) throw new UserError(`RUN...: found ${twice} twice, expected other runs`);
  const runs = distinct(
    folders.map((folder) => readRun(folder, (message) => console.warn(message))),
  );
  const out = given.out ?? COMPARE_OPTIONS.out.default;
  const page = join(out, 'compare.html');
  const picture = join(out, 'compare.png');
  writeFileWhole(picture, await drawComparePng(runs));
  writeFileWhole(page, await comparePage(runs, out));
  const different = differences(runs.map((run) => run.description));
  console.emit({
    event: 'done',
    command: 'compare',
    runs: folders,
    page,
    picture,
    differences: different,
  });
  for (const { name, values } of different) console.tell(`${name}: ${values.join(', ')}`);
  if (different.length === 0) console.tell('the same options, data, backend and versions');
  console.wrote('picture', picture);
  console.wrote('page', page);
  if (given.open === true) await openInBrowser(page, console);
}

/** Runs of several outputs folders may have the same name: then they go by their paths. */
function distinct(runs: readonly RunData[]): RunData[] {
  const names = new Set(runs.map((run) => run.name));
  return runs.map((run) => (names.size === runs.length ? run : { ...run, name: run.folder }));
}
