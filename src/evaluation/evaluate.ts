import { UserError } from '../errors.js';
import { VERSION } from '../version.js';
import {
  batchFor,
  SECOND_JUDGE_TRAINING,
  trainingFor,
  type ClassifierOptions,
} from '../classifier/options.js';
import {
  hasPackagedJudge,
  keptClassifier,
  refuseSlow,
  type KeepContext,
  type KeptClassifier,
} from '../classifier/kept.js';
import { labelledData, type DataSet, type Stacked } from '../data/image-set.js';
import { setAside } from '../data/test-share.js';
import { openSource, type Models } from '../labelled/models.js';
import { figuresOf, type Figures, type Repeat } from './figures.js';
import { classifyingJudge, thumbnailJudge } from './judge.js';
import { judgeModels, type Judgement, type NearestPairs } from './judgement.js';
import { Pairs } from './pairs.js';
import { checkRealImages, LEAST_TRAINING, seeRealImages } from './real-images.js';
import { StackedJudge, type StackedJudgement } from './stacked.js';
import { measureUsefulness, type Unavailable, type UsefulnessReport } from './usefulness.js';
import { judgeImages, judgeStacked, type Finding } from './verdict.js';

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

export const EVALUATION_DEFAULTS: EvaluationOptions = {
  images: 10_000,
  minConfidence: 0.9,
  seed: 1,
  repeats: 1,
  quick: false,
  secondJudge: false,
};

/** As many as MNIST has. */
const SYNTHETIC_IMAGES = 60_000;
/** Of a set without test images, so much of the training images stands in for them, */
const STAND_IN_SHARE = 0.1;
/** but half of a small one. */
const STAND_IN_IMAGES = 500;

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

/**
 * Measures models against real images: those of classes by a classifier of the same, stacked ones by that of their channels, others by
 * what needs no training.
 *
 * @param labelling the judge's training; by default what suits the set.
 * @throws UserError for a backend or a data set that cannot serve; RunError where a training fails; Interrupted.
 */
export async function evaluateModels(
  models: Models,
  options: EvaluationOptions,
  context: EvaluationContext,
  labelling?: ClassifierOptions,
): Promise<Evaluated> {
  refuseSlow(context.backend);
  const { data, standIn } = withTestImages(context.data, options.seed);
  const described = {
    options,
    data: { source: data.source, digests: context.data.digests, classes: data.classes, standIn },
    library: context.backend.library,
    version: VERSION,
  };
  if (data.stacked !== undefined) {
    const found = await evaluateStacked(models, options, { ...context, data }, data.stacked);
    return { evaluation: { ...described, ...found } };
  }
  if (data.classes.length < 2) {
    const found = await evaluateUnlabelled(models, options, { ...context, data }, standIn);
    return { ...found, evaluation: { ...described, ...found.evaluation } };
  }
  const mnist = labelledData(data, 'a classifier');
  const trainingOf = (count: number): ClassifierOptions =>
    labelling === undefined
      ? trainingFor(count, mnist)
      : { ...labelling, batchSize: batchFor(count, labelling) };
  const found = await evaluateLabelled(models, options, { ...context, mnist }, trainingOf, standIn);
  return { ...found, evaluation: { ...described, ...found.evaluation } };
}

/** What an evaluation has of its own kind of images. */
type Found = Omit<Evaluation, 'options' | 'data' | 'library' | 'version'>;

interface FoundImages {
  readonly evaluation: Found;
  readonly nearest: NearestPairs;
}

/** The images as they are, or where there are none to test on with some of the training images in their place. */
function withTestImages(data: DataSet, seed: number): { data: DataSet; standIn: boolean } {
  if (data.test !== undefined) return { data, standIn: false };
  const { count } = data.train;
  const least = 2 * LEAST_TRAINING;
  if (count < least)
    throw new UserError(
      `${data.source} has ${count} images and none to test on, expected at least ${least}, of which half stand in for these`,
    );
  const share = Math.max(STAND_IN_SHARE, Math.min(0.5, STAND_IN_IMAGES / count));
  return { data: setAside(data, { testShare: share, seed }), standIn: true };
}

/** Images of classes. */
async function evaluateLabelled(
  models: Models,
  options: EvaluationOptions,
  context: KeepContext & Pick<EvaluationContext, 'judged'>,
  trainingOf: (count: number) => ClassifierOptions,
  standIn: boolean,
): Promise<FoundImages> {
  const { mnist } = context;
  checkRealImages(mnist, classesOf(models), context.warn);
  const training = trainingOf(mnist.train.count);
  const kept = await keptClassifier(context, mnist.train.count, training);
  try {
    const { judgements, nearest } = await judgeAll(models, options, context, kept);
    const verdict = judgeImages(judgements[0], { classes: mnist.classes, standIn });
    context.judged?.(
      figuresOf(judgements.map((judgement) => ({ judgement }))),
      verdict,
      options.quick,
    );
    const repeats: Repeat[] = [];
    for (const [k, judgement] of judgements.entries()) {
      const usefulness = await train(models, options, options.seed + k, context, trainingOf, kept);
      repeats.push({ judgement, usefulness });
    }
    const { digest, description } = kept;
    const evaluation = {
      classifier: { digest, testAccuracy: description.testAccuracy, training },
      verdict,
      figures: figuresOf(repeats),
      ...judgements[0],
      usefulness: repeats[0].usefulness!,
    };
    return { evaluation, nearest };
  } finally {
    await kept.classifier.dispose();
  }
}

