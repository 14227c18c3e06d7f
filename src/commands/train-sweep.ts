import { resolve } from 'node:path';
import { defaultThreads } from '../backends/index.js';
import { loadChosen } from '../cli/chosen-backend.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import { checkNewRun } from '../runs/run-folder.js';
import { loadGiven, type GivenImages } from '../cli/images.js';
import type { DataSet } from '../data/image-set.js';
import { UserError } from '../errors.js';
import { createSweep } from '../library/sweep.js';
import { isSweep, readSweep, type PlannedRun, type Sweep } from '../runs/sweep.js';
import { unmovedRate } from '../gan/options.js';
import type { Axis } from '../sweeps/axes.js';
import { countOf } from '../terminal/format.js';
import { statusOf } from '../sweeps/status.js';
import { refuseFewerEpochs } from '../training/resume.js';
import { defaultJobs, trainSweepHere } from './sweep-here.js';
import {
  findResumed,
  onlyRunOptions,
  refuseOtherOptions,
  threadsText,
  type Given,
} from './train-given.js';

/** `gan-mnist train --each-digit`, which is a sweep over --digit, and `--resume` of any sweep. */
export async function trainSweep(given: Given, console: Console): Promise<void> {
  if (given.digit !== undefined)
    throw new UserError('--digit and --each-digit: found both, expected one of them');
  if (given.fusedMultiplyAdd === true)
    throw new UserError(
      '--fused-multiply-add: found it with several runs, expected one: a sweep has one kind of bits',
    );
  if (given.resume !== undefined) return resumeSweep(given, given.resume, console);
  const images = await loadForSweep(given, console);
  const values = images.classes.map((_, digit) => digit);
  if (values.length < 2)
    throw new UserError(
      `--each-digit: ${images.source} has ${values.length === 0 ? 'no labels' : 'one class'}, expected images of several classes`,
    );
  const jobs = given.jobs ?? defaultJobs(values.length, console, given.threads);
  const shared = Object.entries(onlyRunOptions(given)).map(([name, value]) => ({
    name,
    values: [value as string | number],
  }));
  const { folder } = await newSweep(
    images,
    [...shared, { name: 'digit', values }],
    { ...given, threads: threadsEach(given.threads, jobs) },
    console,
  );
  await trainSweepHere(folder, jobs, console);
}

/** The processors, shared out among so many runs at a time. */
const threadsEach = (threads: number | undefined, jobs: number): number =>
  Math.max(1, Math.floor((threads ?? defaultThreads()) / jobs));

/** What is typed for a sweep beside the options of its runs. */
export type HowGiven = Pick<Given, 'out' | 'name' | 'checkpointEvery' | 'backend' | 'threads'> &
  Omit<GivenImages, 'seed'>;

/**
 * The images of all runs, after a look whether a sweep can be written: what --test-share sets aside is the same for all, whatever their
 * seeds.
 */
export function loadForSweep(given: HowGiven, console: Console): Promise<DataSet> {
  checkNewRun(given.out ?? OUTPUTS, given.name);
  return loadGiven({ ...given, seed: undefined }, console);
}

/** Makes the folder of a sweep, after a look whether its runs can be: that the data has the images, and that the backend loads. */
export async function newSweep(
  images: DataSet,
  axes: readonly Axis[],
  { data, out, name, checkpointEvery, ...compute }: HowGiven,
  console: Console,
): Promise<Sweep> {
  const backend = await loadChosen(compute, console);
  const how = { data, outputs: out, name, checkpointEvery };
  const sweep = await createSweep(axes, how, { images, backend });
  const { runs } = sweep;
  console.tell(
    `${countOf(runs.length, 'run')} of the ${runs[0].options.model} GAN on ${images.source} with ${backend.library}, ${threadsText(backend.threads)} each`,
  );
  const varied = Object.fromEntries(axes.map((axis) => [axis.name, axis.values]));
  const unmoved = runs.map(({ options }) => unmovedRate(varied, options)).find(Boolean);
  if (unmoved !== undefined) console.warn(unmoved);
  return sweep;
}

async function resumeSweep(given: Given, run: string, console: Console): Promise<void> {
  refuseOtherOptions(given);
  const folder = findResumed(run, given.out);
  if (!isSweep(folder))
    throw new UserError(`--each-digit: ${folder} is one run, expected a folder with several`);
  const jobs = given.jobs ?? defaultJobs(readSweep(folder).runs.length, console, given.threads);
  await trainSweepHere(folder, jobs, console, (sweep) => {
    console.tell(`resuming ${folder}, ${jobs} at a time`);
    return changedPlan(sweep, given, jobs);
  });
}

/** The plan with what may be changed of runs that have begun. */
function changedPlan(sweep: Sweep, given: Given, jobs: number): Sweep {
  const { epochs, backend, threads, data, checkpointEvery } = given;
  if (epochs !== undefined)
    refuseFewerEpochs(epochs, Math.max(...statusOf(sweep).map((one) => one.epochs)), sweep.folder);
  const longer = ({ name, options }: PlannedRun): PlannedRun => ({
    name,
    options: { ...options, epochs: epochs ?? options.epochs },
  });
  return {
    ...sweep,
    runs: sweep.runs.map(longer),
    ...(backend !== undefined && { backend }),
    ...(threads !== undefined && { threads: threadsEach(threads, jobs) }),
    ...(data !== undefined && { dataFolder: resolve(data) }),
    ...(checkpointEvery !== undefined && { checkpointEvery }),
  };
}
