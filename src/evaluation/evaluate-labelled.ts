import {
  hasPackagedJudge,
  keptClassifier,
  type KeepContext,
  type KeptClassifier,
} from '../classifier/kept.js';
import {
  SECOND_JUDGE_TRAINING,
  trainingFor,
  type ClassifierOptions,
} from '../classifier/options.js';
import { openSource, type Models } from '../labelled/models.js';
import type { EvaluationContext, EvaluationOptions, FoundImages } from './evaluation.js';
import { figuresOf, type Repeat } from './figures.js';
import { classifyingJudge } from './judge.js';
import { judgeRepeats, type Judgement } from './judgement.js';
import type { NearestPairs } from './nearest-pairs.js';
import { Pairs } from './pairs.js';
import { checkRealImages, seeRealImages } from './real-images.js';
import { measureUsefulness, type Unavailable, type UsefulnessReport } from './usefulness.js';
import { judgeImages } from './verdict.js';

/** As many as MNIST has. */
const SYNTHETIC_IMAGES = 60_000;

/** Evaluates models of images of classes: by a classifier of these, and by classifiers that are trained on what the models make. */
export async function evaluateLabelled(
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

/** The classes that models make; undefined for all. */
const classesOf = (models: Models): readonly number[] | undefined =>
  models.kind === 'all-digits' ? undefined : [...models.generators.keys()];

/** What the judges say of each repeat's images, the second one too where there is one. */
async function judgeAll(
  models: Models,
  options: EvaluationOptions,
  context: KeepContext,
  kept: KeptClassifier,
): Promise<{ judgements: Judgement[]; nearest: NearestPairs }> {
  const { mnist, backend, signal, progress } = context;
  const judged = (done: number): void => progress?.('judging images', done, options.repeats + 1);
  judged(0);
  const second = await secondOf(options.secondJudge, context);
  const pairs = await Pairs.create(kept.classifier.features, backend);
  try {
    const judge = classifyingJudge(kept.classifier, kept.digest);
    const judges = {
      judge,
      pairs,
      ...(second && { second: classifyingJudge(second.classifier, second.digest) }),
    };
    const classes = classesOf(models);
    const real = await seeRealImages(
      mnist,
      judge,
      pairs,
      { classes, most: options.images },
      signal,
    );
    const found = await judgeRepeats(models, real, judges, options, { signal, at: judged });
    judged(options.repeats + 1);
    return found;
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
