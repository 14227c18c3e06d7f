/** What trainings, and commands about runs and sweeps, print with --json: see events.ts. */
import type { Finding } from '../evaluation/digits-verdict.js';
import type { FlatRow } from '../runs/log.js';
import type { RunEstimate } from '../training/estimate.js';

/** What a training says, in this order; of several runs of a sweep, mixed. */
export type TrainingEvent = Started | EpochDone | Warned | TrainingEnd | RunFailed;

export interface RunOfSweep {
  /** In a sweep: which of its runs it is. */
  readonly index?: number;
  /** In a sweep: the name of the run's folder, as seed-3. */
  readonly member?: string;
  /** In a sweep over --digit: the run's. */
  readonly digit?: number;
}

/** The run's folder is there, the first step follows. */
export interface Started extends RunOfSweep {
  readonly event: 'started';
  /** The run's folder. */
  readonly run: string;
  /** Epochs that are to be done in all. */
  readonly epochs: number;
  /** Epochs that a resumed run has already. */
  readonly epochsDone: number;
  readonly stepsPerEpoch: number;
}

/**
 * A row of log.jsonl: means over the epoch of all that a step returns (`discriminatorLoss`, `generatorLoss`), what the
 * last step returned (`lastDiscriminatorLoss`), and what was measured at the end (`diversity`, not in every epoch).
 */
export interface EpochDone extends RunOfSweep, FlatRow {
  readonly event: 'epoch';
}

/** Something is off and the work goes on. */
export interface Warned extends RunOfSweep {
  readonly event: 'warned';
  readonly message: string;
}

/** The end of a training, or its interruption with everything saved. */
export interface TrainingEnd extends RunOfSweep {
  readonly event: 'done' | 'interrupted';
  readonly command: 'train';
  /** The run's folder. */
  readonly run: string;
  /** Epochs that the run has. */
  readonly epochs: number;
  /** Of this call, from the first step to the last picture. */
  readonly seconds: number;
  readonly secondsInSteps: number;
  /** Means over the last epoch of all that a step returns, by name; empty before the first epoch. */
  readonly losses: Readonly<Record<string, number>>;
  /** Of the last epoch in which it was measured: 1 is as diverse as real images, near 0 is collapse. */
  readonly diversity?: number;
  /** What was measured of the images' quality last, by name, as `recognised`; empty where nothing was. */
  readonly quality: Readonly<Record<string, number>>;
  /** What the run shows, in words, the most important first. */
  readonly verdict: readonly Finding[];
  /** Gates (--fail-on) that are not met, as sentences. */
  readonly unmet: readonly string[];
  readonly paths: RunPaths;
}

/** Files and folders of a run, from where the command was started. */
export interface RunPaths {
  /** Missing before the first epoch. */
  readonly report?: string;
  /** The losses as CSV. */
  readonly losses: string;
  /** The last sample grid, as PNG; missing where there is none yet. */
  readonly grid?: string;
  /** Folder of sample grids. */
  readonly samples: string;
  /** Folder of the networks. */
  readonly model: string;
}

/** The end of `train --dry-run`: what the run would be, and what it would take. */
export interface DryRun extends RunEstimate {
  readonly event: 'done';
  readonly command: 'train';
  readonly dryRun: true;
  readonly backend: string;
  readonly threads: number;
}

/** One run of a sweep failed; the others go on. */
export interface RunFailed extends RunOfSweep {
  readonly event: 'failed';
  readonly index: number;
  readonly message: string;
}

/** The end of the runs of a sweep. */
export interface TrainedSweep {
  readonly event: 'done' | 'interrupted';
  readonly command: 'train';
  /** The folder of the sweep. */
  readonly run: string;
  readonly paths: {
    /** Missing before the first epoch of any. */
    readonly report?: string;
  };
}

/** A run, or a folder of several, as `gan-mnist runs` lists it. */
export interface RunSummary {
  /** The folder's. */
  readonly name: string;
  readonly run: string;
  /** What it is, in words. */
  readonly what: string;
  /** damaged: its files cannot be read. */
  readonly state: 'waiting' | 'running' | 'stopped' | 'done' | 'damaged';
  readonly epochs: number;
  readonly allEpochs: number;
  /** Means of its last epoch, by name. */
  readonly losses: Readonly<Record<string, number>>;
  /** What was measured last, by name, as `recognised` and `diversity`, each a share between 0 and 1. */
  readonly quality: Readonly<Record<string, number>>;
  /** Of all its files. */
  readonly bytes: number;
  /** When it was begun, ISO 8601. */
  readonly createdAt: string;
}

export interface RunsListed {
  readonly event: 'done';
  readonly command: 'runs';
  /** Oldest first. */
  readonly runs: readonly RunSummary[];
}

export interface RunsRemoved {
  readonly event: 'done';
  readonly command: 'runs remove';
  /** Folders that are gone. */
  readonly removed: readonly string[];
  readonly bytes: number;
}

export interface SweepPlanned {
  readonly event: 'done';
  readonly command: 'sweep new';
  /** The folder of the sweep. */
  readonly plan: string;
  /** The options in which the runs differ. */
  readonly varied: readonly string[];
  /** Names of the runs' folders, in the order of their indices. */
  readonly runs: readonly string[];
}

export interface SweepScript {
  readonly event: 'done';
  readonly command: 'sweep script';
  readonly plan: string;
  readonly for: string;
  readonly script: string;
}

export interface SweepStatus {
  readonly event: 'done';
  readonly command: 'sweep status';
  readonly plan: string;
  readonly runs: readonly {
    readonly index: number;
    readonly name: string;
    /** stopped: begun, and no process has it. */
    readonly state: 'waiting' | 'running' | 'stopped' | 'done';
    readonly epochs: number;
    readonly allEpochs: number;
  }[];
}

export interface SweepTabulated {
  readonly event: 'done';
  readonly command: 'sweep table';
  readonly plan: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
