import {
  existsSync,
  lstatSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import type { RunSummary } from '../cli/training-events.js';
import type { RUNS_OPTIONS, RUNS_REMOVE_OPTIONS } from '../cli/train-options.js';
import { UserError } from '../errors.js';
import { codeOf, explained } from '../files/explain.js';
import { isInUse, Lease } from '../files/lease.js';
import type { OptionsOf } from '../options.js';
import { evaluatedFigures } from '../evaluation/kept-verdict.js';
import { lastQuality } from '../evaluation/verdict.js';
import { numberText } from '../runs/log.js';
import { readRunDescription } from '../runs/run-description.js';
import { findOwnRun } from '../runs/find-run.js';
import { listRuns, madeAtOf, removedName } from '../runs/run-folder.js';
import { isSweep, memberFolder, readSweep } from '../runs/sweep.js';
import { runStatus, statusOf } from '../sweeps/status.js';
import { countOf, formatBytes } from '../terminal/format.js';
import { tableText } from '../terminal/table.js';

/** `gan-mnist runs`. */
export function runRuns(
  { out = OUTPUTS }: Partial<OptionsOf<typeof RUNS_OPTIONS>>,
  console: Console,
): Promise<void> {
  const runs = listRuns(out).map(summaryOf);
  console.emit({ event: 'done', command: 'runs', runs });
  if (console.quiet) for (const { run } of runs) console.wrote('run', run);
  else if (runs.length === 0)
    console.tell(
      `no runs in ${out} yet: gan-mnist train --quality fast makes one in about a minute`,
    );
  else console.say(tableOf(runs, console.lineWidth));
  return Promise.resolve();
}

function summaryOf(run: string): RunSummary {
  const of = {
    name: basename(run),
    run,
    bytes: folderBytes(run),
    createdAt: new Date(madeAtOf(run)).toISOString(),
  };
  try {
    return { ...of, ...(isSweep(run) ? ofSweep(run) : ofRun(run)) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [losses, quality] = [{}, {}];
    return {
      ...of,
      what: error.message,
      state: 'damaged',
      epochs: 0,
      allEpochs: 0,
      losses,
      quality,
    };
  }
}

type Found = Pick<RunSummary, 'what' | 'state' | 'epochs' | 'allEpochs' | 'losses' | 'quality'>;

function ofRun(run: string): Found {
  const { options, data } = readRunDescription(run);
  const { state, epochs, allEpochs, last, rows } = runStatus(run, options);
  const diversity = rows.findLast(({ measures }) => 'diversity' in measures)?.measures['diversity'];
  const what = [
    options.preset ?? options.model,
    ...(options.digit === undefined
      ? []
      : [`digit ${data.classes[options.digit] ?? options.digit}`]),
    ...(options.quality === undefined ? [] : [`--quality ${options.quality}`]),
    `seed ${options.seed}`,
    ...(data.folder === undefined ? [] : [basename(data.folder)]),
  ];
  return {
    what: what.join(', '),
    ...{ state, epochs, allEpochs },
    losses: last?.scalars ?? {},
    quality: {
      ...(diversity !== undefined && { diversity }),
      ...lastQuality(rows),
      ...evaluatedFigures(run),
    },
  };
}

function ofSweep(run: string): Found {
  const sweep = readSweep(run);
  const all = statusOf(sweep);
  const sum = (of: (one: (typeof all)[number]) => number): number =>
    all.reduce((total, one) => total + of(one), 0);
  const states = new Set(all.map(({ state }) => state));
  const [only] = states;
  return {
    what: `${countOf(all.length, 'run')} by ${sweep.varied.join(', ')}`,
    state: states.size === 1 ? only : states.has('running') ? 'running' : 'stopped',
    epochs: sum(({ epochs }) => epochs),
    allEpochs: sum(({ allEpochs }) => allEpochs),
    losses: {},
    quality: {},
  };
}

const COLUMNS = ['run', 'what', 'epochs', 'recognised', 'diversity', 'size', 'begun'];
const COLUMNS_OF_PIPE = 80;
/** Of what a run is, in a narrow window. */
const FEWEST_OF_WHAT = 10;

/** What runs are is cut short where the rest would not fit. */
function tableOf(runs: readonly RunSummary[], width: number): string {
  const rows = runs.map((run) => [
    run.name,
    run.what,
    run.state === 'done' ? String(run.epochs) : `${run.epochs}/${run.allEpochs} ${run.state}`,
    numberText({ scalars: {}, measures: run.quality }, 'recognised'),
    numberText({ scalars: {}, measures: run.quality }, 'diversity'),
    formatBytes(run.bytes),
    localTime(run.createdAt),
  ]);
  return tableText(
    { columns: COLUMNS, rows },
    {
      width,
      isLeft: (k) => k < 3 || k === 6,
      gap: ' ',
      shortens: {
        column: COLUMNS.indexOf('what'),
        fewest: FEWEST_OF_WHAT,
        line: Number.isFinite(width) ? width : COLUMNS_OF_PIPE,
      },
    },
  );
}

/** "11-26 07:20", as clocks here show it. */
function localTime(time: string): string {
  const date = new Date(time);
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Of all files of a folder; links count as nothing. */
function folderBytes(folder: string): number {
  return explained('read', folder, () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, { parentPath, name }) => {
        const found = statSync(join(parentPath, name), { throwIfNoEntry: false });
        return sum + (found?.size ?? 0);
      }, 0),
  );
}

/** `gan-mnist runs remove`. */
export async function runRunsRemove(
  { out = OUTPUTS, yes = false }: Partial<OptionsOf<typeof RUNS_REMOVE_OPTIONS>>,
  console: Console,
  names: readonly string[],
): Promise<void> {
  const folders = [...new Set(names.map((name) => runToRemove(out, name)))];
  for (const folder of folders) refuseInUse(folder);
  const bytes = folders.reduce((sum, folder) => sum + folderBytes(folder), 0);
  const what = `${countOf(folders.length, 'run')}, ${formatBytes(bytes)}: ${folders.join(', ')}`;
  if (!yes && !(await confirmed(`remove ${what}? [y/N] `, console))) {
    console.say('nothing was removed');
    return;
  }
  for (const folder of folders) await remove(folder, console);
  console.emit({ event: 'done', command: 'runs remove', removed: folders, bytes });
  if (console.quiet) for (const folder of folders) console.wrote('removed', folder);
  else console.tell(`removed ${what}`);
}

/** @throws UserError for what is no run. */
function runToRemove(out: string, name: string): string {
  const found = findOwnRun(out, name, 'NAME');
  // A link of the user's own.
  return lstatSync(found).isSymbolicLink() ? realpathSync(found) : found;
}

/** A run, or a sweep and the runs of it that there are. */
function withMembers(folder: string): string[] {
  if (!isSweep(folder)) return [folder];
  const sweep = readSweep(folder);
  return [folder, ...sweep.runs.map((run) => memberFolder(sweep, run)).filter(existsSync)];
}

/** @throws UserError for a run that a process is at work in. */
function refuseInUse(folder: string): void {
  const used = withMembers(folder).find((part) => isInUse(part) === true);
  if (used !== undefined)
    throw new UserError(`NAME: ${used} is in use, expected a run that nobody is at work in`);
}

/** @throws UserError where nobody can be asked. */
async function confirmed(question: string, { json, quiet }: Console): Promise<boolean> {
  if (json || quiet || process.stdin.isTTY !== true || process.stdout.isTTY !== true)
    throw new UserError('--yes: expected it, as there is nobody to ask whether to remove runs');
  const asker = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await asker.question(question)).trim());
  } finally {
    asker.close();
  }
}

/** Takes its name away first: what is left by a killed process is no run any more, and the next training removes it. */
async function remove(folder: string, console: Console): Promise<void> {
  const outputs = dirname(folder);
  const leases: Lease[] = [];
  try {
    // Whether one of another machine is still at work is seen only by waiting.
    for (const part of withMembers(folder))
      leases.push(await Lease.take(part, { say: (line) => console.warn(line) }));
    const gone = join(outputs, removedName(randomUUID()));
    explained('remove', folder, () => {
      try {
        renameSync(folder, gone);
      } catch (error) {
        // A folder of the image that a container runs keeps its name as long as it is there (overlayfs).
        if (codeOf(error) !== 'EXDEV') throw error;
        rmSync(folder, { recursive: true, force: true });
      }
      rmSync(gone, { recursive: true, force: true });
    });
  } finally {
    for (const lease of leases) lease.release();
  }
}
