import { loadChosen } from '../cli/chosen-backend.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import { STDOUT } from '../cli/picture-out.js';
import { proposeNext, quoted } from '../cli/shown.js';
import type {
  SWEEP_RUN_OPTIONS,
  SWEEP_SCRIPT_OPTIONS,
  SWEEP_TABLE_OPTIONS,
} from '../cli/train-options.js';
import { EXIT_CODES, UserError } from '../errors.js';
import { checkPlace } from '../files/place.js';
import { writeFileWhole } from '../files/replace.js';
import { RUN_OPTIONS } from '../gan/options.js';
import type { OptionsOf } from '../options.js';
import { findOwnRun } from '../runs/find-run.js';
import { listRuns } from '../runs/run-folder.js';
import { isSweep, labelOf, readSweep, type Sweep } from '../runs/sweep.js';
import { combine, parseAxis } from '../sweeps/axes.js';
import { schedulerIndex } from '../sweeps/index-of-scheduler.js';
import { plannedRun, trainMember } from '../sweeps/member.js';
import { scriptOf } from '../sweeps/script.js';
import { statusOf } from '../sweeps/status.js';
import { tableCsv, tableOf } from '../sweeps/table.js';
import { tableText } from '../terminal/table.js';
import { followRun } from './follow-run.js';
import { defaultJobs, trainSweepHere } from './sweep-here.js';
import { loadForSweep, newSweep, type HowGiven } from './train-sweep.js';

/** `gan-mnist sweep new`. */
export async function runSweepNew(
  given: HowGiven & Readonly<Record<string, unknown>>,
  console: Console,
): Promise<void> {
  // In the order in which they were typed: the last one changes fastest.
  const axes = Object.entries(given).flatMap(([name, typed]) =>
    isRunOption(name) ? [parseAxis(name, RUN_OPTIONS[name], typed as string)] : [],
  );
  // Before the images are read, which may take long: whether the runs can be.
  combine(axes);
  const images = await loadForSweep(given, console);
  const how = { ...given, threads: given.threads ?? 1 };
  const { folder, ...plan } = await newSweep(images, axes, how, console);
  console.emit({
    event: 'done',
    command: 'sweep new',
    plan: folder,
    varied: plan.varied,
    runs: plan.runs.map(({ name }) => name),
  });
  console.wrote('plan', folder);
  proposeNext([[`sweep run ${quoted(folder)}`, 'train them here']], console);
}

const isRunOption = (name: string): name is keyof typeof RUN_OPTIONS => name in RUN_OPTIONS;

/** `gan-mnist sweep run`: one run where an index is given or a scheduler tells one, else all that are not done. */
export async function runSweepRun(
  given: Partial<OptionsOf<typeof SWEEP_RUN_OPTIONS>>,
  console: Console,
  [named]: readonly string[],
): Promise<void> {
  if (given.jobs !== undefined && given.index !== undefined)
    throw new UserError('--jobs and --index: found both, expected one of them');
  const sweep = findSweep(named);
  const index = given.jobs === undefined ? (given.index ?? schedulerIndex(process.env)) : undefined;
  if (index === undefined)
    return trainSweepHere(
      sweep.folder,
      given.jobs ?? defaultJobs(sweep.runs.length, console),
      console,
    );
  const planned = plannedRun(sweep, index);
  const backend = await loadChosen(sweep, console);
  console.tell(`run ${index} of ${sweep.folder}: ${labelOf(sweep, planned)}`);
  const { interrupted } = await followRun({}, console, (context) =>
    trainMember(sweep, index, backend, context),
  );
  if (!interrupted) return;
  const { reason } = console.interruptions() as { reason?: { cause?: unknown } };
  process.exitCode = reason?.cause === 'SIGTERM' ? EXIT_CODES.preempted : EXIT_CODES.interrupted;
}

/** `gan-mnist sweep script`. */
export async function runSweepScript(
  given: Partial<OptionsOf<typeof SWEEP_SCRIPT_OPTIONS>>,
  console: Console,
  [named]: readonly string[],
): Promise<void> {
  const sweep = findSweep(named);
  if (given.for === undefined)
    throw new UserError('--for: found nothing, expected slurm, kubernetes or parallel');
  const script = scriptOf(sweep, given.for);
  console.emit({
    event: 'done',
    command: 'sweep script',
    plan: sweep.folder,
    for: given.for,
    script,
  });
  if (given.out === undefined || given.out === STDOUT) {
    if (!console.json) console.stdout.write(script);
    return;
  }
  checkPlace(given.out, 'file');
  writeFileWhole(given.out, script);
  console.wrote('script', given.out);
}

/** `gan-mnist sweep status`. */
export async function runSweepStatus(
  _: object,
  console: Console,
  [named]: readonly string[],
): Promise<void> {
  const sweep = findSweep(named);
  const all = statusOf(sweep);
  console.emit({
    event: 'done',
    command: 'sweep status',
    plan: sweep.folder,
    runs: all.map(({ index, name, state, epochs, allEpochs }) => ({
      index,
      name,
      state,
      epochs,
      allEpochs,
    })),
  });
  const columns = ['run', 'what', 'state', 'epochs'];
  const rows = all.map(({ index, label, state, epochs, allEpochs }) => [
    String(index),
    label,
    state,
    `${epochs}/${allEpochs}`,
  ]);
  console.say(tableText({ columns, rows }, { isLeft: (k) => k > 0 }));
  const counts = (['done', 'running', 'stopped', 'waiting'] as const).map(
    (state) => `${all.filter((one) => one.state === state).length} ${state}`,
  );
  console.say(counts.join(', '));
}

/** `gan-mnist sweep table`. */
export async function runSweepTable(
  given: Partial<OptionsOf<typeof SWEEP_TABLE_OPTIONS>>,
  console: Console,
  [named]: readonly string[],
): Promise<void> {
  const sweep = findSweep(named);
  const table = tableOf(sweep);
  console.emit({ event: 'done', command: 'sweep table', plan: sweep.folder, ...table });
  if (given.out === undefined) {
    console.say(tableText(table, { width: console.lineWidth }));
    return;
  }
  if (given.out === STDOUT) return void console.stdout.write(tableCsv(table));
  checkPlace(given.out, 'file');
  writeFileWhole(given.out, tableCsv(table));
  console.wrote('table', given.out);
}

/** @param named the newest sweep where nothing is named. */
function findSweep(named: string | undefined): Sweep {
  const newest = listRuns(OUTPUTS).findLast((run) => isSweep(run));
  if (named === undefined && newest === undefined)
    throw new UserError(
      `found no sweep in ${OUTPUTS}, expected one made by gan-mnist sweep new (or name one with PLAN)`,
    );
  const folder = findOwnRun(
    OUTPUTS,
    named?.replace(/[\\/](sweep|digits)\.json$/, '') ?? newest,
    'PLAN',
  );
  if (!isSweep(folder))
    throw new UserError(
      `PLAN: ${folder} is a single run, expected the folder of a sweep, as gan-mnist sweep new makes it`,
    );
  return readSweep(folder);
}
