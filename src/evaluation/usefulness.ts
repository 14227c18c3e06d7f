import { pixelsOf, type LabelledSet } from '../data/image-set.js';
import { RunError, Interrupted } from '../errors.js';
import type { ClassifierOptions } from '../classifier/options.js';
import { trainClassifier } from '../classifier/training.js';
import { Classifier } from '../classifier/classifier.js';
import {
  accuracyOf,
  accuracyPerClass,
  confusionMatrix,
  type ConfusionMatrix,
} from '../classifier/confusion.js';
import type { DigitSource, LabelReport } from '../labelled/digit-source.js';
import { keptClassifier, type KeepContext } from '../classifier/kept.js';
import { drawWholeSet } from '../labelled/synthetic-set.js';

/** A classifier that was trained on one kind of images and tested on another. */
export interface TestResult {
  readonly trainedOn: number;
  readonly testedOn: number;
  readonly accuracy: number;
  readonly accuracyPerClass: readonly (number | undefined)[];
  readonly confusion: ConfusionMatrix;
}

export interface UsefulnessReport {
  /** Train on synthetic, test on real. */
  readonly tstr: TestResult;
  /** The same training on as many real images, tested on the same ones. */
  readonly baseline: TestResult;
  /** The baseline's classifier (train on real), tested on the synthetic images. */
  readonly trts: TestResult;
  /** How the synthetic images got their labels. */
  readonly labels: LabelReport;
}

/** Why there is none. */
export interface Unavailable {
  readonly unavailable: string;
}

export interface UsefulnessOptions {
  /** Synthetic images of each class. */
  readonly perDigit: number;
  readonly seed: number;
  /** The training on so many images. */
  readonly trainingOf: (count: number) => ClassifierOptions;
}

/** Far from the seeds of the labelling classifier, which must not judge its own labels. */
const JUDGE_SEED_OFFSET = 1000;

/**
 * Whether one can learn real digits from synthetic ones: the classifier's architecture, trained on synthetic images and tested on
 * all real test images; beside it the same on real images, and the other way round.
 *
 * @returns the reason where the models do not make every digit.
 */
export async function measureUsefulness(
  source: DigitSource,
  { perDigit, seed, trainingOf }: UsefulnessOptions,
  context: KeepContext,
): Promise<UsefulnessReport | Unavailable> {
  const { mnist, backend, say, watcher, signal, progress } = context;
  const missing = mnist.test.labels.find((label) => !source.digits.includes(label));
  if (missing !== undefined)
    return {
      unavailable: `there is no model of ${mnist.classes[missing]}, and the test has them all`,
    };
  const counts = mnist.classes.map(() => perDigit);
  const synthetic = await drawOrExplain(() =>
    drawWholeSet(source, counts, seed, 'training order', signal, (drawn, all) =>
      progress?.('drawing images', drawn, all),
    ),
  );
  if ('unavailable' in synthetic) return synthetic;
  const training = (count: number): ClassifierOptions => ({
    ...trainingOf(count),
    seed: seed + JUDGE_SEED_OFFSET,
  });
  say?.(`training a classifier on ${synthetic.count} synthetic images`);
  const model = await trainClassifier(
    synthetic,
    backend,
    training(synthetic.count),
    watcher,
    signal,
  );
  const learner = await Classifier.create(model, backend);
  model.dispose();
  const images = Math.min(synthetic.count, mnist.train.count);
  const { classifier: baseline } = await keptClassifier(context, images, training(images));
  try {
    return {
      tstr: await testOn(learner, synthetic.count, mnist.test),
      baseline: await testOn(baseline, images, mnist.test),
      trts: await testOn(baseline, images, synthetic),
      labels: source.labels(),
    };
  } finally {
    await learner.dispose();
    await baseline.dispose();
  }
}

async function testOn(
  classifier: Classifier,
  trainedOn: number,
  set: LabelledSet,
): Promise<TestResult> {
  const { labels } = await classifier.classify(pixelsOf(set));
  const confusion = confusionMatrix(set.labels, labels, classifier.classes);
  return {
    trainedOn,
    testedOn: set.count,
    accuracy: accuracyOf(confusion),
    accuracyPerClass: accuracyPerClass(confusion),
    confusion,
  };
}

/** A digit that a model never makes is a result, not a failure of the evaluation. */
async function drawOrExplain(draw: () => Promise<LabelledSet>): Promise<LabelledSet | Unavailable> {
  try {
    return await draw();
  } catch (error) {
    if (!(error instanceof RunError) || error instanceof Interrupted) throw error;
    return { unavailable: error.message };
  }
}
