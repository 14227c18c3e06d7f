import { fileURLToPath } from 'node:url';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backends/index.js';
import { pixelsOf, type ImageKind, type LabelledDataSet } from '../data/image-set.js';
import { MNIST_DIGESTS } from '../data/mnist.js';
import { firstImages } from '../data/parts.js';
import { UserError } from '../errors.js';
import {
  classifierFolder,
  readClassifier,
  writeClassifier,
  type ClassifierDescription,
  type ClassifierRecipe,
  type KeptFiles,
} from './files.js';
import { CLASSIFIER_TRAINING, type ClassifierOptions } from './options.js';
import type { LabelledImages } from './network.js';
import { trainClassifier, type ClassifierWatcher } from './training.js';
import { Classifier } from './classifier.js';
import { accuracyOf, confusionMatrix } from './confusion.js';

/** A classifier and where it is kept. */
export interface KeptClassifier {
  readonly classifier: Classifier;
  readonly description: ClassifierDescription;
  readonly folder: string;
  /** SHA-256 of its weights. */
  readonly digest: string;
}

export interface KeepContext {
  readonly mnist: LabelledDataSet;
  readonly backend: Backend;
  /** The folder of all kept classifiers. */
  readonly keptIn: string;
  readonly watcher?: ClassifierWatcher;
  /** Told how far other work than a training is. */
  readonly progress?: (what: string, done: number, all: number) => void;
  /** Told what takes a while, and why. */
  readonly say?: (message: string) => void;
  readonly warn?: (message: string) => void;
  readonly signal?: AbortSignal;
  /** Whether a classifier that is trained now is kept as ONNX too (default). */
  readonly withOnnx?: boolean;
}

/** The judges of MNIST that come with this package: `npm run make:judge` made them. */
export const PACKAGED_JUDGES = {
  first: fileURLToPath(new URL('../../models/judge', import.meta.url)),
  second: fileURLToPath(new URL('../../models/second-judge', import.meta.url)),
};

/** What it reaches on MNIST's own test images after all of its training images. */
const EXPECTED_ACCURACY = 0.992;

/**
 * The classifier of those options: the one in this package where it is of that data, else the kept one, else trained now and kept.
 *
 * @param images trained on so many, the first of the training set.
 * @throws UserError for a backend that is too slow to train on; RunError where the training failed or the signal came.
 */
export async function keptClassifier(
  context: KeepContext,
  images = context.mnist.train.count,
  options: ClassifierOptions = CLASSIFIER_TRAINING,
): Promise<KeptClassifier> {
  const { mnist, backend, keptIn, say, warn } = context;
  const recipe = { options, images, data: mnist.digests };
  const kind = kindOf(mnist);
  const packaged = findPackaged(recipe, kind, warn);
  const folder = packaged?.folder ?? classifierFolder(keptIn, recipe, kind);
  const found = packaged?.found ?? readClassifier(folder, recipe, kind);
  if (found.kind === 'damaged')
    warn?.(`the classifier ${folder} is damaged (${found.reason}): training it again`);
  else if (found.kind === 'none')
    say?.(`training a classifier on ${images} real images, to be kept in ${folder}`);
  const { model, description } =
    found.kind === 'kept' ? found : await trainAndKeep(context, recipe, folder);
  try {
    const classifier = await Classifier.create(model, backend);
    return { classifier, description, folder, digest: description.files['weights.bin'] };
  } finally {
    model.dispose();
  }
}

/**
 * Whether the package has the classifier of those options for those data.
 *
 * @param warn told where one of the package's is missing or damaged.
 */
export const hasPackagedJudge = (
  options: ClassifierOptions,
  mnist: LabelledDataSet,
  warn?: (message: string) => void,
): boolean => {
  const recipe = { options, images: mnist.train.count, data: mnist.digests };
  return findPackaged(recipe, kindOf(mnist), warn) !== undefined;
};

const kindOf = ({ shape, classes }: ImageKind): LabelledImages => ({
  shape,
  classes: classes.length,
});

/** The judge in this package, if it is of that recipe; where it is damaged, one is trained like any other. */
function findPackaged(
  recipe: ClassifierRecipe,
  kind: LabelledImages,
  warn?: (message: string) => void,
): { folder: string; found: KeptFiles } | undefined {
  for (const folder of Object.values(PACKAGED_JUDGES)) {
    const found = readClassifier(folder, recipe, kind);
    if (found.kind === 'kept') return { folder, found };
    const reason = found.kind === 'damaged' ? found.reason : existsSync(folder) ? '' : 'missing';
    if (reason !== '')
      warn?.(`the judge ${folder} is damaged (${reason}): install the package again`);
  }
  return undefined;
}

/** Trains a classifier and writes its folder; the model is the caller’s to dispose of. */
export async function trainAndKeep(
  { mnist, backend, watcher, say, warn, signal, withOnnx = true }: Omit<KeepContext, 'keptIn'>,
  recipe: ClassifierRecipe,
  folder: string,
): Promise<{ model: LayersModel; description: ClassifierDescription }> {
  refuseSlow(backend);
  const startedAt = performance.now();
  const set = firstImages(mnist.train, recipe.images);
  const model = await trainClassifier(set, backend, recipe.options, watcher, signal);
  const seconds = (performance.now() - startedAt) / 1000;
  const classifier = await Classifier.create(model, backend);
  const { labels } = await classifier.classify(pixelsOf(mnist.test));
  await classifier.dispose();
  const testAccuracy = accuracyOf(confusionMatrix(mnist.test.labels, labels, mnist.classes.length));
  say?.(
    `trained in ${seconds.toFixed(1)} s: ${(100 * testAccuracy).toFixed(2)}% of ${mnist.test.count} real test images are right`,
  );
  const isMnist = isDeepStrictEqual(mnist.digests, MNIST_DIGESTS);
  if (testAccuracy < EXPECTED_ACCURACY && isMnist && recipe.images === mnist.train.count)
    warn?.(
      `the classifier gets ${(100 * testAccuracy).toFixed(2)}% of the test images of ${mnist.source} right: labels and metrics from it are as often wrong`,
    );
  const made = { testAccuracy, testImages: mnist.test.count, seconds, library: backend.library };
  const write = (place: string): Promise<ClassifierDescription> =>
    writeClassifier(place, model, { ...recipe, ...made }, withOnnx);
  try {
    return { model, description: await write(folder) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // It took minutes; what it is for comes now.
    const place = mkdtempSync(join(tmpdir(), 'gan-mnist-classifier-'));
    warn?.(
      `${error.message}; the classifier is in ${place} instead, and the next time is trained again`,
    );
    return { model, description: await write(place) };
  }
}

/** Refuses the backend on which a training would take days. */
export function refuseSlow({ name }: Backend): void {
  if (name === 'cpu')
    throw new UserError(
      '--backend: found cpu, on which a classifier trains for days, expected native or wasm',
    );
}
