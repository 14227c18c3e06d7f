import { VERSION } from '../version.js';
import { CLASSIFIER_TRAINING, type ClassifierOptions } from '../classifier/options.js';
import { compareFeatures, type DistanceReport, type Recognition } from './distance.js';
import { keptClassifier, refuseSlow, type KeepContext } from '../classifier/kept.js';
import { openSource, type Models } from '../labelled/models.js';
import { measureUsefulness, type Unavailable, type UsefulnessReport } from './usefulness.js';

export interface EvaluationOptions {
  /** Synthetic images of each digit to train on. */
  readonly perDigit: number;
  /** Synthetic images for the Frechet distance, and at most as many real ones. */
  readonly images: number;
  /** Passes over the images in each training for the comparison. */
  readonly epochs: number;
  /** Labels of an all-digits model of which the classifier is less sure are thrown away. */
  readonly minConfidence: number;
  /** Of z and of the trainings. */
  readonly seed: number;
}

/** How good a run's digits are, and what that was measured on. No clock: the same call gives the same report. */
export interface Evaluation {
  readonly options: EvaluationOptions;
  /** The kept classifier: it labels, recognises and extracts features. */
  readonly classifier: {
    readonly digest: string;
    readonly testAccuracy: number;
    readonly training: ClassifierOptions;
  };
  readonly recognition: Recognition;
  readonly frechet: DistanceReport;
  readonly usefulness: UsefulnessReport | Unavailable;
  readonly data: { readonly source: string; readonly digests: Readonly<Record<string, string>> };
  readonly library: string;
  readonly version: string;
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
  context: KeepContext,
  labelling: ClassifierOptions = CLASSIFIER_TRAINING,
): Promise<Evaluation> {
  const { mnist, backend } = context;
  refuseSlow(backend);
  const { perDigit, images, epochs, minConfidence, seed } = options;
  const kept = await keptClassifier(context, mnist.train.count, labelling);
  try {
    const { distances, recognition } = await compareFeatures(models, mnist, kept.classifier, {
      images,
      seed,
      extractor: kept.digest,
    });
    const source = openSource(models, {
      seed,
      stream: 'training',
      labeller: { kept, minConfidence },
    });
    const usefulness = await measureUsefulness(
      source,
      { perDigit, seed, options: { ...labelling, epochs } },
      context,
    );
    return {
      options,
      classifier: {
        digest: kept.digest,
        testAccuracy: kept.description.testAccuracy,
        training: labelling,
      },
      recognition,
      frechet: distances,
      usefulness,
      data: { source: mnist.source, digests: mnist.digests },
      library: backend.library,
      version: VERSION,
    };
  } finally {
    await kept.classifier.dispose();
  }
}
