import type { ImageShape } from '../data/image-set.js';
import type { RunOptions } from '../gan/options.js';
import type { Scalars } from '../gan/step.js';
import type { LogRow } from '../runs/log.js';

/** A run before its first step. */
export interface StartedRun {
  readonly folder: string;
  readonly options: RunOptions;
  /** Of an image. */
  readonly shape: ImageShape;
  readonly stepsPerEpoch: number;
  /** More than 0 in a resumed run. */
  readonly epochsDone: number;
  /** The rows of the epochs done. */
  readonly rows: readonly LogRow[];
}

/** A step that was done. */
export interface StepDone {
  /** Counted from 1. */
  readonly epoch: number;
  /** Counted within the epoch, from 1. */
  readonly step: number;
  /** What the step returned. */
  readonly scalars: Scalars;
}

/** An epoch whose files are written. */
export interface EpochDone {
  readonly row: LogRow;
  /** Those of all epochs up to this one. */
  readonly rows: readonly LogRow[];
  /** Files that appeared with it: its sample grid, where it has one. */
  readonly paths: readonly string[];
}

/**
 * Who follows a run: a display, a script, what keeps pictures beside the run's own files. All parts may be absent. What one of
 * them throws ends the training, whose last checkpoint stays. Parts that return a promise are waited for where it says so; the
 * others must not take long, since the training stands still meanwhile.
 */
export interface Follower {
  /** Before the first step, once the folder is there and this process's. Waited for. */
  started?(run: StartedRun): void | Promise<void>;
  /** After each step. */
  step?(at: StepDone): void;
  /**
   * Asked after each step whether it wants to see samples now: the function that it returns gets those of the sample grids' z, [64,
   * ...image] in [-1, 1], overwritten by the next ones. They change nothing in the run, and cost the time of drawing them.
   */
  glimpse?(at: StepDone): ((images: Float32Array) => void) | undefined;
  /** After each epoch with a sample grid: its images, [64, ...image] in [-1, 1], overwritten by the next ones. */
  samples?(epoch: number, images: Float32Array): void;
  /** Once an epoch's files are written, while the next one trains; the files of that one wait for it. */
  epoch?(done: EpochDone): void | Promise<void>;
  /** Something is off and the run goes on: collapse, a damaged checkpoint. */
  warning?(message: string): void;
  /** After the last epoch, or an interruption, when all of the run's own files are written. Waited for. */
  finishing?(rows: readonly LogRow[]): void | Promise<void>;
  /** At the end, also of a run that failed. Waited for; must not throw. */
  close?(): void | Promise<void>;
}

/** Several followers as one: each is told in their order, and closed in the reverse one. */
export function allOf(followers: readonly Follower[]): Required<Follower> {
  const inTurn = async (tell: (one: Follower) => void | Promise<void>): Promise<void> => {
    for (const one of followers) await tell(one);
  };
  return {
    started: (run) => inTurn((one) => one.started?.(run)),
    step: (at) => followers.forEach((one) => one.step?.(at)),
    glimpse: (at) => {
      const wanted = followers.flatMap((one) => one.glimpse?.(at) ?? []);
      if (wanted.length === 0) return undefined;
      return (images) => wanted.forEach((show) => show(images));
    },
    samples: (epoch, images) => followers.forEach((one) => one.samples?.(epoch, images)),
    epoch: (done) => inTurn((one) => one.epoch?.(done)),
    warning: (message) => followers.forEach((one) => one.warning?.(message)),
    finishing: (rows) => inTurn((one) => one.finishing?.(rows)),
    close: async () => {
      for (const one of [...followers].reverse()) await one.close?.();
    },
  };
}
