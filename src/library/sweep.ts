import { resolve } from 'node:path';
import { defaultThreads } from '../backends/index.js';
import { loadImages } from '../data/load.js';
import { ofLength, RUN_OPTIONS } from '../gan/options.js';
import { createRun } from '../runs/run-folder.js';
import { readSweep, writeSweep, type Sweep, type SweepPlan } from '../runs/sweep.js';
import { combine, type Axis } from '../sweeps/axes.js';
import { trainRuns, type SweepFollower, type SweepOutcome } from '../sweeps/executor.js';
import { trainMember } from '../sweeps/member.js';
import { statusOf, type MemberStatus } from '../sweeps/status.js';
import { tableOf, type SweepTable } from '../sweeps/table.js';
import { trainingImages } from '../training/prepare.js';
import type { RunOutcome } from '../training/run.js';
import {
  backendOf,
  followersOf,
  given,
  OUTPUTS,
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
  readonly outputs?: string;
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
  const axes = Object.keys(RUN_OPTIONS).flatMap((name): Axis[] => {
    const value = (options as Record<string, unknown>)[name];
    if (value === undefined) return [];
    return [{ name, values: (Array.isArray(value) ? value : [value]) as Axis['values'] }];
  });
  const { varied, runs: combined } = combine(axes);
  const { data, outputs = OUTPUTS, checkpointEvery, threads = 1 } = options;
  const images = await loadImages(data);
  const runs = combined.map(({ name, options: one }) => ({
    name,
    options: ofLength(one, trainingImages(one, images).count),
  }));
  const backend = await backendOf({ backend: options.backend, threads });
  const dataFolder = data === undefined ? undefined : resolve(data);
  const plan: SweepPlan = {
    varied,
    runs,
    backend: backend.name,
    threads: backend.threads,
    ...given({ dataFolder, checkpointEvery }),
  };
  const name = `${runs[0].options.model}-sweep`;
  return openSweep(await createRun(outputs, name, (draft) => writeSweep(draft, plan)));
}

/** @throws UserError where the folder is no sweep's. */
export function openSweep(folder: string): OpenedSweep {
  const plan = readSweep(folder);
  return {
    folder,
    plan,
    run: ({ jobs = defaultThreads(), on = {}, signal } = {}) =>
      trainRuns(plan, unfinished(plan), jobs, on, signal),
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
