import type { KeepContext } from '../classifier/kept.js';
import type { ClassifierOptions } from '../classifier/options.js';
import type { DataSet } from '../data/image-set.js';
import { LABELLED_OPTIONS } from '../labelled/option-table.js';
import { completeOptions } from '../options.js';
import type { Figures } from './figures.js';
import type { Judgement } from './judgement.js';
import { EVALUATION_OPTIONS } from './option-table.js';
import type { NearestPairs } from './nearest-pairs.js';
import type { Unavailable, UsefulnessReport } from './usefulness.js';
import type { Finding } from './verdict.js';

export interface EvaluationOptions {
  /** Synthetic images of each class to train on; 60,000 in all where it is absent. */
  readonly perDigit?: number;
  /** Synthetic images that are judged, and at most as many real ones. */
  readonly images: number;
  /** Passes over the images in each training for the comparison; where it is absent, what suits the set. */
  readonly epochs?: number;
  /** Labels of a model of all classes of which the classifier is less sure are thrown away. */
  readonly minConfidence: number;
  /** Of z and of the trainings in the first repeat; the next has the next one. */
  readonly seed: number;
  readonly repeats: number;
  /** Only what the judges say: nothing is trained but the judge of images that the package has none of. */
  readonly quick: boolean;
  /** Whether a second judge is asked for data that the package has none of: it is trained like the first. */
  readonly secondJudge: boolean;
}

const TABLE = { ...EVALUATION_OPTIONS, minConfidence: LABELLED_OPTIONS.minConfidence };

/** Those that were given, checked, and the defaults; other names are passed over. @throws UserError for a value out of its range. */
export const evaluationOptions = (given: object): EvaluationOptions =>
  completeOptions(
    TABLE,
    Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(TABLE, name))),
    'evaluate',
  );

export const EVALUATION_DEFAULTS = evaluationOptions({});

/**
 * How good a run's images are, and what that was measured on. What such images have no measure for is absent. No clock: the same call
 * gives the same report.
 */
export interface Evaluation extends Partial<Judgement> {
  readonly options: EvaluationOptions;
  /** The judge: it labels, recognises and extracts features; absent for images without labels. */
  readonly classifier?: {
    readonly digest: string;
    readonly testAccuracy: number;
    readonly training: ClassifierOptions;
  };
  /** In words, the most important first. */
  readonly verdict: readonly Finding[];
  /** Means over the repeats; what stands beside it in this report is of the first. */
  readonly figures: Figures;
  readonly usefulness: UsefulnessReport | Unavailable;
  readonly data: {
    readonly source: string;
    readonly digests: Readonly<Record<string, string>>;
    /** Names of the classes. */
    readonly classes: readonly string[];
    /** Whether training images had to stand in for test images, of which the set has none. */
    readonly standIn: boolean;
  };
  readonly library: string;
  readonly version: string;
}

export interface EvaluationContext extends Omit<KeepContext, 'mnist'> {
  /** The real images. */
  readonly data: DataSet;
  /** Told what the judges say, before anything is trained on the images; or all that there is to say. */
  readonly judged?: (figures: Figures, verdict: readonly Finding[], isAll: boolean) => void;
}

/** An evaluation, and the pictures that belong to it. */
export interface Evaluated {
  readonly evaluation: Evaluation;
  readonly nearest?: NearestPairs;
}

/** What an evaluation has of its own kind of images. */
export type Found = Omit<Evaluation, 'options' | 'data' | 'library' | 'version'>;

export interface FoundImages {
  readonly evaluation: Found;
  readonly nearest: NearestPairs;
}
