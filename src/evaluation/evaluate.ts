import { UserError } from '../errors.js';
import { quantity } from '../names.js';
import { VERSION } from '../version.js';
import { batchFor, trainingFor, type ClassifierOptions } from '../classifier/options.js';
import { refuseSlow } from '../classifier/kept.js';
import { labelledData, type DataSet, type Stacked } from '../data/image-set.js';
import { setAside } from '../data/test-share.js';
import type { Models } from '../labelled/models.js';
import { evaluateLabelled } from './evaluate-labelled.js';
import type {
  Evaluated,
  EvaluationContext,
  EvaluationOptions,
  Found,
  FoundImages,
} from './evaluation.js';
import { figuresOf } from './figures.js';
import { thumbnailJudge } from './judge.js';
import { judgeRepeats } from './judgement.js';
import { Pairs } from './pairs.js';
import { checkRealImages, LEAST_TRAINING, seeRealImages } from './real-images.js';
import { StackedJudge, type StackedJudgement } from './stacked.js';
import { judgeImages, judgeStacked } from './verdict.js';

/** Of a set without test images, so much of the training images stands in for them, */
const STAND_IN_SHARE = 0.1;
/** but half of a small one. */
const STAND_IN_IMAGES = 500;

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

/** The images as they are, or where there are none to test on with some of the training images in their place. */
function withTestImages(data: DataSet, seed: number): { data: DataSet; standIn: boolean } {
  if (data.test !== undefined) return { data, standIn: false };
  const { count } = data.train;
  const least = 2 * LEAST_TRAINING;
  if (count < least)
    throw new UserError(
      `${data.source} has ${quantity(count, 'images')} and none to test on, expected at least ${least}, of which half stand in for these`,
    );
  const share = Math.max(STAND_IN_SHARE, Math.min(0.5, STAND_IN_IMAGES / count));
  return { data: setAside(data, { testShare: share, seed }), standIn: true };
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
  options: EvaluationOptions,
  { data, backend, signal, judged, warn }: EvaluationContext,
  standIn: boolean,
): Promise<FoundImages> {
  checkRealImages(data, undefined, warn);
  const judge = thumbnailJudge(data.shape);
  const pairs = await Pairs.create(judge.features, backend);
  try {
    const real = await seeRealImages(data, judge, pairs, { most: options.images }, signal);
    const judges = { judge, pairs };
    const { judgements, nearest } = await judgeRepeats(models, real, judges, options, { signal });
    const verdict = judgeImages(judgements[0], { classes: [], standIn });
    const figures = figuresOf(judgements.map((judgement) => ({ judgement })));
    judged?.(figures, verdict, true);
    const unavailable = 'the images have no labels that a classifier could learn';
    const evaluation = { verdict, figures, ...judgements[0], usefulness: { unavailable } };
    return { evaluation, nearest };
  } finally {
    await pairs.dispose();
  }
}
