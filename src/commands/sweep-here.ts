import { defaultThreads } from '../backends/index.js';
import type { Console } from '../cli/console.js';
import { progressOn } from '../cli/images.js';
import { quoted } from '../cli/shown.js';
import type { RunOfSweep, TrainingEvent } from '../cli/training-events.js';
import { drawFolder } from '../drawings/drawings.js';
import { EXIT_CODES, RunError, UserError } from '../errors.js';
import { Lease } from '../files/lease.js';
import { BYTES_OF_A_RUN, memoryLeft } from '../machine.js';
import { rowOf } from '../runs/log.js';
import { readRun } from '../runs/run-data.js';
import { labelOf, readSweep, shortLabelOf, writeSweep, type Sweep } from '../runs/sweep.js';
import { trainRuns, type SweepFollower } from '../sweeps/executor.js';
import { checkRuns } from '../sweeps/member.js';
import { statusOf } from '../sweeps/status.js';
import { createRunsDisplay, type RunsDisplay } from '../terminal/runs-display.js';

/** How many runs are trained at a time where the user does not say: one on each processor, as long as there is memory for them. */
export function defaultJobs(
  runs: number,
  console: Pick<Console, 'warn'>,
  threads = defaultThreads(),
  memory = memoryLeft(),
): number {
  const wanted = Math.min(runs, threads);
  const jobs = Math.max(1, Math.min(wanted, Math.floor(memory / BYTES_OF_A_RUN)));
  if (jobs < wanted)
    console.warn(
      `${Math.round(memory / 1e6)} MB of memory are left, and a run takes about ${BYTES_OF_A_RUN / 1e6}: ${jobs} of the runs are trained at a time (--jobs ${wanted} trains as many as there are processors)`,
    );
  return jobs;
}

/**
 * Trains what is not trained yet of a sweep, in processes of this machine, with a display of it. Only one process may do so in
 * a folder.
 *
 * @param change the plan as it is to be from now on; asked while the folder is this process's.
 * @throws UserError where the images of the runs are not there; RunError where their backend does not load, or where runs failed, once
 *   the others are done.
 */
export async function trainSweepHere(
  folder: string,
  jobs: number,
  console: Console,
  change: (sweep: Sweep) => Sweep = (sweep) => sweep,
): Promise<void> {
  const signal = console.interruptions();
  using lease = await Lease.take(folder, { say: (line) => console.warn(line), signal });
  const before = readSweep(lease.folder);
  const sweep = change(before);
  const status = statusOf(sweep);
  const unfinished = status.filter(({ state }) => state !== 'done').map(({ index }) => index);
  await checkRuns(sweep, unfinished, progressOn(console));
  if (sweep !== before) await writeSweep(sweep.folder, sweep);
  const display = createRunsDisplay({
    screen: console.screen,
    say: (line) => console.note(line),
    colors: console.colors,
    runs: sweep.runs.map((run) => ({
      label: labelOf(sweep, run),
      short: shortLabelOf(sweep, run),
      epochs: run.options.epochs,
    })),
  });
  for (const { index, state } of status) if (state === 'done') display.done(index);
  const report = { path: undefined as string | undefined };
  const follower = followerOf(sweep, display, console, report);
  const { interrupted, failed } = await trainRuns(sweep, unfinished, jobs, follower, signal);
  if (unfinished.length === 0) await drawReport(sweep, console, report);
  console.screen.close(true);
  if (interrupted || failed.length === 0)
    console.emit({
      event: interrupted ? 'interrupted' : 'done',
      command: 'train',
      run: folder,
      paths: { ...(report.path !== undefined && { report: report.path }) },
    });
  if (interrupted)
    console.say(`interrupted and saved: gan-mnist train --resume ${quoted(folder)} goes on`);
  console.wrote('runs', folder);
  if (report.path !== undefined && !console.quiet) console.wrote('report', report.path);
  refuseFailed(sweep, failed);
  if (interrupted) process.exitCode = EXIT_CODES.interrupted;
}

function refuseFailed(sweep: Sweep, failed: readonly number[]): void {
  if (failed.length === 0) return;
  const labels = failed.map((index) => labelOf(sweep, sweep.runs[index]));
  throw new RunError(
    `${labels.join('; ')} failed, as said above; gan-mnist train --resume ${sweep.folder} tries again`,
  );
}

function followerOf(
  sweep: Sweep,
  display: RunsDisplay,
  console: Console,
  report: { path: string | undefined },
): SweepFollower {
  return {
    event: (index, heard) => {
      const event = heard as TrainingEvent;
      // Its failure is told below, also where the process was killed and says nothing.
      if (event.event === 'failed') return;
      console.emit({ ...ofSweep(sweep, index), ...event });
      show(sweep, display, console, index, event);
    },
    ended: () => drawReport(sweep, console, report),
    failed: (index, message) => {
      console.emit({ event: 'failed', ...ofSweep(sweep, index), message });
      display.failed(index);
      console.warn(message);
      return drawReport(sweep, console, report);
    },
  };
}

/** What tells the run from the others. */
function ofSweep({ varied, runs }: Sweep, index: number): RunOfSweep & { readonly index: number } {
  const { name, options } = runs[index];
  return { index, member: name, ...(varied.includes('digit') && { digit: options.digit }) };
}

function show(
  sweep: Sweep,
  display: RunsDisplay,
  console: Console,
  index: number,
  event: TrainingEvent,
): void {
  if (event.event === 'started') display.started(index, event.epochsDone);
  if (event.event === 'warned')
    console.warn(`${labelOf(sweep, sweep.runs[index])}: ${event.message}`);
  if (event.event === 'done') display.done(index);
  const row = event.event === 'epoch' ? rowOf(withoutName(event)) : undefined;
  if (row !== undefined) display.epoch(index, row);
}

const withoutName = (event: object): object =>
  Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'event'));

/** The report of the runs that there are, anew. What is wrong with one must not keep the others from being trained. */
async function drawReport(
  sweep: Sweep,
  console: Console,
  report: { path: string | undefined },
): Promise<void> {
  if (statusOf(sweep).every(({ epochs }) => epochs === 0)) return;
  try {
    report.path = (await drawFolder(readRun(sweep.folder, () => {}))).at(-1);
  } catch (error) {
    if (!(error instanceof UserError || error instanceof RunError)) throw error;
    console.warn(`the report is not drawn: ${error.message}`);
  }
}
