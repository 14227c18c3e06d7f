import { VERSION } from '../version.js';
import {
  CLASSIFIER_TRAINING,
  SECOND_JUDGE_TRAINING,
  type ClassifierOptions,
} from '../classifier/options.js';
import {
  hasPackagedJudge,
  keptClassifier,
  refuseSlow,
  type KeepContext,
  type KeptClassifier,
} from '../classifier/kept.js';
import { openSource, type Models } from '../labelled/models.js';
import { figuresOf, type Figures, type Repeat } from './figures.js';
import { judgeModels, type Judgement, type NearestPairs } from './judgement.js';
import { Pairs } from './pairs.js';
import { seeRealImages } from './real-images.js';
import { measureUsefulness, type Unavailable, type UsefulnessReport } from './usefulness.js';
import { judgeDigits, type Finding } from './verdict.js';

export interface EvaluationOptions {
  /** Synthetic images of each digit to train on. */
  readonly perDigit: number;
  /** Synthetic images that are judged, and at most as many real ones. */
  readonly images: number;
  /** Passes over the images in each training for the comparison. */
  readonly epochs: number;
  /** Labels of an all-digits model of which the classifier is less sure are thrown away. */
  readonly minConfidence: number;
  /** Of z and of the trainings in the first repeat; the next has the next one. */
  readonly seed: number;
  readonly repeats: number;
  /** Only what the judges say: no classifier is trained. */
  readonly quick: boolean;
  /** Whether a second judge is asked for data that the package has none of: it is trained like the first. */
  readonly secondJudge: boolean;
}

export const EVALUATION_DEFAULTS: EvaluationOptions = {
  perDigit: 6000,
  images: 10_000,
  epochs: CLASSIFIER_TRAINING.epochs,
  minConfidence: 0.9,
  seed: 1,
  repeats: 1,
  quick: false,
  secondJudge: false,
};

/** How good a run's digits are, and what that was measured on. No clock: the same call gives the same report. */
export interface Evaluation extends Judgement {
  readonly options: EvaluationOptions;
  /** The judge: it labels, recognises and extracts features. */
  readonly classifier: {
    readonly digest: string;
    readonly testAccuracy: number;
    readonly training: ClassifierOptions;
  };
  /** In words, the most important first. */
  readonly verdict: readonly Finding[];
  /** Means over the repeats; what stands beside it in this report is of the first. */
  readonly figures: Figures;
  readonly usefulness: UsefulnessReport | Unavailable;
  readonly data: { readonly source: string; readonly digests: Readonly<Record<string, string>> };
  readonly library: string;
  readonly version: string;
}

export interface EvaluationContext extends KeepContext {
  /** Told what the judges say, before anything is trained. */
  readonly judged?: (figures: Figures, verdict: readonly Finding[]) => void;
}

/**
 * Measures models against real digits.
 *
 * @param labelling of the kept classifier's training.
 * @throws UserError for a backend or a data set that cannot serve; RunError where a training fails; Interrupted.
 */
export async function evaluateModels(
  models: Models,
  options: EvaluationOptions,
  context: EvaluationContext,
  labelling: ClassifierOptions = CLASSIFIER_TRAINING,
): Promise<{ evaluation: Evaluation; nearest: NearestPairs }> {
  const { mnist, backend } = context;
  refuseSlow(backend);
  const kept = await keptClassifier(context, mnist.train.count, labelling);
  try {
    const { judgements, nearest } = await judgeAll(models, options, context, kept);
    const first = judgements[0];
    const verdict = judgeDigits(first);
    context.judged?.(figuresOf(judgements.map((judgement) => ({ judgement }))), verdict);
    const repeats: Repeat[] = [];
    for (const [k, judgement] of judgements.entries()) {
      const usefulness = await train(models, options, options.seed + k, context, labelling, kept);
      repeats.push({ judgement, usefulness });
    }
    const evaluation = {
      options,
      classifier: {
        digest: kept.digest,
        testAccuracy: kept.description.testAccuracy,
        training: labelling,
      },
      verdict,
      figures: figuresOf(repeats),
      ...first,
      usefulness: repeats[0].usefulness!,
      data: { source: mnist.source, digests: mnist.digests },
      library: backend.library,
      version: VERSION,
    };
    return { evaluation, nearest };
  } finally {
    await kept.classifier.dispose();
  }
}

/** What the judges say of each repeat's images. */
async function judgeAll(
  models: Models,
  { images, seed, repeats, secondJudge }: EvaluationOptions,
  context: KeepContext,
  kept: KeptClassifier,
): Promise<{ judgements: Judgement[]; nearest: NearestPairs }> {
  const { mnist, backend, signal } = context;
  const asked = secondJudge || hasPackagedJudge(SECOND_JUDGE_TRAINING, mnist);
  const second = asked
    ? await keptClassifier(context, mnist.train.count, SECOND_JUDGE_TRAINING)
    : undefined;
  const pairs = await Pairs.create(kept.classifier.features, backend);
  try {
    const judges = {
      judge: kept.classifier,
      digest: kept.digest,
      pairs,
      ...(second && { second: { judge: second.classifier, digest: second.digest } }),
    };
    const classes = models.kind === 'all-digits' ? undefined : [...models.generators.keys()];
    const real = await seeRealImages(
      mnist,
      kept.classifier,
      pairs,
      { classes, most: images },
      signal,
    );
    const found = [];
    for (let k = 0; k < repeats; k++)
      found.push(await judgeModels(models, real, judges, seed + k, signal));
    return { judgements: found.map(({ judgement }) => judgement), nearest: found[0].nearest };
  } finally {
    await pairs.dispose();
    await second?.classifier.dispose();
  }
}

/** Train on synthetic, test on real, and the other way round. */
async function train(
  models: Models,
  { perDigit, epochs, minConfidence, quick }: EvaluationOptions,
  seed: number,
  context: KeepContext,
  labelling: ClassifierOptions,
  kept: KeptClassifier,
): Promise<UsefulnessReport | Unavailable> {
  if (quick) return { unavailable: 'only the judges were asked (--quick)' };
  const source = openSource(models, {
    seed,
    stream: 'training',
    labeller: { kept, minConfidence },
  });
  return measureUsefulness(source, { perDigit, seed, options: { ...labelling, epochs } }, context);
}
