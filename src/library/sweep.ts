import { resolve } from 'node:path';
import { defaultThreads, type Backend } from '../backends/index.js';
import { refuseBatchSize } from '../data/batches.js';
import type { DataSet } from '../data/image-set.js';
import { loadImages } from '../data/load.js';
import type { LoadOptions } from '../data/read-options.js';
import { ofLength, RUN_OPTIONS } from '../gan/options.js';
import { completeOptions, refuseOthers } from '../options.js';
import { createRun } from '../runs/run-folder.js';
import { readSweep, writeSweep, type Sweep, type SweepPlan } from '../runs/sweep.js';
import { combine, type Axis } from '../sweeps/axes.js';
import { trainRuns, type SweepFollower, type SweepOutcome } from '../sweeps/executor.js';
import { checkRuns, trainMember } from '../sweeps/member.js';
import { statusOf, type MemberStatus } from '../sweeps/status.js';
import { tableOf, type SweepTable } from '../sweeps/table.js';
import { trainingImages } from '../training/training-images.js';
import type { RunOutcome } from '../training/run.js';
import {
  backendOf,
  followersOf,
  given,
  OUTPUTS,
  without,
  type ComputeOptions,
  type FollowOptions,
} from './session.js';
import type { GivenRunOptions } from './train.js';

/** Of each option one value, or several in which the runs are to differ. */
export type SweepAxes = {
  readonly [Name in keyof GivenRunOptions]:
    GivenRunOptions[Name] | readonly GivenRunOptions[Name][];
};

export interface SweepOptions extends SweepAxes {
  readonly data?: string;
  /** How the data is read, as of one run. */
  readonly reading?: LoadOptions;
  readonly outputs?: string;
  /** Of the sweep's folder; by default the next number and what is trained. */
  readonly name?: string;
  readonly checkpointEvery?: number;
  readonly backend?: string;
  /** Of each run; 1 by default. */
  readonly threads?: number;
}

/** A plan of many runs in its folder. */
export interface OpenedSweep {
  readonly folder: string;
  readonly plan: SweepPlan;
  /**
   * Trains what is not done, each run in a process of its own; those that fail do not keep the others from finishing.
   *
   * @param options jobs: runs at a time, by default one on each processor.
   */
  run(options?: {
    readonly jobs?: number;
    readonly on?: SweepFollower;
    readonly signal?: AbortSignal;
  }): Promise<SweepOutcome>;
  /** Trains one run in this process, from where it is to its end. */
  runOne(index: number, options?: FollowOptions & ComputeOptions): Promise<RunOutcome>;
  status(): readonly MemberStatus[];
  table(): SweepTable;
}

/**
 * Plans the runs of all combinations, as `sweep({ seed: [1, 2, 3], learningRate: [0.0005, 0.001], epochs: 5 })`.
 *
 * @throws UserError where nothing varies, a run cannot be, or the data lacks its images.
 */
export async function sweep(options: SweepOptions): Promise<OpenedSweep> {
  const axes = axesOf(options);
  // Before the images are read, which may take long: whether the runs can be.
  combine(axes);
  const { data, outputs, name, checkpointEvery, threads = 1 } = options;
  const images = await loadImages(data, options.reading);
  const backend = await backendOf({ backend: options.backend, threads });
  const how = { data, outputs, name, checkpointEvery };
  return openSweep((await createSweep(axes, how, { images, backend })).folder);
}

type Others = Omit<SweepOptions, keyof SweepAxes>;

/** Those of {@link SweepOptions} that are the same in all runs and no option of theirs. */
const OTHERS: Readonly<Record<keyof Others, true>> = {
  ...{ data: true, reading: true, outputs: true, name: true },
  ...{ checkpointEvery: true, backend: true, threads: true },
};

function axesOf(options: SweepOptions): Axis[] {
  const axes = without<Others>(options, OTHERS);
  refuseOthers(axes, { ...RUN_OPTIONS, ...OTHERS }, 'sweep');
  return Object.entries(axes).map(([name, value]) => ({
    name,
    values: (Array.isArray(value) ? value : [value]) as Axis['values'],
  }));
}

const JOBS = { kind: 'integer', min: 1, max: 256, help: 'runs at a time' } as const;

/**
 * Writes the plan of a sweep into a new folder of `outputs`: the work of {@link sweep} and of `gan-mnist sweep new`.
 *
 * @throws UserError where the data lacks a run's images, or has fewer than its batch.
 */
export async function createSweep(
  axes: readonly Axis[],
  {
    data,
    outputs = OUTPUTS,
    name: whole,
    checkpointEvery,
  }: Pick<SweepOptions, 'data' | 'outputs' | 'name' | 'checkpointEvery'>,
  { images, backend }: { readonly images: DataSet; readonly backend: Backend },
): Promise<Sweep> {
  const { varied, runs: combined } = combine(axes, images);
  const runs = combined.map(({ name, options }) => {
    const { count } = trainingImages(options, images);
    refuseBatchSize(options.batchSize, count);
    return { name, options: ofLength(options, count) };
  });
  const plan: SweepPlan = {
    varied,
    runs,
    backend: backend.name,
    threads: backend.threads,
    // As an absolute path: runs are resumed from anywhere.
    ...given({ dataFolder: data && resolve(data), reading: images.reading, checkpointEvery }),
  };
  const kind = varied.join() === 'digit' ? 'digits' : 'sweep';
  const name = whole === undefined ? `${runs[0].options.model}-${kind}` : { whole };
  const folder = await createRun(outputs, name, (draft) => writeSweep(draft, plan));
  return { ...plan, folder };
}

/** @throws UserError where the folder is no sweep's. */
export function openSweep(folder: string): OpenedSweep {
  const plan = readSweep(folder);
  return {
    folder,
    plan,
    run: async ({ on = {}, signal, ...given } = {}) => {
      const { jobs = defaultThreads() } = completeOptions({ jobs: JOBS }, given, 'run');
      const indices = unfinished(plan);
      await checkRuns(plan, indices);
      return trainRuns(plan, indices, jobs, on, signal);
    },
    runOne: async (index, options = {}) => {
      const { backend, threads } = { ...plan, ...given(options) } as ComputeOptions;
      const { signal } = options;
      const loaded = await backendOf({ backend, threads });
      return trainMember(plan, index, loaded, { signal, followers: followersOf(options) });
    },
    status: () => statusOf(plan),
    table: () => tableOf(plan),
  };
}

const unfinished = (plan: Sweep): number[] =>
  statusOf(plan)
    .filter(({ state }) => state !== 'done')
    .map(({ index }) => index);
