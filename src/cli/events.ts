import type { Finding } from '../evaluation/digits-verdict.js';
import type { Evaluation } from '../evaluation/evaluate.js';
import type { Manifest, StackedManifest } from '../datasets/manifest.js';
import type { ImageShape } from '../data/image-set.js';
import type { FlatRow } from '../runs/log.js';
import type { RunEstimate } from '../training/estimate.js';
import type { Difference } from '../web/differences.js';

/**
 * A line that a command prints with --json. The build makes dist/events.schema.json (`gan-mnist/events.schema.json`) from
 * these types, with their comments: a field without a comment says what its name says. New fields and new events may
 * come with any version; what there is keeps its name and its meaning within a major version.
 */
export type ProgramEvent =
  TrainingEvent | Failed | Interrupted | TrainedSweep | DryRun | Watching | CommandDone;

/** What a training says, in this order; of several runs of a sweep, mixed. */
export type TrainingEvent = Started | EpochDone | Warned | TrainingEnd | RunFailed;

/** The end of every command but `train` and `watch`. */
export type CommandDone =
  | Sampled
  | RunsListed
  | RunsRemoved
  | DatasetWritten
  | StackedWritten
  | Evaluated
  | Projected
  | Interpolated
  | Reported
  | Explained
  | Compared
  | DataDescribed
  | SweepPlanned
  | SweepScript
  | SweepStatus
  | SweepTabulated;

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

/** The last line of a command that fails; the same sentence is on stderr. */
export interface Failed {
  readonly event: 'failed';
  readonly message: string;
  /** What the command exits with: see `gan-mnist --help`. */
  readonly exitCode: number;
}

/** The last line of a command, other than a training, that was interrupted. */
export interface Interrupted {
  readonly event: 'interrupted';
  readonly message: string;
}

/** The page is there until the command is ended. */
export interface Watching {
  readonly event: 'watching';
  /** The run, or the newest one, which newer ones follow; missing while there is none. */
  readonly run?: string;
  readonly url: string;
  readonly port: number;
}

export interface Sampled {
  readonly event: 'done';
  readonly command: 'sample';
  readonly run: string;
  /** The grid, as PNG; with --format the NumPy file, or the folder with a PNG for each image. */
  readonly file: string;
  readonly format: 'png' | 'npz' | 'files';
  readonly n: number;
  /** Of all images, or the first one's. */
  readonly seed: number;
  /** With --seeds: of each image; with --each-digit, of each in a row. */
  readonly seeds?: readonly number[];
  /** What each image was asked for as, or its model was trained on; missing where that is not known. */
  readonly labels?: readonly number[];
  readonly columns: number;
  readonly backend: string;
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

/** What manifest.json has, and where it is. */
export interface DatasetWritten extends Omit<Manifest, 'kind'> {
  readonly event: 'done';
  readonly command: 'dataset';
  readonly out: string;
}

/** The same of a set that no model has made. */
export interface StackedWritten extends StackedManifest {
  readonly event: 'done';
  readonly command: 'dataset';
  readonly out: string;
}

/** What evaluation.json has, and where it is. */
export interface Evaluated extends Evaluation {
  readonly event: 'done';
  readonly command: 'evaluate';
  /** evaluation.json. */
  readonly file: string;
  readonly pictures: readonly string[];
  /** report.html, with the evaluation in it; missing where the run has no epoch yet. */
  readonly report?: string;
  /** Requirements (--require) that are not met, as sentences. */
  readonly unmet: readonly string[];
  readonly run: string;
  /** SHA-256 of each model (generator.onnx), by its path in the run. */
  readonly models: Readonly<Record<string, string>>;
  readonly latentScale: number;
}

export interface Projected {
  readonly event: 'done';
  readonly command: 'project';
  readonly run: string;
  readonly picture: string;
  /** A grid: the picture, its image, the nearest training image; and from there on. */
  readonly file: string;
  /** What the image was asked for as; missing where the model takes no digit. */
  readonly digit?: number;
  /** Root of the mean squared difference of a pixel, where black is 0 and white 1. */
  readonly error: number;
  /** The nearest training image: its place in the set, from 0, and its difference. */
  readonly nearest: { readonly index: number; readonly error: number };
  /** Of the image. */
  readonly z: readonly number[];
}

export interface Interpolated {
  readonly event: 'done';
  readonly command: 'interpolate';
  readonly run: string;
  readonly seeds: readonly number[];
  readonly steps: number;
  readonly png: string;
  readonly gif: string;
  readonly backend: string;
}

export interface Explained {
  readonly event: 'done';
  readonly command: 'explain';
  /** The run whose step it is; absent with --model. */
  readonly run?: string;
  readonly model: 'dense' | 'conv';
  readonly backend: string;
  /** The library that computes what generated code does not. */
  readonly library: string;
  readonly threads: number;
  readonly phases: readonly {
    readonly phase: string;
    readonly milliseconds: number;
    /** What it made, in a few words. */
    readonly made: string;
  }[];
  /** How often each rewrite of the graph applied. */
  readonly rewrites: Readonly<Record<string, number>>;
  /** TensorFlow.js ops that a slower engine computes, since there is no generated code for them. */
  readonly slower: readonly string[];
  /** Of how many runs of the step on random numbers the times are the medians. */
  readonly runs: number;
  /** Of the step. */
  readonly milliseconds: number;
  readonly stages: readonly {
    readonly engine: 'onnx' | 'wasm';
    readonly milliseconds: number;
    /** The ops that it computes, each with how often. */
    readonly ops: Readonly<Record<string, number>>;
    /** Of generated code: its calls, with their ops, the TensorFlow.js ops that these were made for, and the types of what they write. */
    readonly calls: readonly {
      readonly ops: string;
      readonly origin: string;
      readonly results: string;
      readonly milliseconds: number;
    }[];
  }[];
  /** With --phase: what that phase made, as text. */
  readonly text?: string;
}

export interface Reported {
  readonly event: 'done';
  readonly command: 'report';
  readonly run: string;
  readonly report: string;
  readonly pictures: readonly string[];
  readonly epochs: number;
}

export interface Compared {
  readonly event: 'done';
  readonly command: 'compare';
  readonly runs: readonly string[];
  readonly page: string;
  readonly picture: string;
  readonly differences: readonly Difference[];
}

export interface DataDescribed extends DataDescription {
  readonly event: 'done';
  readonly command: 'data';
}

export interface DataDescription {
  readonly source: string;
  /** Its form, as `idx`. */
  readonly format: string;
  readonly shape: ImageShape;
  readonly classes: readonly string[];
  readonly train: SetDescription;
  readonly test?: SetDescription;
  /** Each part as an IDX file: the same images have the same digests in whatever form they are. */
  readonly files: readonly {
    readonly name: string;
    readonly sha256: string;
    readonly isMnist: boolean;
  }[];
  /** Whether all of it is, byte for byte, MNIST. */
  readonly isMnist: boolean;
  /** What was done to the images or looks wrong. */
  readonly remarks: readonly string[];
  /** The grid's file: a row for each class, its first ten training images; absent where none could be written. */
  readonly grid?: string;
}

export interface SetDescription {
  readonly count: number;
  /** How many there are of each class, in their order. */
  readonly histogram: readonly number[];
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
