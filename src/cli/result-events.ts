/** What commands print at their end with --json: see events.ts. */
import type { ImageShape } from '../data/image-set.js';
import type { Manifest, StackedManifest } from '../datasets/manifest.js';
import type { Evaluation } from '../evaluation/evaluation.js';
import type { Difference } from '../web/differences.js';
import type {
  RunsListed,
  RunsRemoved,
  SweepPlanned,
  SweepScript,
  SweepStatus,
  SweepTabulated,
} from './training-events.js';

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
  /** The one that images of the run are drawn with unless another is asked for. */
  readonly usualLatentScale: number;
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