/** Stacked images: how many of their classes occur. */
async function evaluateStacked(
  models: Models,
  options: EvaluationOptions,
  { data, ...context }: EvaluationContext,
  stacked: Stacked,
): Promise<Found> {
  const { signal } = context;
  const judge = await StackedJudge.create(stacked, data.test!, context);
  try {
    const judgements: StackedJudgement[] = [];
    for (let k = 0; k < options.repeats; k++)
      judgements.push(await judge.judgeModel(models, options.seed + k, signal));
    const verdict = judgeStacked(judgements[0]);
    const figures = figuresOf(judgements.map((judgement) => ({ judgement })));
    context.judged?.(figures, verdict, true);
    const { digest, testAccuracy, training } = judge;
    return {
      classifier: { digest, testAccuracy, training },
      verdict,
      figures,
      ...judgements[0],
      usefulness: { unavailable: 'of stacked images the modes are counted' },
    };
  } finally {
    await judge.dispose();
  }
}

/** Images that nobody has told the classes of. */
async function evaluateUnlabelled(
  models: Models,
  { images, seed, repeats }: EvaluationOptions,
  { data, backend, signal, judged, warn }: EvaluationContext,
  standIn: boolean,
): Promise<FoundImages> {
  checkRealImages(data, undefined, warn);
  const judge = thumbnailJudge(data.shape);
  const pairs = await Pairs.create(judge.features, backend);
  try {
    const real = await seeRealImages(data, judge, pairs, { most: images }, signal);
    const found = [];
    for (let k = 0; k < repeats; k++)
      found.push(await judgeModels(models, real, { judge, pairs }, seed + k, signal));
    const judgements = found.map(({ judgement }) => judgement);
    const verdict = judgeImages(judgements[0], { classes: [], standIn });
    const figures = figuresOf(judgements.map((judgement) => ({ judgement })));
    judged?.(figures, verdict, true);
    const unavailable = 'the images have no labels that a classifier could learn';
    const evaluation = { verdict, figures, ...judgements[0], usefulness: { unavailable } };
    return { evaluation, nearest: found[0].nearest };
  } finally {
    await pairs.dispose();
  }
}

/** The classes that models make; undefined for all. */
const classesOf = (models: Models): readonly number[] | undefined =>
  models.kind === 'all-digits' ? undefined : [...models.generators.keys()];

/** What the judges say of each repeat's images. */
async function judgeAll(
  models: Models,
  { images, seed, repeats, secondJudge }: EvaluationOptions,
  context: KeepContext,
  kept: KeptClassifier,
): Promise<{ judgements: Judgement[]; nearest: NearestPairs }> {
  const { mnist, backend, signal, progress } = context;
  const judged = (done: number): void => progress?.('judging images', done, repeats + 1);
  judged(0);
  const second = await secondOf(secondJudge, context);
  const pairs = await Pairs.create(kept.classifier.features, backend);
  try {
    const judge = classifyingJudge(kept.classifier, kept.digest);
    const judges = {
      judge,
      pairs,
      ...(second && { second: classifyingJudge(second.classifier, second.digest) }),
    };
    const classes = classesOf(models);
    const real = await seeRealImages(mnist, judge, pairs, { classes, most: images }, signal);
    const found = [];
    for (let k = 0; k < repeats; k++) {
      judged(k + 1);
      found.push(await judgeModels(models, real, judges, seed + k, signal));
    }
    judged(repeats + 1);
    return { judgements: found.map(({ judgement }) => judgement), nearest: found[0].nearest };
  } finally {
    await pairs.dispose();
    await second?.classifier.dispose();
  }
}

/** Another judge, where it is in the package or asked for. */
async function secondOf(asked: boolean, context: KeepContext): Promise<KeptClassifier | undefined> {
  const { mnist } = context;
  const training = trainingFor(mnist.train.count, mnist, SECOND_JUDGE_TRAINING);
  return asked || hasPackagedJudge(training, mnist)
    ? keptClassifier(context, mnist.train.count, training)
    : undefined;
}

/** Train on synthetic, test on real, and the other way round. */
async function train(
  models: Models,
  { perDigit, epochs, minConfidence, quick }: EvaluationOptions,
  seed: number,
  context: KeepContext,
  trainingOf: (count: number) => ClassifierOptions,
  kept: KeptClassifier,
): Promise<UsefulnessReport | Unavailable> {
  if (quick) return { unavailable: 'only the judges were asked (--quick)' };
  const source = openSource(models, {
    seed,
    stream: 'training',
    labeller: { kept, minConfidence },
  });
  const each = perDigit ?? Math.ceil(SYNTHETIC_IMAGES / context.mnist.classes.length);
  const training = {
    perDigit: each,
    seed,
    trainingOf: (count: number) => ({
      ...trainingOf(count),
      ...(epochs !== undefined && { epochs }),
    }),
  };
  return measureUsefulness(source, training, context);
}
